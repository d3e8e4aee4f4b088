"""Making a twin with nothing but a name and what it has learned, for `gemelo learn --create`."""

from __future__ import annotations

import re
from collections import Counter

import yaml

from gemelo.admin.services.desk import Books
from gemelo.admin.services.house import House
from gemelo.context.tenancy.likeness import Licence
from gemelo.context.tenancy.people import THE_HOUSE
from gemelo.context.tenancy.windows import ANY_TIME
from gemelo.context.twins import (
    Deployment,
    DeploymentStatus,
    DeploymentType,
    LayerKind,
    LayerText,
    Talent,
    Twin,
    TwinState,
)
from gemelo.models.errors import UsageError
from gemelo.models.vocabulary import Language

_WHY = "made at the command line"
_ID = re.compile(r"(?!.*--)[a-z0-9][a-z0-9-]{0,62}")
_HERE = ("http://127.0.0.1:*", "http://localhost:*", "http://[::1]:*")


async def create(house: House, id: str) -> None:
    """Makes a talent, who licenses everything, and its live twin, both called `id`, unless the twin is there.

    Raises:
        UsageError: the id is no name for a twin, or something else has it.
        StoreError.
    """
    if await house.twins.twin(id):
        return
    if not _ID.fullmatch(id):
        raise UsageError("a twin's id is 1 to 63 small letters, digits and single hyphens")
    if await house.twins.talent(id) or await house.twins.deployment(id):
        raise UsageError(f"{id!r} is taken by a talent or a deployment: choose another id")
    name = id.replace("-", " ").title()

    async def work(books: Books) -> None:
        await books.add(Talent(id, name))
        await books.add(Licence(id, id, ANY_TIME))
        await books.add(Twin(id, id, name, TwinState.LIVE))

    await house.desk.write(THE_HOUSE, _WHY, work)


async def create_beside(house: House, id: str, source: str) -> None:
    """Makes another live twin of the talent that a twin belongs to, unless it is there.

    Raises:
        UsageError: the id is no name for a twin, or something else has it; there is no such source.
        StoreError.
    """
    if await house.twins.twin(id):
        return
    beside = await house.twins.twin(source)
    if beside is None:
        raise UsageError(f"there is no twin {source[:64]!r} to share documents with")
    if not _ID.fullmatch(id.replace("--", "-")):
        raise UsageError("a twin's id is 1 to 63 small letters, digits and hyphens")
    if await house.twins.talent(id) or await house.twins.deployment(id):
        raise UsageError(f"{id!r} is taken by a talent or a deployment: choose another id")
    twin = Twin(id, beside.talent, id.replace("-", " ").title(), TwinState.LIVE)
    await house.desk.write(THE_HOUSE, _WHY, lambda books: books.add(twin))


async def open_portal(house: House, twin: str) -> None:
    """Gives a twin a portal whose key is its id, in its texts' language first; a place it has stays.

    Raises:
        StoreError.
    """
    if await house.twins.deployments(twin):
        return
    languages = await _languages(house, twin)
    portal = Deployment(twin, twin, DeploymentType.PORTAL, DeploymentStatus.ACTIVE, _HERE, languages)
    layer = {"layer": "deployment", "name": twin, "languages": [str(language) for language in languages]}
    text = yaml.safe_dump(layer, sort_keys=False)

    async def work(books: Books) -> None:
        await books.add(portal)
        await books.put_layer(LayerText(twin, twin, LayerKind.DEPLOYMENT, 0, text))

    await house.desk.write(THE_HOUSE, _WHY, work)


async def _languages(house: House, twin: str) -> tuple[Language, ...]:
    """Those that the platform speaks, the twin's most written one first."""
    spoken = [Language(code) for code in house.platform.document.languages or ()]
    written = Counter(
        passage.language for document in await house.documents.all(twin) for passage in document.passages
    )
    return tuple(sorted(spoken, key=lambda language: -written[language]))
