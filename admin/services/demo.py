"""The demo: one virtual talent, its twin, and three places where it lives at once."""

from __future__ import annotations

from hashlib import sha256
from importlib.resources import as_file, files
from pathlib import Path

from gemelo.admin.services.house import House
from gemelo.admin.services.learn import DocumentVerdict, learn
from gemelo.context.guard.planted import Screen
from gemelo.context.twins import (
    Deployment,
    DeploymentStatus,
    DeploymentType,
    LayerKind,
    Talent,
    Twin,
    TwinState,
)
from gemelo.models.errors import StoreError
from gemelo.models.vocabulary import Language

TWIN = "vera-golazo"
_LANGUAGES = (Language("es"), Language("en"))
_ANY_PORT_HERE = ("http://127.0.0.1:*", "http://localhost:*", "http://[::1]:*")
_PLACES = {
    "demo-portal": (DeploymentType.PORTAL, LayerKind.DEPLOYMENT, "portal.yaml"),
    "demo-campaign-a": (DeploymentType.CAMPAIGN, LayerKind.CAMPAIGN, "campaign-a.yaml"),
    "demo-campaign-b": (DeploymentType.CAMPAIGN, LayerKind.CAMPAIGN, "campaign-b.yaml"),
}


async def install(house: House) -> list[DocumentVerdict]:
    """Puts the demo in place, or brings it up to date; what fans said stays.

    Returns:
        The verdict on each of its documents; none where all had been learned before.

    Raises:
        StoreError, EmbedderError, BadLayer.
    """
    with as_file(files("gemelo.admin").joinpath("demo")) as folder:
        layers = folder / "layers"
        await house.twins.put_talent(Talent("vera-golazo", "Vera Golazo"))
        await house.twins.put_twin(Twin(TWIN, "vera-golazo", "Vera Golazo", TwinState.LIVE))
        await house.twins.put_layer(TWIN, None, LayerKind.TALENT, _read(layers / "talent.yaml"))
        for key, (type, kind, file) in _PLACES.items():
            place = Deployment(key, TWIN, type, DeploymentStatus.ACTIVE, _ANY_PORT_HERE, _LANGUAGES)
            await house.twins.put_deployment(place)
            await house.twins.put_layer(TWIN, key, kind, _read(layers / file))
        return await _teach(house, folder / "knowledge")


async def _teach(house: House, knowledge: Path) -> list[DocumentVerdict]:
    known = {document.path: document.sha256 for document in await house.documents.all(TWIN)}
    folders = [knowledge / language for language in _LANGUAGES]
    if _searchable(house) and known == {
        f"{folder.name}/{file.name}": sha256(file.read_bytes()).hexdigest()
        for folder in folders
        for file in folder.glob("*.md")
    }:
        return []
    library = house.library
    return await learn(
        TWIN, folders, house.documents, library.embedder, library.folder(TWIN), Screen(house.meaning)
    )


def _searchable(house: House) -> bool:
    """Whether there is an index that this version of the program can open."""
    try:
        return bool(house.library.open(TWIN)[0])
    except StoreError:
        return False


def _read(path: Path) -> str:
    return path.read_text("utf-8")
