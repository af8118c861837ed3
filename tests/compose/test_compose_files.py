"""What every container of the stack promises, read from the compose files themselves."""

import re
from typing import Any

import pytest
import yaml

from tests.architecture.sources import ROOT, SERVICES


def load(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / name).read_text(encoding="utf-8")))


STACK = load("docker-compose.yml")
REDUNDANT = load("docker-compose.ha.yml")
DEVELOPERS = load("docker-compose.dev.yml")
CONTAINERS: dict[str, dict[str, Any]] = STACK["services"]
OURS = [*SERVICES, *(f"{name}-worker" for name in SERVICES)]
PUBLISHED = {"gateway", "grafana", "prometheus"}
ROOTLESS_IMAGES = ("apache/kafka:",)
"""Their own user is not root; compose says nothing."""

each = pytest.mark.parametrize("name", sorted(CONTAINERS))


@each
def test_a_container_is_closed(name: str) -> None:
    container = CONTAINERS[name]

    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in container["security_opt"]
    assert "privileged" not in container
    assert container.get("user") not in {None, "root", "0"} or container["image"].startswith(
        ROOTLESS_IMAGES
    )
    assert {"cpus", "memory"} <= container["deploy"]["resources"]["limits"].keys()
    assert "max-size" in container["logging"]["options"]


@each
def test_a_container_is_of_one_version(name: str) -> None:
    image = CONTAINERS[name]["image"]

    assert re.fullmatch(r"yuanqu:\$\{YUANQU_VERSION:-dev\}|[\w./-]+:v?\d[\w.-]*", image)


@each
def test_only_what_people_open_is_published_and_on_loopback(name: str) -> None:
    ports = CONTAINERS[name].get("ports", [])

    assert not ports or name in PUBLISHED
    assert all(port.startswith("127.0.0.1:") for port in ports)


@each
def test_a_service_says_how_it_is(name: str) -> None:
    container = CONTAINERS[name]
    check = container.get("healthcheck", {})
    from_the_image = container["image"].startswith("yuanqu:") and not check
    ends = container["restart"] == "no"

    assert check.get("test") or from_the_image or (ends and check == {"disable": True})


@each
def test_dependencies_are_awaited_until_they_are_well(name: str) -> None:
    for needed, how in CONTAINERS[name].get("depends_on", {}).items():
        wanted = "service_completed_successfully" if needed == "migrate" else "service_healthy"
        assert how["condition"] == wanted, needed


@each
def test_no_secret_is_in_the_environment(name: str) -> None:
    environment = CONTAINERS[name].get("environment", {})
    secret = re.compile(r"SECRET|PASSWORD|DATABASE_URL")
    passed = {
        key
        for key, value in environment.items()
        if secret.search(key) and not key.endswith("_FILE") and key != "YUANQU_ALLOW_WEAK_SECRETS"
    }

    assert not passed, "give it as a file: <NAME>_FILE"


@pytest.mark.parametrize("name", OURS)
def test_a_process_of_ours_may_take_its_grace(name: str) -> None:
    container = CONTAINERS[name]

    assert container["stop_grace_period"] == "40s"
    assert container["init"] is True
    assert name in REDUNDANT["services"]
    assert name in DEVELOPERS["services"]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_service_reads_its_own_database_alone(name: str) -> None:
    package = SERVICES[name]
    for role in (name, f"{name}-worker"):
        databases = {each for each in CONTAINERS[role]["secrets"] if each.endswith("_database_url")}
        assert databases == {f"{package}_database_url"}


def test_the_redundant_stack_has_two_apis_and_three_brokers_on_volumes_of_its_own() -> None:
    services, volumes = REDUNDANT["services"], set(REDUNDANT["volumes"])
    brokers = [services[name] for name in ("kafka", "kafka-2", "kafka-3")]
    mounted = {volume.partition(":")[0] for broker in brokers for volume in broker["volumes"]}

    assert {services[name]["scale"] for name in SERVICES} == {2}
    assert len(mounted) == 3
    assert mounted < volumes
    assert not volumes & set(STACK["volumes"])
    for broker in brokers:
        assert broker["environment"]["KAFKA_MIN_INSYNC_REPLICAS"] == 2
        assert broker["environment"]["KAFKA_DEFAULT_REPLICATION_FACTOR"] == 3


def test_what_ends_is_behind_a_profile() -> None:
    ending = {name for name, each in CONTAINERS.items() if each["restart"] == "no"}

    assert ending == {"migrate", "demo", "load"}
    assert {name for name, each in CONTAINERS.items() if "profiles" in each} == {"demo", "load"}
