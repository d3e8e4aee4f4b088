"""The demo: one virtual talent, its twin, and three places where it lives at once.

Two of them are pages of invented brands: each has a campaign whose keys were turned by two people.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from importlib.resources import as_file, files
from pathlib import Path

from gemelo.admin.services.desk import Books
from gemelo.admin.services.house import House
from gemelo.admin.services.learn import DocumentVerdict, learn
from gemelo.admin.services.personas import personas_at
from gemelo.context.persona.document import parse
from gemelo.context.policy.layers import parse_layer
from gemelo.context.tenancy.campaigns import Campaign, Terms, approve, clashes, edit, submit
from gemelo.context.tenancy.likeness import Licence
from gemelo.context.tenancy.people import THE_HOUSE, Grant, Principal, Role, Side
from gemelo.context.tenancy.windows import ANY_TIME
from gemelo.context.twins import (
    Brand,
    Deployment,
    DeploymentStatus,
    DeploymentType,
    LayerKind,
    LayerText,
    Talent,
    Twin,
    TwinState,
)
from gemelo.models.errors import BadLayer, NotReady, StoreError, Unknown
from gemelo.models.vocabulary import Language

TALENT = TWIN = "vera-golazo"
PORTAL = "demo-portal"
CAMPAIGNS = ("demo-campaign-a", "demo-campaign-b")
"""Each is the key of a page, the id of its campaign and the name of its layer."""
_WHY = "the demo"
_LANGUAGES = (Language("es"), Language("en"))
_ANY_PORT_HERE = ("http://127.0.0.1:*", "http://localhost:*", "http://[::1]:*")
MANAGER = "demo-talent-manager"
_MANAGER = Principal(MANAGER, "Vera's manager (demo)", frozenset({Grant(Role.TALENT_MANAGER, TALENT)}))


async def install(house: House) -> list[DocumentVerdict]:
    """Puts the demo in place, or brings its texts up to date; what fans said and what people set stays.

    Returns:
        The verdict on each of its documents; none where all had been learned before, by the rules of now.

    Raises:
        StoreError, EmbedderError, BadLayer.
    """
    with as_file(files("gemelo.admin").joinpath("demo")) as folder:
        texts = {path.stem: _read(path) for path in (folder / "layers").glob("*.yaml")}
        await house.desk.write(THE_HOUSE, _WHY, lambda books: _set_up(books, texts))
        for key in CAMPAIGNS:
            await _open_campaign(house, key, texts[key.removeprefix("demo-")])
        return await _teach(house, folder / "knowledge")


async def give_persona(house: House) -> str:
    """Draws the demo's persona from what it has learned and has its manager approve it; says what came of it.

    One that people have edited or approved themselves stays, and so does one of the same texts.

    Raises:
        StoreError, EmbedderError.
    """
    personas, _ = personas_at(house)
    try:
        kept = (await personas.see(_MANAGER, TWIN)).noun
    except Unknown:
        kept = None
    if kept and (not kept.is_approved or kept.by != MANAGER):
        return "its persona is as people have left it"
    if kept and parse(kept.yaml).drawn_from == house.library.version(TWIN):
        return "its persona is up to date"
    await personas.draft(_MANAGER, TWIN, _WHY, anew=True)
    drawn = (await personas.see(_MANAGER, TWIN)).noun
    try:
        await personas.approve(_MANAGER, TWIN, drawn.hash, _WHY)
    except (NotReady, BadLayer) as error:
        return f"its persona was drawn and not approved: {error}"
    return "its persona was drawn from what it has learned, and approved"


async def _set_up(books: Books, texts: Mapping[str, str]) -> None:
    """The talent, its twin, its places and their layers."""
    if await _add(books, Talent(TALENT, "Vera Golazo")):
        await _add(books, Licence("demo", TALENT, ANY_TIME))
    await _add(books, Twin(TWIN, TALENT, "Vera Golazo", TwinState.LIVE))
    await _add(books, _MANAGER)
    await _publish(books, LayerText(TWIN, None, LayerKind.TALENT, 0, texts["talent"]))
    for key in (PORTAL, *CAMPAIGNS):
        type = DeploymentType.PORTAL if key == PORTAL else DeploymentType.CAMPAIGN
        await _add(books, Deployment(key, TWIN, type, DeploymentStatus.ACTIVE, _ANY_PORT_HERE, _LANGUAGES))
    await _publish(books, LayerText(TWIN, PORTAL, LayerKind.DEPLOYMENT, 0, texts["portal"]))


async def _add(books: Books, noun: Talent | Twin | Deployment | Licence | Brand | Principal) -> bool:
    """Whether it was added; something of its id stays as people have set it."""
    id = noun.key if isinstance(noun, Deployment) else noun.id
    try:
        await books.get(type(noun), id)
    except Unknown:
        await books.add(noun)
        return True
    return False


async def _publish(books: Books, layer: LayerText) -> None:
    """Makes a text the newest of its layer, unless it is."""
    newest = await books.layers(layer.twin, layer.deployment, layer.kind, last=1)
    if [one.yaml for one in newest] != [layer.yaml]:
        await books.put_layer(layer)


async def _open_campaign(house: House, key: str, layer: str) -> None:
    """A brand, its manager, and its campaign on what ships, opened by both sides' own hands.

    One that was ended stays ended.
    """
    sponsor = parse_layer(layer, f"{key}.yaml").document.sponsor
    assert sponsor is not None
    id = sponsor.brand.lower()
    brand = Principal(
        f"demo-{id}", f"{sponsor.brand} (demo)", frozenset({Grant(Role.BRAND_MANAGER, brand=id)})
    )
    terms = Terms(key, sponsor.category, False, ANY_TIME, layer)
    now = house.wall()

    async def draft(books: Books) -> None:
        await _add(books, Brand(id, sponsor.brand))
        await _add(books, brand)
        if all(one.id != key for one in await books.all(Campaign, talent=TALENT)):
            await books.add(Campaign(key, TALENT, id, terms))
        kept = (await books.get(Campaign, key)).noun
        if not kept.is_over(now):
            edited = edit(kept, terms, now)
            await books.replace(edited if edited.submitted else submit(edited, now))

    async def turn(books: Books, side: Side, hand: Principal) -> None:
        kept = (await books.get(Campaign, key)).noun
        if not kept.is_over(now) and side not in kept.keys:
            others = await books.unfenced.all(Campaign, talent=TALENT)
            opened = approve(kept, side, hand.id, terms.hash, now, clashes(kept, others))
            await books.replace(opened, action="approve")

    await house.desk.write(THE_HOUSE, _WHY, draft)
    await house.desk.write(_MANAGER, _WHY, lambda books: turn(books, Side.TALENT, _MANAGER))
    await house.desk.write(brand, _WHY, lambda books: turn(books, Side.BRAND, brand))


async def _teach(house: House, knowledge: Path) -> list[DocumentVerdict]:
    school = house.school
    kept = await house.documents.all(TWIN)
    known = {document.path: (document.sha256, document.recipe) for document in kept}
    folders = [knowledge / language for language in _LANGUAGES]
    if _searchable(house) and known == {
        f"{folder.name}/{file.name}": (sha256(file.read_bytes()).hexdigest(), school.recipe)
        for folder in folders
        for file in folder.glob("*.md")
    }:
        return []
    return await learn(TWIN, folders, school, house.library.folder(TWIN))


def _searchable(house: House) -> bool:
    """Whether there is an index that this version of the program can open."""
    try:
        return bool(house.library.open(TWIN)[0])
    except StoreError:
        return False


def _read(path: Path) -> str:
    return path.read_text("utf-8")
