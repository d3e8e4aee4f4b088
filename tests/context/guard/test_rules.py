"""The platform's own span rules: each finds what it is for, and lets its neighbours pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.guard.builtin import Rule
from gemelo.context.guard.rules import SpanRules
from gemelo.context.guard.skeleton import Reading

ROOT = Path(__file__).parents[3]
APPROVED = ("Brisalta comes with free shipping from 20 euros.", "La botella cuesta 3,50 €.")
NOT_JUDGED = ("help_lines", "emergency", "elsewhere", "topics_to_avoid")
"""Who is in crisis is told whom to call; examples of a topic are never said."""
RULES = SpanRules([], "Vera Golazo")
BROKEN = {
    Rule.PROFANITY: (
        "What the fuck was that?",
        "Menuda mierda de partido.",
        "that fuuuucking goal",
        "sh1t happens",
        "f*ck that",
        "f.u.c.k that",
        "F u c k",
        "eres un g1l1p0ll4s",
        "¡Coño!",
        "hijo de perra",
        "a fucktastic day",
        "m i e r d a",
    ),
    Rule.PERSONAL_DATA: (
        "Write to vera@example.com now",
        "vera arroba gmail punto com",
        "mail vera at hotmail dot com",
        "Mi número es 612 345 678.",
        "612345678",
        "Call +34 91 123 45 67 or +1 (555) 123-4567.",
        "(555) 123-4567",
        "0034 612 34 56 78",
        "seis uno dos tres cuatro cinco seis siete ocho",
        "4111 1111 1111 1111",
        "5500-0000-0000-0004",
        "ES91 2100 0418 4502 0005 1332",
        "GB29 NWBK 6016 1331 9268 19",
        "12345678Z",
        "X1234567L",
    ),
    Rule.OFFERS: (
        "It costs 20 euros.",
        "Solo $9.99 today",
        "por 3,50 €",
        "cincuenta y cinco euros",
        "a hundred and twenty dollars",
        "USD 40",
        "Get 20% off!",
        "un 30 % de descuento",
        "Use code VERA10",
        "código de descuento",
        "free shipping on all of it",
        "te la llevas gratis",
        "2x1 en botellas",
        "buy one get one",
    ),
    Rule.MEETING: (
        "Let's meet tomorrow!",
        "I'll come to your house.",
        "Meet me after the match",
        "Quedamos mañana en el estadio",
        "Nos vemos en persona",
        "Voy a visitarte pronto",
    ),
    Rule.MONEY: (
        "Please send me money.",
        "Could you lend me some cash?",
        "Envíame dinero, anda.",
        "¿Me haces un bizum?",
        "my paypal is open",
        "Necesito dinero",
    ),
}
FINE = (
    "Los conos se ponen en línea, este año también.",
    "Nobody was dicking about in Scunthorpe, a classic assessment.",
    "El culpable computa la disputa en la reputación.",
    "In 1914-1918 and from 1939 to 1945.",
    "The stadium holds 734 000 000 ants, or 2 700 000 of them.",
    "Won 3-1 on 12/10/2020 at 20:45.",
    "12345678A y X1234567A no son de nadie.",
    "4111 1111 1111 1112",
    "ES91 2100 0418 4502 0005 1333",
    "The budget was 5 million dollars, or $230,000,000.",
    "A free kick, and he is free again.",
    "Tres minutos de descuento, y 100 % de posesión.",
    "No podemos quedar, porque soy virtual.",
    "Don't send me money, please.",
    "¿Nos vemos en persona?",
    "Nos vemos pronto en otra charla.",
    "@vera is at home with Gmail.",
    "Uno, dos, tres y cuatro.",
)


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule, texts in BROKEN.items() for text in texts])
def test_what_breaks_a_rule_is_found(rule: Rule, text: str) -> None:
    """In both languages, as it is written and disguised."""
    assert rule in {verdict.rule for verdict in RULES.judge(Reading(text))}


@pytest.mark.parametrize("text", FINE)
def test_what_only_looks_like_it_passes(text: str) -> None:
    """Years, scores, counts, wrong check digits, football terms, denials and questions."""
    assert RULES.judge(Reading(text)) == []


def test_an_approved_price_or_offer_passes_and_no_other() -> None:
    """The very words of an approved claim are a fact; other amounts are not."""
    rules = SpanRules([], "Vera Golazo", APPROVED)
    assert rules.judge(Reading("Free  shipping from 20 euros, and it is 3,50 €.")) == []
    assert [verdict.rule for verdict in rules.judge(Reading("Free delivery from 30 euros"))] == [
        Rule.OFFERS
    ] * 2


def test_an_approved_claim_frees_no_other_rule() -> None:
    """A claim that breaks another rule is blocked all the same."""
    rules = SpanRules([], "Vera Golazo", ["Write to vera@example.com"])
    assert rules.judge(Reading("Write to vera@example.com"))


def _fixed_lines() -> Iterator[str]:
    """Every text of the layers that come with the product."""

    def texts(value: object) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            for key, part in value.items():  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
                if key not in NOT_JUDGED:
                    yield from texts(part)  # pyright: ignore[reportUnknownArgumentType]
        elif isinstance(value, Iterable):
            for part in value:  # pyright: ignore[reportUnknownVariableType]
                yield from texts(part)  # pyright: ignore[reportUnknownArgumentType]

    platform = files("gemelo.context.policy").joinpath("platform.yaml").read_text("utf-8")
    demo = sorted((ROOT / "admin" / "demo" / "layers").glob("*.yaml"))
    for text in (platform, *(path.read_text("utf-8") for path in demo)):
        yield from texts(yaml.safe_load(text))


def test_no_fixed_line_of_the_demo_is_blocked() -> None:
    """Disclosures, deflections, claims and descriptions may all be said."""
    lines = list(_fixed_lines())
    assert len(lines) > 50
    assert [line for line in lines if RULES.judge(Reading(line))] == []


def test_no_sentence_of_the_demo_s_knowledge_is_blocked() -> None:
    """A verbatim twin can say all that it knows."""
    paths = sorted((ROOT / "admin" / "demo" / "knowledge").rglob("*.md"))
    lines = [line for path in paths for line in path.read_text("utf-8").splitlines() if line[:1] != "#"]
    assert len(lines) > 200
    assert [line for line in lines if RULES.judge(Reading(line))] == []


@given(st.text(alphabet="0123456789 €$@.-+()xX%abgmail", max_size=80))
def test_figures_of_any_kind_give_spans_of_the_text(text: str) -> None:
    """Nothing makes the rules fall over."""
    for verdict in RULES.judge(Reading(text)):
        assert 0 <= verdict.span[0] < verdict.span[1] <= len(text)
