"""The demo: one virtual talent, its twin, and three places where it lives at once.

Two of them are pages of invented brands: each has a campaign whose keys were turned by two people.
"""

from __future__ import annotations

from hashlib import sha256
from importlib.resources import as_file, files
from pathlib import Path

from gemelo.admin.services.house import House
from gemelo.admin.services.learn import DocumentVerdict, learn
from gemelo.context.policy.layers import parse_layer
from gemelo.context.tenancy.campaigns import Campaign, Terms, approve, edit, submit
from gemelo.context.tenancy.likeness import Licence
from gemelo.context.tenancy.people import Grant, Principal, Role, Side
from gemelo.context.tenancy.windows import ANY_TIME
from gemelo.context.twins import (
    Brand,
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

TALENT = TWIN = "vera-golazo"
PORTAL = "demo-portal"
CAMPAIGNS = ("demo-campaign-a", "demo-campaign-b")
"""Each is the key of a page, the id of its campaign and the name of its layer."""
_LANGUAGES = (Language("es"), Language("en"))
_ANY_PORT_HERE = ("http://127.0.0.1:*", "http://localhost:*", "http://[::1]:*")
_MANAGER = Principal(
    "demo-talent-manager", "Vera's manager (demo)", frozenset({Grant(Role.TALENT_MANAGER, TALENT)})
)


async def install(house: House) -> list[DocumentVerdict]:
    """Puts the demo in place, or brings its texts up to date; what fans said and what people set stays.

    Returns:
        The verdict on each of its documents; none where all had been learned before.

    Raises:
        StoreError, EmbedderError, BadLayer.
    """
    twins = house.twins
    with as_file(files("gemelo.admin").joinpath("demo")) as folder:
        layers = folder / "layers"
        if await twins.talent(TALENT) is None:
            await twins.put_talent(Talent(TALENT, "Vera Golazo"))
            await twins.put_licence(Licence("demo", TALENT, ANY_TIME))
        if await twins.twin(TWIN) is None:
            await twins.put_twin(Twin(TWIN, TALENT, "Vera Golazo", TwinState.LIVE))
        await twins.put_principal(_MANAGER)
        await twins.put_layer(TWIN, None, LayerKind.TALENT, _read(layers / "talent.yaml"))
        await _open_place(house, PORTAL, DeploymentType.PORTAL)
        await twins.put_layer(TWIN, PORTAL, LayerKind.DEPLOYMENT, _read(layers / "portal.yaml"))
        for key in CAMPAIGNS:
            await _open_place(house, key, DeploymentType.CAMPAIGN)
            await _sponsor(house, key, _read(layers / f"{key.removeprefix('demo-')}.yaml"))
        return await _teach(house, folder / "knowledge")


async def _open_place(house: House, key: str, type: DeploymentType) -> None:
    if await house.twins.deployment(key) is None:
        place = Deployment(key, TWIN, type, DeploymentStatus.ACTIVE, _ANY_PORT_HERE, _LANGUAGES)
        await house.twins.put_deployment(place)


async def _sponsor(house: House, key: str, layer: str) -> None:
    """A brand, its manager, and its campaign with both keys on what ships; one that was ended stays ended."""
    sponsor = parse_layer(layer, f"{key}.yaml").document.sponsor
    assert sponsor is not None
    brand = sponsor.brand.lower()
    manager = Principal(
        f"demo-{brand}", f"{sponsor.brand} (demo)", frozenset({Grant(Role.BRAND_MANAGER, brand=brand)})
    )
    await house.twins.put_brand(Brand(brand, sponsor.brand))
    await house.twins.put_principal(manager)
    facts = await house.twins.facts(key)
    assert facts is not None
    others = tuple(one for one in facts.campaigns if one.id != key)
    terms = Terms(key, sponsor.category, False, ANY_TIME, layer)
    kept = next((one for one in facts.campaigns if one.id == key), Campaign(key, TALENT, brand, terms))
    now = house.wall()
    if not kept.is_over(now):
        await house.twins.put_campaign(_opened(edit(kept, terms, now), manager, others, now))


def _opened(campaign: Campaign, brand: Principal, others: tuple[Campaign, ...], now: int) -> Campaign:
    """The campaign with both keys turned, each by its own side's hand."""
    if not campaign.submitted:
        campaign = submit(campaign, now)
    for side, hand in ((Side.TALENT, _MANAGER), (Side.BRAND, brand)):
        if side not in campaign.keys:
            campaign = approve(campaign, side, hand.id, campaign.terms.hash, now, others)
    return campaign


async def _teach(house: House, knowledge: Path) -> list[DocumentVerdict]:
    known = {document.path: document.sha256 for document in await house.documents.all(TWIN)}
    folders = [knowledge / language for language in _LANGUAGES]
    if _searchable(house) and known == {
        f"{folder.name}/{file.name}": sha256(file.read_bytes()).hexdigest()
        for folder in folders
        for file in folder.glob("*.md")
    }:
        return []
    return await learn(TWIN, folders, house.school, house.library.folder(TWIN))


def _searchable(house: House) -> bool:
    """Whether there is an index that this version of the program can open."""
    try:
        return bool(house.library.open(TWIN)[0])
    except StoreError:
        return False


def _read(path: Path) -> str:
    return path.read_text("utf-8")
