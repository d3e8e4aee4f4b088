"""The clause gate: nothing leaves before its clause is judged, and nothing after one that broke a rule."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.records import Decision, Verdict
from gemelo.engine.judging import GUARD_FAILED
from gemelo.engine.stage import Ask, OffLoop
from gemelo.engine.weighing import Weighing, guarded
from gemelo.models.vocabulary import Label, Language, Written
from tests.fakes import EN, WordGuard, World, with_limits
from tests.virtual import virtually

ASK = Ask("who are you?", EN, 1, (), opening=False, spoken=False)
PIECES = st.lists(st.builds(Written, st.text("ab ,.", min_size=1, max_size=9)), max_size=12)


def weighing(guard: WordGuard, off_loop: OffLoop | None = None, **limits: float) -> Weighing:
    stage = with_limits(World(guard=guard).stage(), **limits)
    return guarded(ASK, replace(stage, off_loop=off_loop) if off_loop else stage)


async def let_out(gate: Weighing, piece: Written) -> list[Written]:
    """What leaves when one more piece has been fed."""
    return [allowed async for allowed in gate.feed(piece)]


async def fed(gate: Weighing, *pieces: str, label: Label = Label.PARAPHRASE) -> str:
    """What leaves when all of a reply has been fed."""
    out = [piece for text in pieces async for piece in gate.feed(Written(text, label))]
    out += [piece async for piece in gate.finish()]
    return "".join(piece.text for piece in out)


def judged(
    guard: WordGuard,
    *pieces: str,
    label: Label = Label.PARAPHRASE,
    off_loop: OffLoop | None = None,
    **limits: float,
) -> tuple[Weighing, str]:
    """The gate after all of a reply has been fed, and what has left."""

    async def main() -> tuple[Weighing, str]:
        gate = weighing(guard, off_loop, **limits)
        return gate, await fed(gate, *pieces, label=label)

    return virtually(main())


@given(PIECES)
def test_a_clean_reply_leaves_whole(pieces: list[Written]) -> None:
    """However a reply is cut, all of it leaves, in order."""
    whole = "".join(piece.text for piece in pieces)
    assert judged(WordGuard(), *(piece.text for piece in pieces))[1] == whole


@given(PIECES)
def test_no_clause_that_breaks_a_rule_leaves(pieces: list[Written]) -> None:
    """What leaves is a beginning of the reply without the word that no clause may hold."""
    gate, left = judged(WordGuard(unsayable="aba"), *(piece.text for piece in pieces))
    assert "".join(piece.text for piece in pieces).startswith(left)
    assert "aba" not in left
    assert gate.receipt().released_after_block == 0


@given(PIECES)
def test_both_kinds_of_rules_hold_together(pieces: list[Written]) -> None:
    """A word that blocks at once and one that blocks its clause are both kept in."""
    gate, left = judged(WordGuard(banned="bb", unsayable="aa"), *(piece.text for piece in pieces))
    assert "bb" not in left
    assert "aa" not in left
    assert (gate.verdict is None) == (left == "".join(piece.text for piece in pieces))


def test_a_clause_waits_for_its_end() -> None:
    """Text leaves clause by clause."""

    async def main() -> None:
        gate = weighing(WordGuard())
        assert await let_out(gate, Written("Football is a simple ")) == []
        out = await let_out(gate, Written("game. It has "))
        assert "".join(piece.text for piece in out) == gate.said == "Football is a simple game. "

    virtually(main())


def test_the_clauses_before_a_broken_one_are_said() -> None:
    """Only the clause that breaks a rule and what follows it stay in, and the receipt names it."""
    gate, left = judged(WordGuard(unsayable="pill"), "Rest is good for you. Take a pill every day. Bye.")
    assert left == "Rest is good for you. "
    [verdict] = gate.receipt().verdicts
    assert (verdict.rule, verdict.span) == ("topics_to_avoid", (22, 45))


def test_a_word_that_blocks_takes_its_sentence_along() -> None:
    """A sentence that comes in one piece is said whole or not at all."""
    _, left = judged(WordGuard(banned="sixty"), "We open at nine. A service costs sixty euros. Bye.")
    assert left == "We open at nine. "


def test_fixed_lines_are_not_weighed() -> None:
    """The house's own lines were judged when the policy was compiled."""
    _, left = judged(WordGuard(unsayable="pill"), "No pill talk.", label=Label.HOUSE)
    assert left == "No pill talk."


def test_a_clause_does_not_wait_for_the_next_one() -> None:
    """Of two clauses that come at once, the first has left before the second is judged."""
    left: list[str] = []
    before: list[str] = []

    class Watching(WordGuard):
        def weigh(self, said: str, clause: str, language: Language) -> Verdict | None:
            before.append("".join(left))
            return super().weigh(said, clause, language)

    async def main() -> None:
        async for piece in weighing(Watching()).feed(
            Written("Football is a simple game. It has two halves. ")
        ):
            left.append(piece.text)  # noqa: PERF401  # one by one, as they leave

    virtually(main())
    assert before == ["", "Football is a simple game. "]


def test_labels_survive_the_gate() -> None:
    """What leaves keeps the label that it was written with."""

    async def main() -> list[Written]:
        gate = weighing(WordGuard())
        await let_out(gate, Written("Brisalta has ", Label.SPONSORED))
        out = await let_out(gate, Written("two flavours. ", Label.VERBATIM))
        return out + [piece async for piece in gate.finish()]

    assert [(piece.text, piece.label) for piece in virtually(main())] == [
        ("Brisalta has ", Label.SPONSORED),
        ("two flavours. ", Label.VERBATIM),
    ]


def test_a_guard_that_raises_blocks() -> None:
    """It fails closed, and the receipt says so."""

    class Broken(WordGuard):
        def weigh(self, said: str, clause: str, language: object) -> None:
            raise ZeroDivisionError

    gate, left = judged(Broken(), "A harmless sentence.")
    assert left == ""
    assert gate.verdict is not None
    assert (gate.verdict.rule, gate.verdict.decision) == (GUARD_FAILED, Decision.BLOCK)


def test_a_guard_that_takes_too_long_blocks() -> None:
    """A judgement that does not come in time counts as a block."""

    async def forever(work: object) -> None:
        await asyncio.sleep(3600)

    gate, left = judged(WordGuard(), "A harmless sentence.", off_loop=forever, guard_s=0.5)  # pyright: ignore[reportArgumentType]
    assert left == ""
    assert gate.verdict is not None
    assert gate.verdict.rule == GUARD_FAILED


def test_the_hold_is_how_long_text_waited() -> None:
    """A clause is held from its first word to its end."""

    async def main() -> float:
        gate = weighing(WordGuard())
        await let_out(gate, Written("Football is "))
        await asyncio.sleep(0.2)
        await let_out(gate, Written("a simple game. "))
        return gate.receipt().hold_ms

    assert round(virtually(main())) == 200
