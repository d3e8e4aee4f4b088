"""Places whose languages and layers have to go together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gemelo.admin.services.campaigning import Campaigning
from gemelo.admin.services.catalogue import see
from gemelo.admin.services.compiling import Compiler
from gemelo.admin.services.desk import Desk
from gemelo.admin.services.placing import Placing
from gemelo.admin.services.publishing import Publishing
from gemelo.context.tenancy.campaigns import Campaign, Terms
from gemelo.context.tenancy.people import Side
from gemelo.context.twins import Deployment, DeploymentType, LayerKind
from gemelo.models.errors import BadLayer, NotAllowed
from gemelo.models.vocabulary import Language
from tests.admin.services.cast import ALWAYS, BRUNO, MARTA, OTTO, campaign_layer
from tests.admin.services.conftest import Calendar

ES, EN, FR = (Language(code) for code in ("es", "en", "fr"))


async def test_languages_that_no_layer_speaks_are_refused(
    desk: Desk, compiler: Compiler, now: Calendar
) -> None:
    """Whether the place is new or changed; what they leave is kept, and so is no restriction at all."""
    placing = Placing(desk, compiler, now)
    new = Deployment("trina--new", "trina", DeploymentType.WIDGET, languages=(FR,))
    with pytest.raises(
        BadLayer, match=r"^talent.*:3: no language is left: .*es, en, .*itself fr.*at trina--new"
    ):
        await placing.make(MARTA, new, "for Lyon")
    await placing.make(MARTA, replace(new, languages=(FR, ES)), "for Lyon, in Spanish")
    for languages in ((ES,), (), (EN, ES)):
        seen = await see(desk, MARTA, Deployment, "trina--new")
        await placing.change(MARTA, replace(seen.noun, languages=languages), seen.revision, "")
    seen = await see(desk, MARTA, Deployment, "trina--new")
    with pytest.raises(BadLayer, match="no language is left"):
        await placing.change(MARTA, replace(seen.noun, languages=(FR,)), seen.revision, "")
    with pytest.raises(NotAllowed):
        await placing.change(OTTO, replace(seen.noun, languages=(FR,)), seen.revision, "")
    assert (await see(desk, MARTA, Deployment, "trina--new")).noun.languages == (EN, ES)


async def test_a_layer_that_leaves_no_language_is_not_published(
    desk: Desk, compiler: Compiler, now: Calendar
) -> None:
    """The place was there first."""
    placing, publishing = Placing(desk, compiler, now), Publishing(desk, compiler, now)
    await placing.make(
        MARTA, Deployment("trina--new", "trina", DeploymentType.WIDGET, languages=(ES,)), "in Spanish"
    )
    text = "layer: deployment\nname: new\nlanguages: [en]\n"
    with pytest.raises(BadLayer, match="deployment@1:3: no language is left"):
        await publishing.propose(MARTA, "trina", "trina--new", LayerKind.DEPLOYMENT, text)


async def test_no_language_is_added_in_which_a_campaign_discloses_nothing(
    desk: Desk, compiler: Compiler, now: Calendar
) -> None:
    """Both keys were turned on a campaign that speaks Spanish only: its page would close."""
    placing, office = Placing(desk, compiler, now), Campaigning(desk, compiler, now)
    seen = await see(desk, MARTA, Deployment, "trina-summer")
    kept = await placing.change(MARTA, replace(seen.noun, languages=(ES,)), seen.revision, "")
    layer = campaign_layer("Kortaza").replace("  en: [Sponsored by Kortaza.]\n", "")
    terms = Terms("trina-summer", "drinks", False, ALWAYS, layer)
    await office.draft(MARTA, Campaign("sun", "trina", "kortaza", terms), "")
    await office.submit(MARTA, "sun", "")
    await office.approve(MARTA, "sun", Side.TALENT, terms.hash, "")
    await office.approve(BRUNO, "sun", Side.BRAND, terms.hash, "")
    with pytest.raises(BadLayer, match=r"no disclosure in 'en'.*at trina-summer under campaign sun"):
        await placing.change(MARTA, replace(kept.noun, languages=(ES, EN)), kept.revision, "")
