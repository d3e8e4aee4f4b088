"""What happened in a turn, told from the samples that were played and from the mind's own calls. Pure.

No engine is asked. A call that was heard says which words it was asked with: an answer to half of them,
or one that sounds before the fan has finished, is a false end. Neutral.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gemelo.benchmarks.peers.conversation import Said
from gemelo.benchmarks.peers.playback import Span
from gemelo.benchmarks.peers.services import Call
from gemelo.benchmarks.transcripts import said

_TOLD_BY = 2
"""So many last words tell a whole question from a part of it."""
_DRY_S = 0.25
"""A pause shorter than this is a voice that ran dry, not one that stopped."""
_WORD = re.compile(r"[\w']+")


@dataclass(frozen=True, slots=True)
class TurnScore:
    """How one turn of the fan was answered.

    Attributes:
        cut: whether the fan paused in mid-sentence.
        voice_to_voice_ms: from the fan's last sample to the answer's first; None where none came, or
            where the turn was falsely ended (its time would flatter).
        early: whether the answer's call was made before the recogniser's last word: a draft that held.
        false_end: whether half a question was answered, or the fan was talked over.
        calls, tokens, wasted: calls of the mind in this turn, tokens they wrote, and how many of those
            belong to calls of which nothing was heard.
    """

    cut: bool
    voice_to_voice_ms: float | None
    early: bool
    false_end: bool
    calls: int
    tokens: int
    wasted: int


def score(
    turn: Said, upto: float, decided_ms: float, calls: Sequence[Call], sounding: Sequence[Span]
) -> TurnScore:
    """Scores a turn.

    Args:
        turn: what the fan said.
        upto: when the fan spoke next (s): what begins then is another turn's.
        decided_ms: when, after the speech, the recogniser says its last word.
        calls: of the mind, all of the conversation.
        sounding: all that was played.
    """
    made = {call.number: call for call in calls if turn.begun <= call.at < upto}
    heard = [span for span in sounding if span.call in made and span.start < upto]
    right = [span for span in heard if is_whole(made[span.call], turn) and span.start >= turn.ended]
    false_end = len(right) < len(heard)
    answered = None if false_end or not right else right[0]
    sounded = {span.call for span in sounding}
    return TurnScore(
        cut=turn.utterance.is_cut,
        voice_to_voice_ms=1000 * (answered.start - turn.ended) if answered else None,
        early=answered is not None and made[answered.call].at < turn.ended + decided_ms / 1000,
        false_end=false_end,
        calls=len(made),
        tokens=sum(call.tokens for call in made.values()),
        wasted=sum(call.tokens for call in made.values() if call.number not in sounded),
    )


def is_whole(call: Call, turn: Said) -> bool:
    """Whether a call was asked with the last words of what the fan said."""
    asked, words = (_WORD.findall(text.casefold()) for text in (call.asked, said(turn.utterance.stretches)))
    return asked[-_TOLD_BY:] == words[-_TOLD_BY:]


def onset_to_silence_ms(onset: float, sounding: Sequence[Span]) -> float | None:
    """How long the twin went on after the fan's voice set in over it; None where it was not speaking."""
    over = next((index for index, span in enumerate(sounding) if span.start < onset < span.stop), None)
    if over is None:
        return None
    stop = sounding[over].stop
    for span in sounding[over + 1 :]:
        if span.start - stop >= _DRY_S:
            break
        stop = span.stop
    return 1000 * (stop - onset)
