"""What is deployed: images, command lines, settings, probes, each held against the program itself."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from gemelo.admin.cli.parser import parser
from gemelo.admin.wiring.settings import Settings
from tests.deploy import described
from tests.deploy.described import FLEET, HEALTHCHECK, OURS, PARTS, Part, box, instructions, objects, told
from tests.redis_server import free_port
from tests.server import ROOT, Server

PAGE = (ROOT / "docs" / "deploy.md").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def _known() -> set[str]:
    """The variables that the settings read."""
    known = {f"GEMELO_{name.upper()}" for name in Settings.model_fields}
    for one in Settings.model_fields.values():
        known |= set(getattr(one.validation_alias, "choices", ()))
    return known


def _name(part: Part) -> str:
    return part.name


@pytest.mark.parametrize("part", PARTS, ids=_name)
def test_an_image_is_pinned(part: Part) -> None:
    """To a whole version, of no registry by name; ours is the version that this is."""
    name, _, tag = part.image.partition(":")
    assert re.fullmatch(r"v?\d+\.\d+(\.\d+)?", tag), part.image
    assert "." not in name.split("/")[0]
    assert not part.is_ours or tag == PROJECT["version"]


def test_the_image_is_built_in_stages_and_runs_as_nobody() -> None:
    """Each stage begins with one exact version; the last has a user of its own and the model files."""
    bases = [text.split()[0] for name, text in instructions() if name == "FROM"]
    assert len(bases) == 2
    assert all(re.search(r":\d+\.\d+\.\d+-", base) for base in bases), bases
    uid = told("USER").split(":")[0]
    assert uid.isdigit()
    assert int(uid) >= 10000
    copied = [text for name, text in instructions() if name == "COPY"]
    assert "--from=build /models /models" in copied


def test_what_the_image_installs_is_pinned() -> None:
    """Each package that is named for it, to a version that pyproject.toml allows."""
    lines = (ROOT / "deploy" / "constraints.txt").read_text("utf-8").splitlines()
    pinned = dict(line.split("==") for line in lines if not line.startswith("#"))
    [install] = [text for name, text in instructions() if name == "RUN" and "pip install" in text]
    found = re.search(r'--constraint deploy/constraints.txt "\.\[(.*)\]"', install)
    assert found
    extras = PROJECT["optional-dependencies"]
    wanted = [*PROJECT["dependencies"], *(text for one in found[1].split(",") for text in extras[one])]
    for one in map(Requirement, wanted):
        if one.name == "gemelo":
            wanted += [text for extra in one.extras for text in extras[extra]]
    for one in map(Requirement, wanted):
        assert one.name == "gemelo" or one.specifier.contains(pinned[canonicalize_name(one.name)]), one


@pytest.mark.parametrize("part", OURS, ids=_name)
def test_a_command_is_one_of_the_program(part: Part) -> None:
    """The parser takes every word of it; where it listens, probes and health check find it."""
    program, *words = part.words
    assert program == "gemelo"
    arguments = parser(words[0]).parse_args(words)
    if words[0] in ("serve", "worker"):
        assert arguments.host == "0.0.0.0"
        assert f"127.0.0.1:{arguments.port}/" in HEALTHCHECK[-1]
        assert set(part.ports) <= {arguments.port}
        assert told("EXPOSE") == str(arguments.port)


@pytest.mark.parametrize("part", OURS, ids=_name)
def test_a_variable_is_a_setting(part: Part) -> None:
    """A name that nobody reads would be set in vain; LIVEKIT_URL stands in the command of workers."""
    assert set(part.environment) - {"LIVEKIT_URL"} <= _known()


@pytest.mark.parametrize("part", [part for part in OURS if part.words[1] != "jobs"], ids=_name)
def test_the_key_of_each_vendor_is_offered(part: Part) -> None:
    """What a vendor keeps for us is deleted by a server that has its key: none is left out."""
    keys = {name: one for name, one in Settings.model_fields.items() if name.endswith("_key")}
    secret = {name: one for name, one in keys.items() if "SecretStr" in str(one.annotation)}
    assert "tavus_key" in secret
    for name, one in secret.items():
        known = {f"GEMELO_{name.upper()}", *getattr(one.validation_alias, "choices", ())}
        assert known & set(part.environment), name


def test_the_file_of_secrets_goes_nowhere_else() -> None:
    """The page has one made: neither a commit nor an image takes it along."""
    made = re.findall(r"--from-env-file=(\S+)", PAGE)
    assert made
    for ignored in (".gitignore", ".dockerignore"):
        assert {*made, ".env"} <= {*(ROOT / ignored).read_text("utf-8").split()}


def test_the_fleets_settings_are_taken() -> None:
    """Each value is one that the settings read."""
    read = Settings(_env_file=FLEET / "settings.env")  # pyright: ignore[reportCallIssue]
    assert read.llm_url == described.settings()["GEMELO_LLM_URL"]
    assert read.llm_vllm
    assert read.drain_s == float(described.settings()["GEMELO_DRAIN_S"])


def test_the_health_check_tells_a_server_from_none(server: Server) -> None:
    """The image's own, run as it stands but for the port."""

    def checked(port: int) -> int:
        words = [HEALTHCHECK[1], HEALTHCHECK[2].replace(":8000/", f":{port}/")]
        return subprocess.run(
            [sys.executable, *words], capture_output=True, check=False, timeout=30
        ).returncode

    assert HEALTHCHECK[0] == "python"
    assert checked(server.port) == 0
    assert checked(free_port()) == 1


def test_the_box_needs_what_the_page_sets() -> None:
    """`docker compose` stops at a variable that has no value; the page makes each of them one."""
    made = re.search(r"for name in ([\w ]+); do", PAGE)
    assert made
    needed = box()[1]
    assert {*made[1].split()} <= needed
    assert needed == {*made[1].split(), *re.findall(r"^echo (\w+)=", PAGE, re.M)} & needed


def test_nothing_of_the_box_is_open_to_the_world_by_accident() -> None:
    """What is not LiveKit's is published on this machine alone, and only the server is."""
    published = {part.name: part.described.get("ports", []) for part in described.box_parts()}
    assert [name for name, ports in published.items() if ports] == ["server"]
    assert all(port.startswith("127.0.0.1:") for port in published["server"])


@pytest.mark.parametrize("part", described.box_parts(), ids=_name)
def test_what_a_service_waits_for_is_there(part: Part) -> None:
    """Each service that another waits for is checked for its health, by the image or here."""
    services = {one.name: one for one in described.box_parts()}
    for name, how in part.described.get("depends_on", {}).items():
        assert services[name].is_ours or "healthcheck" in services[name].described
        assert how == {"condition": "service_healthy"}


def test_the_page_names_what_is_not_secret_by_nature() -> None:
    """Every secret that the fleet's containers are given by name is on the page."""
    named = {
        (ref["name"], ref["key"])
        for deployment in objects("Deployment")
        for spec in [deployment["spec"]["template"]["spec"]]
        for container in (*spec.get("initContainers", ()), *spec["containers"])
        for one in container.get("env", ())
        if (ref := one.get("valueFrom", {}).get("secretKeyRef"))
    }
    assert {name for name, _ in named} == {"gemelo", "gemelo-owner"}
    assert all(key in PAGE for _, key in named)
