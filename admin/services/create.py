"""Making a twin with nothing but a name and what it has learned, for `gemelo learn --create`."""

from __future__ import annotations

import re
from collections import Counter

import yaml

from gemelo.admin.services.house import House
from gemelo.context.tenancy.likeness import Licence
from gemelo.context.tenancy.windows import ANY_TIME
from gemelo.context.twins import (
    Deployment,
    DeploymentStatus,
    DeploymentType,
    LayerKind,
    Talent,
    Twin,
    TwinState,
)
from gemelo.models.errors import UsageError
from gemelo.models.vocabulary import Language

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
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
        raise UsageError("a twin's id is 1 to 63 small letters, digits and hyphens")
    if await house.twins.talent(id) or await house.twins.deployment(id):
        raise UsageError(f"{id!r} is taken by a talent or a deployment: choose another id")
    name = id.replace("-", " ").title()
    await house.twins.put_talent(Talent(id, name))
    await house.twins.put_licence(Licence(id, id, ANY_TIME))
    await house.twins.put_twin(Twin(id, id, name, TwinState.LIVE))


async def open_portal(house: House, twin: str) -> None:
    """Gives a twin a portal whose key is its id, in the languages of its texts; a place it has stays.

    Raises:
        StoreError.
    """
    if await house.twins.deployments(twin):
        return
    languages = await _languages(house, twin)
    portal = Deployment(twin, twin, DeploymentType.PORTAL, DeploymentStatus.ACTIVE, _HERE, languages)
    await house.twins.put_deployment(portal)
    layer = {"layer": "deployment", "name": twin, "languages": [str(language) for language in languages]}
    await house.twins.put_layer(twin, twin, LayerKind.DEPLOYMENT, yaml.safe_dump(layer, sort_keys=False))


async def _languages(house: House, twin: str) -> tuple[Language, ...]:
    """Those that the platform speaks, the twin's most written one first."""
    spoken = [Language(code) for code in house.platform.document.languages or ()]
    written = Counter(
        passage.language for document in await house.documents.all(twin) for passage in document.passages
    )
    known = [language for language, _ in written.most_common() if language in spoken]
    return tuple(known or spoken)
