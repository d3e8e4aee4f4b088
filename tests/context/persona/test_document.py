"""The text that a person edits and approves."""

from __future__ import annotations

from contextlib import suppress

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.guard.rulebook import AvoidedTopic
from gemelo.context.persona.document import hash_in, hash_of, layer, parse, unfounded, without
from gemelo.context.persona.draft import draft
from gemelo.context.policy.layers import Deflection, Kind, parse_layer
from gemelo.models.errors import BadPersona
from tests.context.persona.corpora import BACKGROUND, CORPUS, DOCUMENTS, EN, ES
from tests.context.policy.documents import compiled, platform

DRAWN = draft("runner", "v1", CORPUS, BACKGROUND)
TEXT = DRAWN.to_yaml()


def test_a_persona_becomes_a_layer() -> None:
    """Named by the hash of its text."""
    read = parse_layer(layer(TEXT), "persona@1")
    assert (read.kind, hash_in(read.document.name)) == (Kind.PERSONA, hash_of(TEXT))
    assert read.document.persona.manner["es"].farewells == ("Hasta la próxima carrera.",)


def test_two_lines_for_what_is_not_known_are_what_a_twin_declines_with() -> None:
    """One alone would be said twice running."""
    lines = "[{text: No lo sé., by: Marta}, {text: Ni idea., by: Marta}]"
    text = f"format: 1\ntwin: a\ndrawn_from: v\nmanner: {{es: {{not_known: {lines}}}}}\n"
    read = parse_layer(layer(text), "persona@1").document
    assert read.deflections["es"][Deflection.DECLINED] == ("No lo sé.", "Ni idea.")
    assert not parse_layer(layer(text.replace(", {text: Ni idea., by: Marta}", "")), "p").document.deflections


def test_what_is_never_talked_about_is_a_rule() -> None:
    """No reply enters it, nobody may ask about it, and who does hears what the talent does not know."""
    lines = "[{text: I don't know., by: Marta}, {text: No idea., by: Marta}]"
    head = "format: 1\ntwin: a\ndrawn_from: v\n"
    text = f"{head}never_talks_about: [betting]\nmanner: {{en: {{not_known: {lines}}}}}\n"
    context = compiled(platform(topics_to_avoid=[{"topic": "betting"}]), yaml.safe_load(layer(text)))
    assert context.rules.topics == (AvoidedTopic("betting", (), "platform", unasked="persona"),)
    assert "Stay out of these topics and change the subject kindly: betting." in context.prefix
    assert context.deflection(Deflection.TOPICS, EN, 0) == "I don't know."
    assert context.warnings == ()


def test_the_layer_compiles() -> None:
    """A mind gets its lines in the fan's language, and a model reads the traits."""
    context = compiled(platform(), yaml.safe_load(layer(TEXT)))
    assert context.persona.manner_in(ES).thanks == ("Gracias a ti por venir.",)
    assert "Addresses one person as tú." in context.prefix


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "persona.yaml: empty"),
        ("format: 2\ntwin: a\ndrawn_from: v\n", "persona.yaml:1: format"),
        ("format: 1\ntwin: a\ndrawn_from: v\nmaner: {}\n", "did you mean 'manner'"),
        ("format: 1\ntwin: a\ndrawn_from: v\nnever_talks_about: [chess]\n", "there is no topic 'chess'"),
        (
            "format: 1\ntwin: a\ndrawn_from: v\nmanner:\n  es:\n    greetings:\n      - text: Hola\n",
            "persona.yaml:7: manner.es.greetings.0: has no evidence: cite a sentence, or say in 'by'",
        ),
        ("a: &b 1\nc: *b\n", "anchors and aliases are not allowed"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, told: str) -> None:
    """And with what would be right."""
    with pytest.raises(BadPersona) as caught:
        parse(text)
    assert told in str(caught.value)


def test_a_person_s_own_line_says_who_wrote_it() -> None:
    """It needs no citation."""
    text = "format: 1\ntwin: a\ndrawn_from: v\nmanner: {es: {greetings: [{text: Hola, by: Marta}]}}\n"
    assert [line.by for _, line in parse(text).lines()] == ["Marta"]


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Never anything else."""
    with suppress(BadPersona):
        parse(text)


@given(st.text(max_size=50), st.text(max_size=50))
def test_an_approval_is_bound_to_every_letter(first: str, second: str) -> None:
    """Two texts have one hash only where they are one."""
    assert (hash_of(first) == hash_of(second)) is (first == second)


def test_what_was_forgotten_is_cited_no_more() -> None:
    """Lines that nothing else shows go with their document; until then they are named."""
    left = without(DRAWN, "es/correr.md")
    assert unfounded(left, DOCUMENTS[1:]) == ()
    assert not any("correr" in evidence.at for _, line in left.lines() for evidence in line.evidence)
    assert any("(any more)" in told for told in unfounded(DRAWN, DOCUMENTS[1:]))
