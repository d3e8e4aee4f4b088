"""The Kustomize tree: what stands in it goes together, and with what a server really answers."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from gemelo.admin.api.rooms import LEAVE_S
from tests.deploy.described import FLEET, fleet_parts, kustomization, objects, settings
from tests.server import Server

DEPLOYMENTS = objects("Deployment")
OURS = [one for one in DEPLOYMENTS if one["metadata"]["name"].startswith("gemelo-")]


def _name(one: dict[str, Any]) -> str:
    return f"{one['kind']}-{one['metadata']['name']}"


def _labels(deployment: dict[str, Any]) -> dict[str, str]:
    return deployment["spec"]["template"]["metadata"]["labels"]


def test_every_file_of_the_tree_is_part_of_it() -> None:
    """None is forgotten, none is named that is not there."""
    listed = {*kustomization()["resources"], *kustomization()["configMapGenerator"][0]["envs"]}
    assert listed | {"kustomization.yaml"} == {path.name for path in FLEET.iterdir()}


@pytest.mark.parametrize("one", objects(), ids=_name)
def test_whoever_selects_finds_pods(one: dict[str, Any]) -> None:
    """Services, budgets, policies and deployments name labels that pods have; scalers a deployment."""
    spec = one["spec"]
    if one["kind"] == "HorizontalPodAutoscaler":
        assert spec["scaleTargetRef"]["name"] in {found["metadata"]["name"] for found in DEPLOYMENTS}
    elif one["kind"] != "PersistentVolumeClaim":
        selector: dict[str, Any] = spec["podSelector" if "podSelector" in spec else "selector"]
        wanted: dict[str, str] = selector.get("matchLabels", selector)
        assert any(wanted.items() <= _labels(found).items() for found in DEPLOYMENTS)


@pytest.mark.parametrize("one", DEPLOYMENTS, ids=_name)
def test_what_a_pod_mounts_is_there(one: dict[str, Any]) -> None:
    """Volumes, claims and the map of settings."""
    pod = one["spec"]["template"]["spec"]
    claims = {claim["metadata"]["name"] for claim in objects("PersistentVolumeClaim")}
    volumes = {volume["name"] for volume in pod["volumes"]}
    maps = {made["name"] for made in kustomization()["configMapGenerator"]}
    for volume in pod["volumes"]:
        assert volume.get("persistentVolumeClaim", {"claimName": min(claims)})["claimName"] in claims
    for container in (*pod.get("initContainers", ()), *pod["containers"]):
        assert {mount["name"] for mount in container["volumeMounts"]} == volumes
        assert {source["configMapRef"]["name"] for source in container.get("envFrom", ())} <= maps


@pytest.mark.parametrize("one", OURS, ids=_name)
def test_a_pod_has_the_time_to_let_replies_end(one: dict[str, Any]) -> None:
    """Before Kubernetes kills it: the pause before the signal, the drain, leaving rooms, closing."""
    pod = one["spec"]["template"]["spec"]
    [container] = pod["containers"]
    paused = container["lifecycle"]["preStop"]["exec"]["command"][1] if "lifecycle" in container else 0
    needed = float(paused) + float(settings()["GEMELO_DRAIN_S"]) + LEAVE_S + 2
    assert pod["terminationGracePeriodSeconds"] > needed


@pytest.mark.parametrize("one", objects("HorizontalPodAutoscaler"), ids=_name)
def test_a_fleet_grows_by_what_the_server_counts(one: dict[str, Any], server: Server) -> None:
    """The metric is a gauge of /metrics, and the fleet grows before its slots are full."""
    [metric] = one["spec"]["metrics"]
    with urlopen(f"{server.url}/metrics", timeout=10) as answer:
        told = answer.read().decode()
    assert f"# TYPE {metric['pods']['metric']['name']} gauge" in told
    name = one["spec"]["scaleTargetRef"]["name"]
    [slots] = [
        part.environment["GEMELO_SLOTS"]
        for part in fleet_parts()
        if part.name.startswith(name + "/") and "GEMELO_SLOTS" in part.environment
    ]
    assert int(metric["pods"]["target"]["averageValue"]) <= 0.8 * int(slots or 0)


@pytest.mark.parametrize("one", OURS, ids=_name)
def test_a_probe_is_answered(one: dict[str, Any], server: Server) -> None:
    """A server with room for fans answers each path that Kubernetes asks, and what Prometheus reads."""
    template = one["spec"]["template"]
    notes = template["metadata"]["annotations"]
    [container] = template["spec"]["containers"]
    [port] = container["ports"]
    assert notes["prometheus.io/port"] == str(port["containerPort"])
    probes = [container[name]["httpGet"] for name in ("startupProbe", "livenessProbe", "readinessProbe")]
    assert {probe["port"] for probe in probes} == {port["name"]}
    for path in {*(probe["path"] for probe in probes), notes["prometheus.io/path"]}:
        with urlopen(server.url + path, timeout=10) as answer:
            assert answer.status == 200


def test_the_model_is_where_the_engine_looks() -> None:
    """The address of the settings is a service's, and its port the pod's."""
    url = urlsplit(settings()["GEMELO_LLM_URL"])
    [service] = [one for one in objects("Service") if one["metadata"]["name"] == url.hostname]
    assert [port["port"] for port in service["spec"]["ports"]] == [url.port]
    [part] = [part for part in fleet_parts() if part.image.startswith("vllm/")]
    assert part.words[2] == settings()["GEMELO_LLM_MODEL"]
    assert f"--port={part.ports[0]}" in part.words
    gpus = part.described["resources"]["limits"]["nvidia.com/gpu"]
    assert f"--data-parallel-size={gpus}" in part.words


@pytest.mark.parametrize("one", OURS, ids=_name)
def test_a_pod_of_ours_has_no_rights(one: dict[str, Any]) -> None:
    """Not root's, no more than it began with, and nothing of the image can be written."""
    pod = one["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["automountServiceAccountToken"] is False
    for container in (*pod.get("initContainers", ()), *pod["containers"]):
        locked = container["securityContext"]
        assert (locked["allowPrivilegeEscalation"], locked["readOnlyRootFilesystem"]) == (False, True)
