"""What a session tells, in the words that LiveKit's clients know; and what a dispatch asks for. Pure.

captions    text streams on `lk.transcription`: a reply's grows until it is closed, what the fan says comes
            anew each time; both under one `lk.segment_id`
state       the participant's attribute `lk.agent.state`
badge       the attributes `gemelo.badge` and `gemelo.sponsor`: whose twin this is, and who pays for it
the rest    frames of docs/protocol.md on `gemelo.events`
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, cast

from gemelo.engine.events import (
    Audio,
    BrandHidden,
    Event,
    FanHeard,
    FanStarted,
    MouthMoved,
    Notice,
    ReplyEnded,
    ReplyStarted,
    ReplyText,
    Restaged,
    SpeakingFlushed,
    SpeakingStarted,
    SpeakingStopped,
    TurnTimed,
    WordSpoken,
)
from gemelo.models.errors import BadMessage
from gemelo.models.vocabulary import Language, TurnId
from gemelo.pipelines.rtvi import encode

CAPTIONS = "lk.transcription"
TYPED = "lk.chat"
EVENTS = "gemelo.events"
STATE = "lk.agent.state"
BADGE = "gemelo.badge"
SPONSOR = "gemelo.sponsor"
SEGMENT = "lk.segment_id"
FINAL = "lk.transcription_final"
TRACK = "lk.transcribed_track_id"
MAX_METADATA = 20_000
"""Characters."""


@dataclass(frozen=True, slots=True)
class State:
    """What the twin is doing: `listening`, `thinking` or `speaking`."""

    name: str


@dataclass(frozen=True, slots=True)
class Badge:
    """Whose twin this is, for whoever joins whenever."""

    text: str


@dataclass(frozen=True, slots=True)
class Sponsor:
    """The line of who pays for this twin; empty where nobody does, or no brand may be seen."""

    line: str


@dataclass(frozen=True, slots=True)
class Caption:
    """All of a segment, in place of what was told of it before."""

    segment: str
    text: str
    final: bool = True
    by_fan: bool = False


@dataclass(frozen=True, slots=True)
class Growth:
    """More text of the twin's segment."""

    segment: str
    text: str


@dataclass(frozen=True, slots=True)
class Close:
    """Nothing more comes of a segment that grew."""

    segment: str


@dataclass(frozen=True, slots=True)
class Sound:
    """s16le mono at `OUT_RATE`, to be heard after what waits."""

    turn: TurnId
    pcm: bytes


@dataclass(frozen=True, slots=True)
class Hush:
    """What waits to be heard is thrown away."""


@dataclass(frozen=True, slots=True)
class Told:
    """A frame of docs/protocol.md."""

    frame: str


Action = State | Badge | Sponsor | Caption | Growth | Close | Sound | Hush | Told


class Table:
    """Translates the events of one session; counts what the fan says, to name its segments.

    Args:
        language: of the sponsor's line.
        worker: its own name in this room: who takes the room over counts from one again.
    """

    def __init__(self, language: Language, worker: str = "") -> None:
        self._language = language
        self._worker = worker
        self._spoken = 0

    def translate(self, event: Event) -> tuple[Action, ...]:
        """What is done in the room about one event, in order."""
        match event:
            case Audio(turn, pcm):
                return (Sound(turn, pcm),)
            case FanStarted():
                self._spoken += 1
                return (told(event),)
            case FanHeard(text, final, _):
                return (Caption(self._segment(f"fan-{self._spoken}"), text, final, by_fan=True),)
            case ReplyStarted():
                return (State("thinking"), told(event))
            case ReplyText(turn, text):
                return (Growth(turn, text),)
            case ReplyEnded(turn):
                return (Close(turn), told(event))
            case SpeakingStarted():
                return (State("speaking"),)
            case SpeakingFlushed(turn, heard):
                return (Hush(), Close(turn), Caption(turn, heard), State("listening"))
            case SpeakingStopped():
                return (State("listening"),)
            case TurnTimed():
                return (State("listening"), told(event))
            case Notice(code, text):
                return (Caption(self._segment(f"notice-{code}"), text), told(event))
            case BrandHidden():
                return (Sponsor(""), told(event))
            case Restaged(_, brand, lines):
                return (told(event), Sponsor(dict(lines).get(self._language, brand)))
            case WordSpoken() | MouthMoved():
                return ()
            case _:
                return (told(event),)

    def _segment(self, name: str) -> str:
        return f"{name}-{self._worker}" if self._worker else name


def told(event: Event) -> Told:
    """An event that has no word of LiveKit's."""
    return Told(str(encode(event)))


@dataclass(frozen=True, slots=True)
class Wish:
    """What a dispatch asks for. Whoever dispatches holds the LiveKit server's key: fans cannot write it.

    Attributes:
        deployment: its key.
        language: of the fan; None: the deployment's first.
        resume: of an earlier session that is to go on.
        fan: the badge of a fan who agreed to be known again.
        territory: where the fan is (ISO 3166), as the dispatcher knows.
        voice: whether the twin speaks, or only writes.
        identity: of the fan; empty: whoever comes first.
    """

    deployment: str
    language: str | None = None
    resume: str | None = None
    fan: str | None = None
    territory: str = ""
    voice: bool = True
    identity: str = ""


def noted(kept: Mapping[str, Any]) -> Wish:
    """The wish in the note of a worker, which may be of another version: what this one does not know is left
    out, what the other did not know is as nobody had said it.

    Raises:
        BadMessage: it names no deployment.
    """
    known = {field.name: kept[field.name] for field in fields(Wish) if field.name in kept}
    if not isinstance(known.get("deployment"), str):
        raise BadMessage("the note of another worker names no deployment")
    return Wish(**known)


def wished(*metadata: str) -> Wish:
    """Reads the first metadata that say anything: a JSON object, or a deployment's key alone.

    Raises:
        BadMessage: none does, or it is not such an object; the sentence says what to write.
    """
    said = next((text.strip() for text in metadata if text.strip()), "")
    if not said:
        raise BadMessage('the dispatch names no deployment: put {"deployment": "KEY"} into its metadata')
    if len(said) > MAX_METADATA:
        raise BadMessage(f"the dispatch's metadata are longer than {MAX_METADATA} characters")
    if not said.startswith("{"):
        return Wish(said)
    try:
        given: object = json.loads(said)
    except (ValueError, RecursionError):
        raise BadMessage("the dispatch's metadata are no JSON object") from None
    said_of = cast("dict[str, Any]", given)
    deployment, voice = said_of.get("deployment"), said_of.get("voice", True)
    if not isinstance(deployment, str) or not isinstance(voice, bool):
        raise BadMessage('the dispatch\'s metadata need "deployment" (text); "voice" is true or false')
    texts = {name: said_of.get(name) for name in ("language", "resume", "fan", "territory", "identity")}
    if wrong := [name for name, value in texts.items() if not isinstance(value, str | None)]:
        raise BadMessage(f"the dispatch's metadata: {', '.join(wrong)} must be a text")
    if (texts["fan"] or texts["resume"]) and not texts["identity"]:
        raise BadMessage('the dispatch\'s metadata give "fan" or "resume": add the "identity" of that fan')
    return Wish(
        deployment,
        cast("str | None", texts["language"]),
        cast("str | None", texts["resume"]),
        cast("str | None", texts["fan"]),
        cast("str | None", texts["territory"]) or "",
        voice,
        cast("str | None", texts["identity"]) or "",
    )
