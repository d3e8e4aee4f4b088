"""`/v1/talk`: one WebSocket is one session. The protocol stands in docs/protocol.md."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, MutableMapping
from dataclasses import replace
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from gemelo.engine.disclosure import badges
from gemelo.engine.memories import Memories
from gemelo.engine.session import Fan, Session
from gemelo.engine.stage import Stage
from gemelo.models.errors import BadAudio, BadMessage, StoreError, UsageError
from gemelo.models.text import MAX_CHARS
from gemelo.models.vocabulary import BYTES_PER_SAMPLE, IN_RATE, Language, Transcript
from gemelo.pipelines.dialect import MAX_AUDIO, Dialect, Message
from gemelo.pipelines.direct import offered
from gemelo.pipelines.line import Bucket, Line
from gemelo.pipelines.meters import Meters
from gemelo.pipelines.rtvi import Page, field, object_of

MESSAGES_A_SECOND = 20
REPORTS_A_SECOND = 100
"""Of playback and transcripts together."""
BROKEN_IN_A_ROW = 10
READY_S = 10.0
_AUDIO_A_SECOND = IN_RATE * BYTES_PER_SAMPLE * 1.1
"""Bytes; sound cards and clocks may differ by a little."""
_AUDIO_BURST = 10 * IN_RATE * BYTES_PER_SAMPLE
"""Bytes that may come at once, after a stall of the network (10 s)."""
_REPORTS = frozenset({"client-message/playback", "client-message/transcript"})


class TooMany(UsageError):
    """More messages in a second than a person sends."""

    code = "too_many"


class Talk(Line):
    """Serves one accepted WebSocket until either side ends it.

    Args:
        resume: the token with which this fan can take the session up again.
        dialect: how this client writes; as docs/protocol.md says where none is given.
        ready_s: how long a client has to say `client-ready`.
    """

    def __init__(
        self,
        socket: WebSocket,
        fan: Fan,
        stage: Stage,
        meters: Meters,
        resume: str,
        dialect: Dialect | None = None,
        ready_s: float = READY_S,
    ) -> None:
        self._dialect: Dialect = dialect or Page()
        super().__init__(socket, fan, self._paced(stage), meters, self._dialect.tell)
        self._resume = resume
        self._ready_s = ready_s
        self._messages = Bucket(stage.clock, MESSAGES_A_SECOND, MESSAGES_A_SECOND)
        self._reports = Bucket(stage.clock, REPORTS_A_SECOND, REPORTS_A_SECOND)
        self._audio = Bucket(stage.clock, _AUDIO_A_SECOND, _AUDIO_BURST)
        self._complaints = Bucket(stage.clock, 1, 1)
        self._is_spoken = True
        self._broken = 0

    def restage(self, stage: Stage) -> None:
        super().restage(self._paced(stage))

    def _paced(self, stage: Stage) -> Stage:
        lead_ms = self._dialect.lead_ms
        return replace(stage, limits=replace(stage.limits, lead_ms=lead_ms)) if lead_ms else stage

    async def _read(self) -> None:
        """Takes what the fan sends until the fan goes or sends nothing but nonsense."""
        try:
            session = self._session = await self._greet()
            if session and (direct := offered(self._socket)):
                direct.hand_over(self._take_at_once)
            while session and self._broken < BROKEN_IN_A_ROW:
                if not self._accept(session, await self._receive()):
                    return await self.hang_up(1000)
            await self._wire.flush()
            await self.hang_up(4400)
        except WebSocketDisconnect:
            return

    async def _greet(self) -> Session | None:
        """Waits for `client-ready` and answers it. None where the client does not say it."""
        try:
            async with asyncio.timeout(self._ready_s):
                ready = self._dialect.read(_data(await self._receive()))
            if isinstance(ready, bytes) or ready.type != "client-ready":
                raise BadMessage("this is something else")
        except (TimeoutError, UsageError):
            self._refuse(BadMessage("the first frame is client-ready"), fatal=True)
            return None
        spoken = self._is_spoken = ready.data.get("voice", True) is not False
        echoes = ready.data.get("echo") is True
        about = {
            "version": self._dialect.version,
            "session": self._fan.session,
            "resume": self._resume,
            "language": self._fan.language,
            "badge": badges(self._stage.context),
        }
        self._wire.put(self._dialect.frame("bot-ready", about, ready.id))
        return Session(self._fan, self._stage, self._wire, spoken=spoken, echoes=echoes)

    def _accept(self, session: Session, received: MutableMapping[str, Any]) -> bool:
        """Takes one frame, or answers what is wrong with it; False where it was a goodbye."""
        id = None
        try:
            message = self._dialect.read(_data(received))
            if isinstance(message, bytes):
                self._hear(session, message)
            else:
                id = message.id
                if message.type == "disconnect-bot":
                    return False
                self._take(session, message)
            self._broken = 0
        except TooMany as error:
            self._refuse(error, id=id)
        except UsageError as error:
            self._broken += 1
            self._refuse(error, fatal=self._broken >= BROKEN_IN_A_ROW, id=id)
        return True

    def _refuse(self, error: UsageError | StoreError, *, fatal: bool = False, id: str | None = None) -> None:
        self._wire.put(self._dialect.refused(error, fatal=fatal, id=id))

    def _take_at_once(self, data: str | bytes) -> bool:
        """Takes audio and reports as they arrive. What is wrong with them is said by the long way."""
        try:
            if not (self._session and self._takes_at_once(self._session, data)):
                return False
        except UsageError:
            return False
        except Exception as error:
            self._fault = error
            self._wire.lose()
        self._broken = 0
        return True

    def _takes_at_once(self, session: Session, data: str | bytes) -> bool:
        message = self._dialect.read(data)
        if isinstance(message, bytes):
            if is_fit := _is_audio(message) and self._audio.take(len(message)):
                session.hear(message)
            return is_fit
        if is_report := message.type in _REPORTS:
            self._take(session, message)
        return is_report

    def _hear(self, session: Session, pcm: bytes) -> None:
        if not _is_audio(pcm):
            raise BadAudio(f"a binary frame is s16le mono at 16 kHz: 2 to {MAX_AUDIO} bytes, whole samples")
        if self._audio.take(len(pcm)):
            session.hear(pcm)
        elif self._complaints.take():
            raise TooMany("audio comes faster than it is spoken: send s16le mono at 16 kHz as it is recorded")

    def _take(self, session: Session, message: Message) -> None:
        takes: dict[str, Callable[[], None]] = {
            "send-text": lambda: self._say(session, message),
            "client-message/voice": lambda: self._speak(session, on=field(message, "on", bool)),
            "client-message/mic": lambda: (
                session.open_ear() if field(message, "on", bool) else session.close_ear()
            ),
            "client-message/transcript": lambda: session.transcript(
                Transcript(field(message, "text", str)[:MAX_CHARS], field(message, "final", bool))
            ),
            "client-message/language": lambda: session.use_language(self._language(message)),
            "client-message/playback": lambda: session.played(
                field(message, "turn", str), field(message, "ms", int, float)
            ),
            "client-message/interrupt": session.interrupt,
            "client-message/remember": lambda: self._remember(message),
        }
        take = takes.get(message.type)
        if take is None:
            raise BadMessage(f"unknown message type {message.type[:64]!r}: see docs/protocol.md")
        if not (self._reports if message.type in _REPORTS else self._messages).take():
            raise TooMany(f"at most {MESSAGES_A_SECOND} messages in one second: send this one again later")
        take()
        for told in self._dialect.taken(message):
            self._wire.put(told)

    def _say(self, session: Session, message: Message) -> None:
        """Takes a typed message; pipecat's clients may say that this one is not to be answered aloud."""
        options = object_of(message.data.get("options")) or {}
        if options.get("run_immediately") is False:
            raise BadMessage("run_immediately can only be true: a twin answers every message")
        content = field(message, "content", str)
        session.speak(self._is_spoken and options.get("audio_response") is not False)
        try:
            session.say(content, message.id)
        finally:
            session.speak(self._is_spoken)

    def _speak(self, session: Session, *, on: bool) -> None:
        self._is_spoken = on
        session.speak(on)

    def _remember(self, message: Message) -> None:
        on, memory = field(message, "on", bool), self._stage.context.memory
        if self._fan.memories is None or (on and not memory.keep):
            raise BadMessage("nothing is kept of fans here: this deployment's layers do not allow it")
        share = memory.share if message.data.get("share") is True else ()
        self._chores.spawn(self._agree(self._fan.memories, share if on else None, message.id))

    async def _agree(self, memories: Memories, share: tuple[str, ...] | None, id: str | None) -> None:
        try:
            agreed = await (memories.part() if share is None else memories.agree(share))
        except StoreError as error:
            self._refuse(error, id=id)
        else:
            self._wire.send(agreed)

    def _language(self, message: Message) -> Language:
        asked = field(message, "language", str)
        for spoken in self._stage.context.languages:
            if spoken == asked:
                return spoken
        raise BadMessage(f"this twin speaks {', '.join(self._stage.context.languages)} here")


def _data(received: MutableMapping[str, Any]) -> str | bytes:
    data = received.get("bytes")
    return received["text"] if data is None else data


def _is_audio(pcm: bytes) -> bool:
    return 0 < len(pcm) <= MAX_AUDIO and len(pcm) % BYTES_PER_SAMPLE == 0
