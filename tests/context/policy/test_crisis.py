"""What a fan in a crisis is told."""

from __future__ import annotations

from importlib.resources import files

import pytest
import yaml

from gemelo.context.policy.compile import compile_context
from gemelo.context.policy.context import Context
from gemelo.context.policy.crisis import MAX_SPOKEN
from gemelo.context.policy.layers import parse_layer
from gemelo.models.errors import BadLayer
from gemelo.models.vocabulary import Language
from tests.context.policy.documents import CRISIS, Document, campaign, compiled, platform, talent

ES, EN = Language("es"), Language("en")
PLATFORM = files("gemelo.context.policy").joinpath("platform.yaml").read_text("utf-8")


def _shipped(country: str) -> Context:
    session = parse_layer(f"layer: session\nname: s\ncountry: {country}\n", "session.yaml")
    platform = parse_layer(PLATFORM, "platform.yaml")
    return compile_context([platform, session], deployment="d", twin="t", talent="Vera")


def test_the_country_s_help_lines_are_said() -> None:
    """A place that says where it is gets its own numbers and no others."""
    script = compiled(platform(), campaign(country="ES")).crisis_script(ES)
    assert script == "Soy un personaje virtual. Llama al 112. Escuchan: Línea 024, 024."


def test_without_a_country_the_language_s_main_countries_are_said() -> None:
    """A place that does not say where it is gets words for its emergency number, and where to look."""
    script = compiled(platform()).crisis_script(EN)
    assert script == (
        "I am a virtual character. Call your emergency number. They listen: Lifeline, 988; findahelpline.com."
    )


def test_lines_in_the_fan_s_language_come_first() -> None:
    """Where nobody in the country speaks it, its lines are said with where else to look."""
    context = compiled(platform(), campaign(country="ES"))
    assert "Línea 024, 024; findahelpline.com" in context.crisis_script(EN)
    assert "findahelpline" not in compiled(platform(), campaign(country="US")).crisis_script(ES)


def test_a_country_without_help_lines_is_warned_of() -> None:
    """It gets what is said elsewhere, and the manager is told at the line that names it."""
    context = compiled(platform(), campaign(country="FR"))
    assert "988" in context.crisis_script(EN)
    [warning] = context.warnings
    assert (warning.rule, warning.layer) == ("country", "campaign")
    assert "FR" in warning.value


def test_no_campaign_reaches_the_script() -> None:
    """Names that a campaign avoids do not silence it, and the sponsor has no place in it."""
    context = compiled(platform(), campaign(names_to_avoid=[{"name": "Línea 024"}, {"name": "Lifeline"}]))
    assert context.crisis_script(ES) == compiled(platform()).crisis_script(ES)
    with pytest.raises(BadLayer, match=r"nothing to fill \{brand\} with"):
        compiled(platform(crisis=_changed(script={"es": ["{brand} {help} {emergency}"]})), campaign())


def _changed(**changes: object) -> Document:
    return {**CRISIS, **changes}


@pytest.mark.parametrize(
    ("crisis", "complaint"),
    [
        (None, "no layer says what to tell a fan in a crisis"),
        (_changed(script={"es": ["{help} {emergency}"]}), "what to tell a fan in a crisis in 'en'"),
        (_changed(script={"es": ["{emergency}"], "en": ["x"]}), "no sentence in 'es' says {help}"),
        (_changed(script={"es": ["{help}"], "en": ["x"]}), "no sentence in 'es' says {emergency}"),
        (_changed(elsewhere={}), "what to tell a fan in a crisis in 'es'"),
        (_changed(help_lines={}), "no help lines are known for ES"),
        (
            _changed(script={**CRISIS["script"], "es": ["Soy una persona real. {help} {emergency}"]}),
            "crisis.script.es says what claims_to_be_human",
        ),
        (
            _changed(script={**CRISIS["script"], "es": ["Al 612345678. Soy humana. {help} {emergency}"]}),
            "crisis.script.es says what claims_to_be_human",
        ),
        (_changed(script={"es": ["a" * MAX_SPOKEN + "{help} {emergency}"]}), "can be spoken"),
    ],
)
def test_a_script_that_helps_nobody_is_refused(crisis: Document | None, complaint: str) -> None:
    """It must be there in every language, name help, keep the platform's rules and be short."""
    with pytest.raises(BadLayer) as caught:
        compiled(platform(crisis=crisis))
    assert complaint in str(caught.value)


def test_a_script_may_be_as_long_as_can_be_spoken() -> None:
    """One character more is refused."""
    filled = len("your emergency number Lifeline, 988; findahelpline.com")
    longest = "x" * (MAX_SPOKEN - filled - 1) + " {emergency} {help}"
    script = compiled(platform(languages=["en"], crisis=_changed(script={"en": [longest]}))).crisis_script(EN)
    assert len(script) == MAX_SPOKEN
    with pytest.raises(BadLayer, match=f"{MAX_SPOKEN + 1} characters with its help lines"):
        compiled(platform(languages=["en"], crisis=_changed(script={"en": ["x" + longest]})))


def test_only_the_platform_says_what_is_told_in_a_crisis() -> None:
    """Another layer's script is an error that names both layers and both lines."""
    with pytest.raises(
        BadLayer, match=r"^talent layer, talent\.yaml:\d+: only a platform layer may set crisis"
    ) as caught:
        compiled(platform(), talent(crisis=CRISIS))
    assert "as platform layer, platform.yaml:" in str(caught.value)


@pytest.mark.parametrize("country", sorted(yaml.safe_load(PLATFORM)["crisis"]["help_lines"]))
@pytest.mark.parametrize("language", [ES, EN])
def test_the_shipped_script_says_what_must_be_said(country: str, language: Language) -> None:
    """In each country it says that it is an AI, gives a number, and can be spoken in under a minute."""
    script = _shipped(country).crisis_script(language)
    numbers = [line["number"] for line in yaml.safe_load(PLATFORM)["crisis"]["help_lines"][country]]
    assert {ES: "inteligencia artificial", EN: "artificial intelligence"}[language] in script
    assert numbers[0] in script
    assert "{" not in script
    assert len(script) <= MAX_SPOKEN
