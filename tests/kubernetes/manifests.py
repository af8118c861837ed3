"""The manifests of deploy/kubernetes and the compose file they stand beside."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "kubernetes"
NOT_APPLIED = {"prometheus-adapter.yaml", "prometheus-scrape.yaml"}
"""Values for the cluster's Prometheus."""

KUSTOMIZATION: dict[str, Any] = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def documents() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every document with the file it stands in."""
    for path in sorted(FOLDER.glob("*.yaml")):
        if path.name != "kustomization.yaml" and path.name not in NOT_APPLIED:
            for document in yaml.safe_load_all(path.read_text()):
                yield path.name, document


DOCUMENTS = list(documents())


def of_kind(kind: str) -> dict[str, dict[str, Any]]:
    """The documents of a kind by their names."""
    return {
        document["metadata"]["name"]: document
        for _, document in DOCUMENTS
        if document["kind"] == kind
    }


DEPLOYMENTS = of_kind("Deployment")
PROCESSES = {name: each for name, each in DEPLOYMENTS.items() if name != "gateway"}
"""Our own processes by the names of compose."""


def pod_of(document: dict[str, Any]) -> dict[str, Any]:
    """The pod that a Deployment or a Job makes."""
    pod: dict[str, Any] = document["spec"]["template"]
    return pod


def container_of(document: dict[str, Any]) -> dict[str, Any]:
    """Its one container."""
    (container,) = pod_of(document)["spec"]["containers"]
    found: dict[str, Any] = container
    return found


def labels_of(document: dict[str, Any]) -> dict[str, str]:
    """The labels of its pods."""
    labels: dict[str, str] = pod_of(document)["metadata"]["labels"]
    return labels
