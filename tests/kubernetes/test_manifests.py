"""The manifests are what Kubernetes knows, and what compose runs."""

import re
from typing import Any

import kubernetes_validate
import pytest
import yaml

from event_contracts.topics import TOPICS
from service_chassis.database import MOST_OVERFLOW
from tests.kubernetes.manifests import (
    COMPOSE,
    DEPLOYMENTS,
    DOCUMENTS,
    FOLDER,
    KUSTOMIZATION,
    NOT_APPLIED,
    PROCESSES,
    ROOT,
    container_of,
    labels_of,
    of_kind,
    pod_of,
)
from yuanqu.services import NAMES, load

OLDEST, NEWEST = "1.30", "1.37"
POOL = 8 + MOST_OVERFLOW
SURGE = 2
"""A process more of each role while a release is rolled out."""
PROJECT_JOBS = {"migrate": of_kind("Job")["migrate"]}

processes = pytest.mark.parametrize("name", PROCESSES)
ours = pytest.mark.parametrize("name", [*PROCESSES, "migrate"])


def named(name: str) -> dict[str, Any]:
    return {**DEPLOYMENTS, **PROJECT_JOBS}[name]


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
@pytest.mark.parametrize(
    "document",
    [pytest.param(each, id=f"{each['kind']}-{each['metadata']['name']}") for _, each in DOCUMENTS],
)
def test_a_document_is_of_its_schema(document: dict[str, Any], version: str) -> None:
    kubernetes_validate.validate(document, version, strict=True)


def test_a_misspelt_field_is_found() -> None:
    wrong = {**of_kind("PodDisruptionBudget")["metrics"], "sepc": {}}

    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, NEWEST, strict=True)


def test_the_kustomization_lists_every_file() -> None:
    files = {path.name for path in FOLDER.glob("*.yaml")} - {"kustomization.yaml"} - NOT_APPLIED

    assert {each for each in KUSTOMIZATION["resources"] if each.endswith(".yaml")} == files


def test_the_gateway_gets_every_file_of_its_folder() -> None:
    folder = ROOT / "deploy" / "gateway"
    listed = yaml.safe_load((folder / "kustomization.yaml").read_text())["configMapGenerator"]
    files = {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and path.name != "kustomization.yaml" and path.parent.name != "tls"
    }

    assert {each for entry in listed for each in entry["files"]} == files


def test_every_role_of_compose_has_its_deployment() -> None:
    roles = {f"{name}{suffix}" for name in NAMES for suffix in ("", "-worker")}

    assert set(PROCESSES) == roles == {name for name in COMPOSE["services"] if name in roles}


@ours
def test_it_runs_what_compose_runs(name: str) -> None:
    theirs, pod = COMPOSE["services"][name], pod_of(named(name))["spec"]
    container = container_of(named(name))

    assert container["args"] == theirs["command"]
    assert container["image"] == "yuanqu"
    assert str(pod["securityContext"]["runAsUser"]) == theirs["user"]
    assert container["resources"]["limits"] == {
        "cpu": _usual(theirs["deploy"]["resources"]["limits"]["cpus"]),
        "memory": _usual(theirs["deploy"]["resources"]["limits"]["memory"]).replace("g", "Gi"),
    }
    assert {mount["mountPath"] for mount in container["volumeMounts"]} == {
        "/run/secrets",
        *(each.partition(":")[0] for each in theirs["tmpfs"]),
    }


@ours
def test_it_has_the_settings_that_compose_gives(name: str) -> None:
    theirs = {
        key: value for key, value in COMPOSE["services"][name]["environment"].items() if value
    }
    shared = dict(line.split("=", 1) for line in KUSTOMIZATION["configMapGenerator"][0]["literals"])
    own = {each["name"]: each["value"] for each in container_of(named(name))["env"]}

    assert {**shared, **own}.keys() == theirs.keys()
    for key, value in own.items():
        assert value == theirs[key]
    for key in shared.keys() - {"YUANQU_BUS_URL"}:
        assert shared[key] == _usual(theirs[key])


@ours
def test_it_is_given_the_secrets_that_compose_gives(name: str) -> None:
    (volume,) = (v for v in pod_of(named(name))["spec"]["volumes"] if v["name"] == "secrets")
    items = volume["secret"]["items"]

    assert {item["key"] for item in items} == set(COMPOSE["services"][name]["secrets"])
    assert all(item["key"] == item["path"] for item in items)


def test_every_secret_is_made_by_the_script_and_put_into_the_cluster() -> None:
    script = (ROOT / "deploy" / "secrets.sh").read_text()
    roles = [name.replace("-", "_") for name in NAMES]
    made = set(re.findall(r'^ *keep "?([a-z_]+)"? ', script, re.MULTILINE))
    for pattern in re.findall(r'^ *keep "\$\{service\}(\w+)"', script, re.MULTILINE):
        made |= {f"{role}{pattern}" for role in roles}
    wanted = {
        item["key"]
        for name in (*PROCESSES, "migrate")
        for volume in pod_of(named(name))["spec"]["volumes"]
        for item in volume.get("secret", {}).get("items", [])
    }
    read_me = (FOLDER / "README.md").read_text()

    assert wanted <= made
    for key in wanted:
        prefix = next(
            (n.replace("-", "_") for n in NAMES if key.startswith(n.replace("-", "_"))), ""
        )
        assert (f"${{service}}{key.removeprefix(prefix)}" if prefix else key) in read_me


@pytest.mark.parametrize("name", [*DEPLOYMENTS, "migrate"])
def test_it_may_do_nothing_it_does_not_need(name: str) -> None:
    pod = pod_of(named(name))["spec"]

    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in [*pod["containers"], *pod.get("initContainers", [])]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["resources"].keys() == {"requests", "limits"}


@processes
def test_it_is_asked_on_the_telemetry_port(name: str) -> None:
    container = container_of(named(name))
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    probes = {kind: container[f"{kind}Probe"]["httpGet"] for kind in ("startup", "liveness")}

    assert ports["telemetry"] == 9000
    assert container["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": "telemetry"}
    assert set(map(str, probes.values())) == {str({"path": "/livez", "port": "telemetry"})}
    assert ("http" in ports) == (labels_of(named(name))["app.kubernetes.io/component"] == "api")


@processes
def test_it_has_the_grace_of_compose_after_the_gateway_has_forgotten_it(name: str) -> None:
    lifecycle = container_of(named(name)).get("lifecycle", {"preStop": {"sleep": {"seconds": 0}}})
    grace = int(COMPOSE["services"][name]["stop_grace_period"].removesuffix("s"))
    spec = pod_of(named(name))["spec"]

    assert spec["terminationGracePeriodSeconds"] == grace + lifecycle["preStop"]["sleep"]["seconds"]


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_it_is_replaced_and_drained_one_at_a_time(name: str) -> None:
    deployment, labels = DEPLOYMENTS[name], labels_of(DEPLOYMENTS[name])
    spec = deployment["spec"]
    budget = of_kind("PodDisruptionBudget")[name]["spec"]
    (spread,) = pod_of(deployment)["spec"]["topologySpreadConstraints"]

    assert spec["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    assert budget["maxUnavailable"] == 1
    for selector in (spec["selector"], budget["selector"], spread["labelSelector"]):
        assert selector == {"matchLabels": {"app.kubernetes.io/name": name}}
        assert selector["matchLabels"].items() <= labels.items()
    assert deployment["metadata"]["labels"] == labels
    assert most_of(name) >= 2


def test_every_budget_service_and_policy_meets_pods() -> None:
    pods = [labels_of(each) for each in {**DEPLOYMENTS, **PROJECT_JOBS}.values()]

    assert set(of_kind("PodDisruptionBudget")) == set(DEPLOYMENTS)
    assert set(of_kind("Service")) == {*NAMES, "gateway"}
    for name, service in of_kind("Service").items():
        assert service["spec"]["selector"] == {"app.kubernetes.io/name": name}
        names = {port["name"] for port in container_of(DEPLOYMENTS[name])["ports"]}
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= names
    for policy in of_kind("NetworkPolicy").values():
        wanted = policy["spec"]["podSelector"].get("matchLabels", {})
        assert any(wanted.items() <= labels.items() for labels in pods)


def most_of(name: str) -> int:
    """How many pods there may be of it, releases apart."""
    if scaler := of_kind("HorizontalPodAutoscaler").get(name):
        return int(scaler["spec"]["maxReplicas"])
    return int(DEPLOYMENTS[name]["spec"]["replicas"])


@pytest.mark.parametrize("name", of_kind("HorizontalPodAutoscaler"))
def test_a_scaler_has_something_to_scale(name: str) -> None:
    spec = of_kind("HorizontalPodAutoscaler")[name]["spec"]

    assert spec["scaleTargetRef"]["name"] == name
    assert "replicas" not in DEPLOYMENTS[name]["spec"], "every apply would undo the scaler"
    assert spec["minReplicas"] == 2


@pytest.mark.parametrize(
    "name", [name for name in of_kind("HorizontalPodAutoscaler") if name.endswith("-worker")]
)
def test_a_group_has_no_more_members_than_partitions(name: str) -> None:
    partitions = {topic.name: topic.partitions for topic in TOPICS}
    spec = of_kind("HorizontalPodAutoscaler")[name]["spec"]
    (external,) = (metric["external"]["metric"] for metric in spec["metrics"])
    (service,) = load([name.removesuffix("-worker")])
    (group,) = (
        each
        for each in service.subscriptions
        if each.group == external["selector"]["matchLabels"]["group"]
    )
    adapter = yaml.safe_load((FOLDER / "prometheus-adapter.yaml").read_text())

    assert spec["maxReplicas"] <= max(partitions[topic] for topic in group.topics)
    assert external["name"] in {rule["name"]["as"] for rule in adapter["rules"]["external"]}


@pytest.mark.parametrize("service", NAMES)
def test_its_role_may_open_as_many_connections_as_it_can_want(service: str) -> None:
    role = service.replace("-", "_")
    row = re.search(
        rf"^ *\| `{role}` \| (\d+), and {SURGE} [^|]*\| (\d+) \|$|"
        rf"^ *\| `{role}` \| (\d+), and {SURGE} \| (\d+) \|$",
        (FOLDER / "README.md").read_text(),
        re.MULTILINE,
    )
    assert row
    most, limit = (int(number) for number in row.groups() if number)

    assert most == most_of(service) + most_of(f"{service}-worker")
    assert limit == POOL * (most + SURGE)


def test_prometheus_names_a_process_as_in_compose() -> None:
    (job,) = yaml.safe_load((FOLDER / "prometheus-scrape.yaml").read_text())
    read = {
        rule["target_label"]: rule["source_labels"][0].removeprefix("__meta_kubernetes_pod_label_")
        for rule in job["relabel_configs"]
        if rule.get("target_label") in {"job", "role", "service"}
    }
    for name, deployment in PROCESSES.items():
        labels = {re.sub(r"\W", "_", key): value for key, value in labels_of(deployment).items()}
        worker = name.endswith("-worker")
        assert {target: labels[source] for target, source in read.items()} == {
            "job": name,
            "role": "worker" if worker else "api",
            "service": name.removesuffix("-worker"),
        }


def _usual(value: str) -> str:
    """What compose takes where the environment says nothing."""
    found = re.fullmatch(r"\$\{\w+:-(.*)\}", value)
    return found[1] if found else value
