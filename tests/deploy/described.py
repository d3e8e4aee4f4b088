"""The files that deploy Gemelo, as what runs them would read them; no container engine is needed for that."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from tests.server import ROOT

IMAGE = (ROOT / "Dockerfile.gpu").read_text("utf-8")
FLEET = ROOT / "deploy" / "fleet"
SECRET = "of-a-test"
"""Stands for each variable that whoever deploys has to set."""
_VARIABLE = re.compile(r"\$\{(\w+)(?:(:?[-?])([^}]*))?\}")


@dataclass(frozen=True)
class Part:
    """One container.

    Attributes:
        words: its whole command line.
        environment: what is set for it; None where that is left to a secret or to the shell.
        probes: paths that are asked of its port.
    """

    name: str
    image: str
    words: tuple[str, ...]
    environment: Mapping[str, str | None]
    ports: tuple[int, ...] = ()
    probes: tuple[str, ...] = ()
    described: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def is_ours(self) -> bool:
        return self.image.split(":")[0] == "gemelo"


def instructions() -> list[tuple[str, str]]:
    """Those of the Dockerfile, by name."""
    joined = re.sub(r"\\\n", " ", "".join(line + "\n" for line in IMAGE.splitlines() if line[:1] != "#"))
    return [(line.split()[0], line.partition(" ")[2].strip()) for line in joined.splitlines() if line.strip()]


def told(instruction: str) -> str:
    """What the last stage of the image says."""
    return [text for name, text in instructions() if name == instruction][-1]


ENTRYPOINT: list[str] = json.loads(told("ENTRYPOINT"))
HEALTHCHECK: list[str] = json.loads(told("HEALTHCHECK").partition("CMD")[2])


def filled(text: str, needed: set[str]) -> str:
    """A value of the compose file with its variables put in; `needed` gets those that must be set."""

    def value(found: re.Match[str]) -> str:
        name, how, default = found[1], found[2] or "", found[3] or ""
        if "?" in how:
            needed.add(name)
        return default if "-" in how else SECRET

    return _VARIABLE.sub(value, text)


def box() -> tuple[dict[str, Any], set[str]]:
    """The compose file, and the variables that it cannot do without."""
    needed = set[str]()

    def fill(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: fill(inner) for name, inner in value.items()}  # pyright: ignore
        if isinstance(value, list):
            return [fill(inner) for inner in value]  # pyright: ignore
        return filled(value, needed) if isinstance(value, str) else value

    return fill(yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))), needed


def box_parts() -> list[Part]:
    parts: list[Part] = []
    for name, service in box()[0]["services"].items():
        image = service["image"]
        start = service.get("entrypoint") or (ENTRYPOINT if image.startswith("gemelo:") else [])
        parts.append(
            Part(
                name,
                image,
                (*start, *service.get("command", ())),
                service.get("environment", {}),
                tuple(int(port.split(":")[-1].split("/")[0]) for port in service.get("ports", ())),
                described=service,
            )
        )
    return parts


def kustomization() -> dict[str, Any]:
    return yaml.safe_load((FLEET / "kustomization.yaml").read_text("utf-8"))


def objects(kind: str = "") -> list[dict[str, Any]]:
    """Those of the fleet, of one kind or all."""
    files = [FLEET / name for name in kustomization()["resources"]]
    every = [one for file in files for one in yaml.safe_load_all(file.read_text("utf-8"))]
    return [one for one in every if kind in ("", one["kind"])]


def settings() -> dict[str, str]:
    """What the fleet's containers share."""
    lines = (FLEET / "settings.env").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def _expanded(word: str, known: Mapping[str, str | None]) -> str:
    """A word of a command with its variables, as Kubernetes puts them in."""
    return re.sub(r"\$\((\w+)\)", lambda found: str(known[found[1]]), word)


def fleet_parts() -> Iterator[Part]:
    tags = {one["name"]: one["newTag"] for one in kustomization()["images"]}
    for deployment in objects("Deployment"):
        pod = deployment["spec"]["template"]["spec"]
        for container in (*pod.get("initContainers", ()), *pod["containers"]):
            shared = settings() if "envFrom" in container else {}
            own = {one["name"]: one.get("value") for one in container.get("env", ())}
            name = container["image"]
            start = container.get("command") or (ENTRYPOINT if name == "gemelo" else [])
            words = (_expanded(word, {**own, **settings()}) for word in container["args"])
            probes = (container[one] for one in container if one.endswith("Probe"))
            yield Part(
                f"{deployment['metadata']['name']}/{container['name']}",
                f"{name}:{tags[name]}" if name in tags else name,
                (*start, *words),
                {**shared, **own},
                tuple(port["containerPort"] for port in container.get("ports", ())),
                tuple({probe["httpGet"]["path"] for probe in probes}),
                pod | container,
            )


PARTS = [*box_parts(), *fleet_parts()]
OURS = [part for part in PARTS if part.is_ours]
