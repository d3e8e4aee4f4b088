"""What layers would rather have."""

from __future__ import annotations

import pytest

from gemelo.context.guard.builtin import Rule
from gemelo.context.policy.context import Drafts, Vendors
from gemelo.context.policy.layers import Deflection, OnBlock, deflection
from gemelo.models.errors import BadLayer
from gemelo.models.manner import Manner
from gemelo.models.routing import Route
from gemelo.models.vocabulary import Language, Speculation
from tests.context.policy.documents import DEFLECTIONS, Document, campaign, compiled, platform, talent

ES, EN = Language("es"), Language("en")
OWN = ["Ahí no voy.", "Mejor otra cosa."]


def test_the_nearest_layer_decides_what_a_block_does() -> None:
    """A rule that no layer speaks of deflects."""
    context = compiled(
        platform(on_block={"profanity": "redact"}),
        talent(on_block={"profanity": "retry", "names_to_avoid": "redact"}),
        campaign(on_block={"names_to_avoid": "retry"}),
    )
    assert context.on_block(Rule.PROFANITY) is OnBlock.RETRY
    assert context.on_block(Rule.NAMES) is OnBlock.RETRY
    assert context.on_block(Rule.TOPICS) is OnBlock.DEFLECT
    assert context.on_block("guard_failed") is OnBlock.DEFLECT


def test_the_guard_is_told_what_to_redact() -> None:
    """Only rules that redact in the end are."""
    context = compiled(
        platform(on_block={"profanity": "redact", "names_to_avoid": "redact"}),
        talent(on_block={"names_to_avoid": "deflect"}),
    )
    assert context.rules.redacted == ("profanity",)


def test_a_topic_of_deflections_falls_back_within_its_layer() -> None:
    """A talent that wrote lines for any block is heard in its own voice, not in the platform's."""
    context = compiled(platform(), talent(deflections={"es": {"blocked": OWN}}))
    assert context.deflection(Deflection.TOPICS, ES, 0) in OWN
    assert context.deflection(Deflection.NAMES, ES, 0) in DEFLECTIONS["es"]["names"]
    own_topics = compiled(platform(), talent(deflections={"es": {"blocked": ["a", "b"], "topics": OWN}}))
    assert own_topics.deflection(Deflection.TOPICS, ES, 0) in OWN


@pytest.mark.parametrize("kind", ["declined", "names", "blocked", "failed", "busy", "off_topic"])
def test_six_kinds_need_lines_of_their_own(kind: str) -> None:
    """Nothing stands in for them; a rule's own kind may be left out."""
    lines = {language: dict(kinds) for language, kinds in DEFLECTIONS.items()}
    del lines["en"][kind]
    with pytest.raises(BadLayer, match=f"no layer says what to say in 'en' when {kind}"):
        compiled(platform(deflections=lines))


def test_each_rule_has_its_lines() -> None:
    """A rule that has no kind of its own is deflected as any block."""
    assert deflection(Rule.NAMES) is Deflection.NAMES
    assert deflection(Rule.TOPICS) is Deflection.TOPICS
    assert deflection(Rule.UNAPPROVED) is deflection(Rule.FORBIDDEN_CLAIMS) is Deflection.CLAIMS
    assert deflection(Rule.HARMFUL) is Deflection.HARMFUL
    assert deflection(Rule.EXTRACTION) is deflection(Rule.PROMPT) is Deflection.PROMPT
    assert deflection(Rule.PROFANITY) is deflection("guard_failed") is Deflection.BLOCKED


def test_manners_are_the_nearest_layer_s() -> None:
    """What is liked to be said, and how much at once, reaches the prompt: by default four sentences."""
    context = compiled(
        platform(persona={"max_sentences": 6}),
        talent(persona={"likes_to_say": {"en": ["Nice.", "Ball down."]}, "max_sentences": 3}),
        campaign(persona={"likes_to_say": {"es": ["Qué bonito."]}}),
    )
    assert context.persona.likes_to_say.of(EN) == ("Ball down.", "Nice.")
    assert context.persona.likes_to_say.of(ES) == ("Qué bonito.",)
    assert "3 sentences are the most" in context.prefix
    assert "4 sentences are the most" in compiled(platform(), talent()).prefix


def test_drafts_are_begun_as_the_nearest_layer_says() -> None:
    """In silence where nobody says, and what they may waste is the talent's to buy."""
    assert compiled(platform()).drafts == Drafts(Speculation.SILENCE, 0.12)
    bought = talent(drafts={"when": "interim", "wasted_share": 0.5})
    assert compiled(platform(), bought).drafts == Drafts(Speculation.INTERIM, 0.5)
    cheap = campaign(drafts={"when": "never"})
    assert compiled(platform(), bought, cheap).drafts == Drafts(Speculation.NEVER, 0.5)
    with pytest.raises(BadLayer, match=r"only a talent layer may set drafts\.wasted_share"):
        compiled(platform(), campaign(drafts={"wasted_share": 0.5}))
    with pytest.raises(BadLayer, match=r"drafts\.wasted_share: must be at most 0\.5"):
        compiled(platform(), talent(drafts={"wasted_share": 0.6}))


def test_vendors_are_chosen_as_the_nearest_layer_says() -> None:
    """By the server's list where nobody says; a budget is the talent's to set."""
    assert compiled(platform()).vendors == Vendors(Route.ORDER, None)
    bought = talent(vendors={"route": "fastest", "monthly_budget": 200})
    assert compiled(platform(), bought).vendors == Vendors(Route.FASTEST, 200)
    cheap = campaign(vendors={"route": "cheapest"})
    assert compiled(platform(), bought, cheap).vendors == Vendors(Route.CHEAPEST, 200)
    with pytest.raises(BadLayer, match=r"only a talent layer may set vendors\.monthly_budget"):
        compiled(platform(), campaign(vendors={"monthly_budget": 10}))


def test_openers_are_the_nearest_layer_s_and_judged() -> None:
    """Each language has its own, and none says what a rule forbids."""
    openers = talent(persona={"openers": {"en": ["Mm.", "Good question."], "es": ["A ver...", "Pues mira."]}})
    context = compiled(platform(), openers)
    assert context.persona.openers.of(EN) == ("Good question.", "Mm.")
    assert context.persona.openers.of(ES) == ("A ver...", "Pues mira.")
    avoided = campaign(persona={"openers": {"en": ["Mm.", "Kortaza!"]}}, names_to_avoid=[{"name": "Kortaza"}])
    with pytest.raises(BadLayer, match=r"persona\.openers\.en says what names_to_avoid"):
        compiled(platform(), openers, avoided)


@pytest.mark.parametrize("openers", [["Mm."], ["Mm.", "Mm."], ["Mm.", "A" * 41]])
def test_openers_are_short_and_different(openers: list[str]) -> None:
    """One alone would be said twice running, and a long one would keep the answer waiting."""
    with pytest.raises(BadLayer, match=r"persona\.openers\.en"):
        compiled(platform(), talent(persona={"openers": {"en": openers}}))


def test_a_country_is_the_nearest_layer_s() -> None:
    """Only a place knows where its fans are."""
    deployment: Document = {"layer": "deployment", "name": "d", "country": "MX"}
    assert compiled(platform(), deployment).country == "MX"
    assert compiled(platform(), deployment, campaign(country="ES")).country == "ES"
    with pytest.raises(BadLayer, match="only a deployment or campaign or session layer may set country"):
        compiled(platform(), talent(country="ES"))


def test_how_a_talent_talks_is_said_list_by_list() -> None:
    """What a person wrote into the talent's layer comes before the persona, and leaves its other lists."""
    persona: Document = {
        "layer": "persona",
        "name": "persona 0",
        "persona": {"manner": {"es": {"greetings": ["Muy buenas."], "fillers": ["bueno", "pues"]}}},
    }
    own = talent(persona={"manner": {"es": {"greetings": ["¡Hola, campeón!"]}}})
    manner = compiled(platform(), persona, own).persona.manner_in(ES)
    assert manner == Manner(greetings=("¡Hola, campeón!",), fillers=("bueno", "pues"))
    assert compiled(platform(), persona, own).persona.manner_in(EN) == Manner()


def test_a_line_of_the_manner_obeys_the_rules() -> None:
    """It is said as it stands, so a name to avoid in it is refused with both lines."""
    own = talent(persona={"manner": {"es": {"farewells": ["Nos vemos en Kortaza."]}}})
    with pytest.raises(BadLayer, match=r"persona\.manner\.es\.farewells says what names_to_avoid"):
        compiled(platform(), own, campaign())
