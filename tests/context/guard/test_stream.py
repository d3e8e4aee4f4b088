"""Redaction in a stream: what breaks a rule is taken out sign by sign, and the reply goes on."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gemelo.context.guard.builtin import Rule
from gemelo.context.guard.compiled import CompiledGuard
from gemelo.context.guard.rulebook import AvoidedNames, AvoidedPattern, Rulebook
from gemelo.context.guard.stream import REDACTED, Stream
from gemelo.context.records import Decision, Verdict
from tests.context.guard.disguises import DISGUISES
from tests.fakes import EN
from tests.meaning import quiet_meaning

NAMES = ("Kortaza", "Red Bull", "Nike", "Bull Market")
PATTERNS = (r"code \w+ red", r"foo(?: bar)*", r"ok$", r"bar.*gol|zum", r"^soy")
RULES = Rulebook(
    "Vera Golazo",
    names=tuple(AvoidedNames(name, (), "campaign") for name in NAMES),
    patterns=tuple(AvoidedPattern(pattern, "talent") for pattern in PATTERNS),
    redacted=(Rule.NAMES, Rule.PATTERNS, Rule.PROFANITY),
)
GUARD = CompiledGuard(RULES, "policy", quiet_meaning())
WORDS = (
    "soy I'm human Red bull Bull Market code blue red foo bar foobar ok gol zum k o r t z a puta fuck "
    "5 euros 612 345 678 send me money « … 2026 market barcode"
).split()
GAPS = (" ", " ", " ", "", "\n", ", ", "-")


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Replies that come close to breaking rules, and often do."""
    dice = random.Random(draw(st.integers(0, 10_000)))
    text = ""
    for _ in range(draw(st.integers(0, 12))):
        word = draw(st.sampled_from(WORDS))
        if draw(st.integers(0, 4)) == 0:
            word = DISGUISES[draw(st.sampled_from(sorted(DISGUISES)))](draw(st.sampled_from(NAMES[:1])), dice)
        text += word + draw(st.sampled_from(GAPS))
    return text


def fed(stream: Stream, *pieces: str) -> str:
    left = "".join(stream.feed(piece).text for piece in pieces)
    return left + stream.finish().text


@given(text=texts(), data=st.data())
@settings(max_examples=4 * settings().max_examples)
@example(text="foo Bull Market", data=None)
@example(text="foo bar Red Bull Market", data=None)
@example(text="bar zum gol", data=None)
@example(text="gol soy ok gol", data=None)
@example(text="soyok\nsoy ", data=None)
def test_no_cut_of_a_stream_shows_what_is_taken_out(text: str, data: st.DataObject | None) -> None:
    """However a reply is cut, every sign of a redacted span is replaced, every other leaves as it is,
    and nothing from the first blocked span on."""
    verdicts = [v for v in GUARD.judge(text, EN, "output") if v.decision is Decision.BLOCK]
    blocked = [v for v in verdicts if v.rule not in RULES.redacted]
    end = blocked[0].span[0] if blocked else len(text)
    hidden = {i for v in verdicts if v.rule in RULES.redacted for i in range(*v.span)}
    expected = "".join(REDACTED if i in hidden else sign for i, sign in enumerate(text[:end]))
    pieces, rest = list[str](), text
    while rest:
        size = data.draw(st.integers(1, 12)) if data else 1
        pieces, rest = [*pieces, rest[:size]], rest[size:]
    stream = GUARD.open(EN)
    assert fed(stream, *pieces) == expected
    receipt = stream.receipt()
    assert receipt.released_after_block == 0
    assert (receipt.verdicts[-1:] == tuple(blocked[:1])) or not blocked


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Kivora", "kiv ara"),
        ("Kivo Tas Rumbo", "Kivo Tas Rumbo"),
        ("Kivo Tas Rumbo", "kivo tas rumba"),
        ("Kivo Tas Rumbo", "kiva tas rumbo"),
        ("Kivo Tas Rumbo Zel", "kivo tas rumbo zal"),
    ],
)
def test_no_word_of_a_name_leaves_before_its_last(name: str, written: str) -> None:
    """However many words it has, and mistyped in whichever."""
    rules = Rulebook("Vera Golazo", names=(AvoidedNames(name, (), "campaign"),))
    stream = CompiledGuard(rules, "policy", quiet_meaning()).open(EN)
    assert fed(stream, *f"I like {written} and that is all there is to it.") == "I like "


@pytest.mark.parametrize("written", ["Ni ke", "Nii kke", "N ike"])
def test_a_reply_that_begins_with_a_name_is_held_from_its_first_word(written: str) -> None:
    """Also where a short name is cut up."""
    rules = Rulebook("Vera Golazo", names=(AvoidedNames("Nike", (), "campaign"),))
    stream = CompiledGuard(rules, "policy", quiet_meaning()).open(EN)
    assert fed(stream, *f"{written} is what I like, and that is all there is to it.") == ""
    assert stream.receipt().released_after_block == 0


def test_what_is_taken_out_keeps_its_length() -> None:
    """A reader sees that something is missing, and indices stay those of the text."""
    assert fed(GUARD.open(EN), "I love Kortaza, and", " tennis.") == "I love •••••••, and tennis."


def test_the_receipt_tells_what_was_taken_out() -> None:
    """Each redaction is a verdict of its own with rule, layer and place, and ends nothing."""
    stream = GUARD.open(EN)
    fed(stream, "Kortaza says code deep red, my friend.")
    assert stream.receipt().verdicts == (
        Verdict(Decision.REDACT, Rule.NAMES, "campaign", (0, 7)),
        Verdict(Decision.REDACT, Rule.PATTERNS, "talent", (13, 26)),
    )


def test_other_rules_block_after_a_redaction() -> None:
    """The receipt holds both, in order."""
    stream = GUARD.open(EN)
    assert fed(stream, "Kortaza! Please send me money. Bye.") == "•••••••! Please "
    assert [(v.decision, v.rule) for v in stream.receipt().verdicts] == [
        (Decision.REDACT, Rule.NAMES),
        (Decision.BLOCK, Rule.MONEY),
    ]


def test_a_spoken_reply_is_blocked_where_a_written_one_is_redacted() -> None:
    """A voice reads along and cannot leave a word out."""
    stream = GUARD.open(EN, spoken=True)
    assert fed(stream, "I love Kortaza, and tennis.") == "I love "
    assert [v.decision for v in stream.receipt().verdicts] == [Decision.BLOCK]


@pytest.mark.parametrize("pieces", [("foo bar", " bar and so on"), ("foo", " bar", " bar and so on")])
def test_a_span_that_grows_is_taken_out_whole(pieces: tuple[str, ...]) -> None:
    """A pattern that more words make longer waits for them."""
    assert fed(GUARD.open(EN), *pieces) == "••••••••••• and so on"
