"""The people, the talents and the places of the services' tests."""

from __future__ import annotations

from gemelo.admin.services.desk import Books, Desk
from gemelo.context.tenancy.likeness import Licence
from gemelo.context.tenancy.people import THE_HOUSE, Grant, Principal, Role
from gemelo.context.tenancy.windows import Window
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
from gemelo.models.vocabulary import Language

ADMIN = Principal("ana", "Ana", frozenset({Grant(Role.PLATFORM_ADMIN)}))
MARTA = Principal("marta", "Marta", frozenset({Grant(Role.TALENT_MANAGER, "trina")}))
MANU = Principal("manu", "Manu", frozenset({Grant(Role.TALENT_MANAGER, "trina")}))
NINA = Principal("nina", "Nina", frozenset({Grant(Role.TALENT_MANAGER, "oto")}))
ROSA = Principal("rosa", "Rosa", frozenset({Grant(Role.REVIEWER, "trina")}))
OTTO = Principal("otto", "Otto", frozenset({Grant(Role.READ_ONLY, "trina")}))
BRUNO = Principal("bruno", "Bruno", frozenset({Grant(Role.BRAND_MANAGER, brand="kortaza")}))
VERA = Principal("vera", "Vera", frozenset({Grant(Role.BRAND_MANAGER, brand="velmont")}))
NOBODY = Principal("nobody", "Nobody")
EVERYBODY = (ADMIN, MARTA, MANU, NINA, ROSA, OTTO, BRUNO, VERA, NOBODY)

TRINA, OTO = Talent("trina", "Trina Sol"), Talent("oto", "Oto Ríos")
KORTAZA, VELMONT = Brand("kortaza", "Kortaza"), Brand("velmont", "Velmont")
ALWAYS = Window(0, 4_102_444_800_000)
LANGUAGES = (Language("es"), Language("en"))

TALENT_LAYER = """\
layer: talent
name: trina
languages: [es, en]
persona:
  name: Trina Sol
names_to_avoid:
  - name: Rivalona
deflections:
  es: {declined: [De eso no., "No sé."], names: [Ahí no entro., "Otra cosa."],
       blocked: [Mejor no., Cambiemos.], failed: [Perdona., Otra vez.], busy: [Ahora no., Espera.],
       off_topic: [De eso no hablo., Otro tema.]}
  en: {declined: [Not that., I do not know.], names: [Not there., Something else.],
       blocked: [Better not., Let us change.], failed: [Sorry., Once more.], busy: [Not now., Wait.],
       off_topic: [Not my topic., Another one.]}
"""


def campaign_layer(brand: str, *, category: str = "drinks", required: str = "", more: str = "") -> str:
    """A campaign's layer, as a brand writes it."""
    claims = f"required_claims:\n  es: [{required}]\n  en: [{required}]\n" if required else ""
    return (
        f"layer: campaign\nname: {brand}\n{claims}{more}"
        f"disclosures:\n  es: [Patrocinado por {brand}.]\n  en: [Sponsored by {brand}.]\n"
        f"sponsor:\n  brand: {brand}\n  category: {category}\n"
    )


def page(key: str, twin: str = "trina", type: DeploymentType = DeploymentType.CAMPAIGN) -> Deployment:
    """An open place."""
    return Deployment(key, twin, type, DeploymentStatus.ACTIVE, ("https://club.example",), LANGUAGES)


async def stock(desk: Desk) -> None:
    """Puts two talents with a twin each, five places and two brands in place."""

    async def work(books: Books) -> None:
        for talent in (TRINA, OTO):
            await books.add(talent)
            await books.add(Twin(talent.id, talent.id, talent.name, TwinState.LIVE))
            layer = TALENT_LAYER.replace("trina", talent.id)
            await books.put_layer(LayerText(talent.id, None, LayerKind.TALENT, 1, layer))
            await books.add(Licence(f"first-{talent.id}", talent.id, ALWAYS))
            await books.add(page(f"{talent.id}-portal", talent.id, DeploymentType.PORTAL))
            await books.add(page(f"{talent.id}-summer", talent.id))
        await books.add(page("trina-winter"))
        for brand in (KORTAZA, VELMONT):
            await books.add(brand)
        for who in (MARTA, BRUNO):
            await books.add(who)

    await desk.write(THE_HOUSE, "the first day", work)
