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
from gemelo.context.guard.rulebook import AvoidedPattern
from gemelo.context.guard.rules import SpanRules
from gemelo.context.guard.skeleton import Reading
from gemelo.context.records import Decision, Verdict

ROOT = Path(__file__).parents[3]
APPROVED = ("Brisalta comes with free shipping from 20 euros.", "La botella cuesta 3,50 €.")
NOT_JUDGED = ("help_lines", "emergency", "elsewhere", "topics_to_avoid", "tool_definitions")
"""Who is in crisis is told whom to call; examples of a topic are never said; prices of a tool's rows may be
said where it is marked for it, and then only as they stand there."""
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
        "fu.ck that",
        "una m-ierda de partido",
        "that was kcuf",
        "qué zvreqn, tío",
        "ZnVjayB0aGF0 he said",
        "m%69erda",
        "\\u0066uck that",
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
        "Use the code VERA10",
        "ten percent off",
        "Solo veinte pavos y es tuya.",
        "10 per cent less",
        "un diez por ciento menos",
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
        "Let's have a coffee on Saturday.",
        "I'll come to your birthday party.",
        "Iré a tu cumpleaños, prometido.",
        "Te espero mañana en el campo.",
    ),
    Rule.MONEY: (
        "Please send me money.",
        "Could you lend me some cash?",
        "Envíame dinero, anda.",
        "¿Me haces un bizum?",
        "my paypal is open",
        "Necesito dinero",
        "Pay me first.",
        "Buy me a present, please.",
        "Cómprame algo bonito.",
        "I need a small donation from you.",
        "Necesito que me ingreses dinero.",
        "Pásame tu número de tarjeta.",
        "Give me your card details.",
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
    "Never give me your card details.",
    "Te espero mañana con más fútbol.",
    "The club will come to your aid.",
    "El árbitro me enseña tu tarjeta amarilla.",
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


def patterned(*patterns: str) -> SpanRules:
    return SpanRules([], "Vera", patterns=[AvoidedPattern(pattern, "talent") for pattern in patterns])


@pytest.mark.parametrize(
    ("pattern", "text", "span"),
    [
        (r"code \w+", "Say CODE red.", (4, 12)),
        (r"^so", "so it is, so", (0, 2)),
        (r"bye$", "bye, bye", (5, 8)),
        (r"(?<=no )fear", "fear no fear", (8, 12)),
        (r"(?x) red \s card  # a foul", "A red card.", (2, 10)),
        (r"a|b", "b", (0, 1)),
    ],
)
def test_a_pattern_is_found_where_it_stands(pattern: str, text: str, span: tuple[int, int]) -> None:
    """Letter case apart, with anchors, looks back and comments."""
    assert patterned(pattern).judge(Reading(text)) == [Verdict(Decision.BLOCK, Rule.PATTERNS, "talent", span)]


def test_a_pattern_looks_back_beyond_what_is_read_anew() -> None:
    """The start of a reading is not the start of the text."""
    rules = patterned(r"^so", r"(?<=no )fear")
    assert [verdict.span for verdict in rules.judge(Reading("no fear so", 3))] == [(3, 7)]
    assert rules.judge(Reading("no so", 3)) == []


def test_a_pattern_that_matches_nothing_at_all_is_no_break() -> None:
    """An empty match has no place."""
    assert patterned(r"x*").judge(Reading("abc")) == []


@pytest.mark.parametrize(
    ("pattern", "text", "settled"),
    [
        (r"foo bar baz", "cat dog foo bar ", 8),
        (r"foo(?: bar)*", "cat dog foo bar ", 8),
        (r"foo.*gol|bar", "cat foo bar dog ", 4),
        (r"dog(?! foo)", "cat dog ", 4),
        (r"dog\s*$", "cat dog ", 4),
        (r"foo bar baz", "cat dog horse ", 14),
    ],
)
def test_what_more_words_could_complete_waits(pattern: str, text: str, settled: int) -> None:
    """Also where a match could grow, or end otherwise, and where a later one is complete already."""
    assert patterned(pattern).settled(Reading(text)) == settled


def test_a_figure_is_not_parted_by_what_may_begin_inside_it() -> None:
    """Nor where others stand before it."""
    rules = patterned("mil veces foo")
    assert rules.settled(Reading("it is 20 mil veces ")) == len("it is ")
    assert rules.settled(Reading("it is 3 ok 20 mil veces ")) == len("it is 3 ok ")


def test_spans_that_belong_together_are_not_parted() -> None:
    """Text is settled before such a span, or after it."""
    rules = SpanRules([], "Vera")
    assert rules.settled(Reading("cat dog horse ")) == 14
    assert rules.settled(Reading("cat dog horse "), [(5, 20)]) == 4
    assert rules.settled(Reading("cat dog horse "), [(5, 20), (2, 6)]) == 0
    assert rules.settled(Reading("rain cat dog ", 5), [(3, 20)]) == 5


@given(text=st.text("ab &;#65\n.é", max_size=40), start=st.integers(0, 40), end=st.integers(1, 12))
def test_settled_is_never_inside_a_span_that_belongs_together(text: str, start: int, end: int) -> None:
    """Entities and accents included."""
    span = (start, start + end)
    assert not span[0] < SpanRules([], "Vera").settled(Reading(text + " "), [span]) < span[1]


@pytest.mark.parametrize(
    ("text", "blocked"),
    [
        ("Only 20 euros", True),
        ("Only 120 euros", False),
        ("Solo 50 €", True),
        ("Solo 3,50 €", False),
        ("50 € y 3,50 €", True),
    ],
)
def test_part_of_an_approved_figure_is_not_approved(text: str, blocked: bool) -> None:
    """A hundred and twenty euros are approved; twenty are another price."""
    rules = SpanRules([], "Vera", ["It costs 120 euros.", "Cuesta 3,50 €."])
    assert bool(rules.judge(Reading(text))) is blocked


def test_an_unwelcome_sponsor_is_a_rule_of_its_own() -> None:
    """Its name is found like any other, and no layer forbids it."""
    rules = SpanRules([("Kortaza", "campaign")], "Vera", unwelcome="Brisalta")
    found = rules.judge(Reading("Kortaza or br1salta?"))
    assert [(verdict.rule, verdict.layer) for verdict in found] == [
        (Rule.NAMES, "campaign"),
        (Rule.SPONSOR, "platform"),
    ]


@given(st.text(alphabet="612345678 @gmail.com+", max_size=60))
def test_personal_data_has_its_place(text: str) -> None:
    """Every span lies in the text, first one first."""
    spans = RULES.personal_data(Reading(text))
    assert spans == sorted(spans)
    assert all(0 <= start < end <= len(text) for start, end in spans)
