"""Voices of several vendors behind one seam: where one falls silent another goes on with the text."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import replace

from gemelo.models.errors import VoiceError
from gemelo.models.failover.line import Line, Provider, Waits
from gemelo.models.failover.script import Script
from gemelo.models.seams import Clock, TextToSpeech
from gemelo.models.usage import FREE, Prices, Used, note
from gemelo.models.vocabulary import BYTES_PER_SAMPLE, OUT_RATE, Language, Speech

log = logging.getLogger(__name__)

_BYTES_PER_MS = OUT_RATE * BYTES_PER_SAMPLE / 1000
_LAST_S = 10.0
"""The patience with a voice behind which nobody is, or none that does not rest; a turn has to end."""


class FailoverVoice:
    """`TextToSpeech` of the first vendor that speaks.

    What has been said is not said again: the next voice begins with the first word that did not sound to
    its end, or, where a vendor tells no times of words, after all that its sound may have held.

    Args:
        patience_s: a voice that has had a whole clause for so long without a sound of it has failed, unless
            what it has said before is still to be heard. Where nobody is left who does not rest it is given
            more time.
    """

    def __init__(
        self, line: Line[TextToSpeech], clock: Clock, patience_s: float = 0.5, prices: Prices | None = None
    ) -> None:
        self.line = line
        self._clock = clock
        self._patience_s = patience_s
        self._prices = prices or {}

    async def speak(self, text: AsyncIterator[str], language: Language) -> AsyncGenerator[Speech, None]:
        """See `TextToSpeech.speak`.

        Raises:
            VoiceError: no voice has said it all.
        """
        async with Script(text, self._clock) as script:
            said, failed = _Said(), VoiceError("down: no voice can be had")

            def fit(one: Provider[TextToSpeech]) -> bool:
                return one.languages is None or language in one.languages

            tried: list[Provider[TextToSpeech]] = []
            for provider in self.line.order(fit):
                tried.append(provider)
                is_last = not self.line.admits_other(tried, fit)
                said.patience_s = max(self._patience_s, _LAST_S) if is_last else self._patience_s
                try:
                    async with (
                        self.line.asking(provider),
                        aclosing(self._say(provider, script, said, language)) as speeches,
                    ):
                        async for speech in speeches:
                            yield speech
                    break
                except Exception as error:
                    said.go_on()
                    if script.ended and not script.rest(said.base).strip():
                        return  # it died with nothing left to say
                    failed = error if isinstance(error, VoiceError) else VoiceError("broken: a voice failed")
            else:
                said.waits.over(self._clock.now())
                raise failed
            if script.error:
                raise script.error

    async def _say(
        self, provider: Provider[TextToSpeech], script: Script, said: _Said, language: Language
    ) -> AsyncGenerator[Speech, None]:
        """One vendor's part of it, counted from the whole text and the first sample of the utterance."""
        base, before_ms, read = said.base, said.ms, 0
        asked, waiting = self._clock.now(), True

        async def given() -> AsyncGenerator[str, None]:
            nonlocal read
            async for piece in script.read(base):
                read += len(piece)
                yield piece

        try:
            async with aclosing(provider.service.speak(given(), language)) as speeches:
                while (speech := await self._next(speeches, script, said)) is not None:
                    if waiting and speech.pcm:
                        now = self._clock.now()
                        since = max(asked, script.owed(base) or now)
                        provider.pace.took((now - since) * 1000)
                        said.waits.over(now)
                        waiting = False
                    yield said.add(speech, self._clock.now())
        except VoiceError as error:
            if waiting:
                said.waits.gave_up(provider, max(asked, script.owed(base) or asked), error)
            raise
        finally:
            used = Used(
                provider.name,
                seconds=(said.ms - before_ms) / 1000,
                characters=read,
            )
            note(self._prices.get(provider.name, FREE).of(used))

    async def _next(
        self, speeches: AsyncGenerator[Speech, None], script: Script, said: _Said
    ) -> Speech | None:
        asked = self._clock.now()
        loop = asyncio.get_running_loop()
        offset = loop.time() - asked
        try:
            async with asyncio.timeout(None) as overdue:

                def look() -> None:
                    if overdue.expired():
                        return  # it is being given up, and may take a while over that
                    owed = script.owed(said.upto)
                    waits = None if owed is None else max(owed, asked) + said.patience_s
                    overdue.reschedule(None if waits is None else max(waits, said.until) + offset)

                with script.watched(look):
                    look()
                    return await anext(speeches, None)
        except TimeoutError:
            raise VoiceError("slow: a voice has fallen silent") from None


class _Said:
    """What has sounded of a text.

    Attributes:
        base: where the voice that speaks now began.
        upto: the sound so far voices nothing past this.
        ms: of sound so far.
        until: when that has been heard, at the earliest (s).
        patience_s: with the voice that speaks now.
        waits: for the first sound of each.
    """

    def __init__(self) -> None:
        self.patience_s = 0.0
        self.waits = Waits[TextToSpeech]()
        self.base = self.upto = 0
        self.ms = self.until = 0.0
        self._base_ms = 0.0
        self._words: list[tuple[int, float]] = []
        """Where the words of this voice end in the text, and in the sound (ms), as far as measured."""

    def add(self, speech: Speech, now: float) -> Speech:
        """Takes a piece of the voice that speaks now; returns it as a piece of the whole."""
        words = tuple(
            replace(
                word,
                start=word.start + self.base,
                end=word.end + self.base,
                from_ms=word.from_ms + self._base_ms,
                to_ms=word.to_ms + self._base_ms,
            )
            for word in speech.words
        )
        visemes = tuple(replace(one, at_ms=one.at_ms + self._base_ms) for one in speech.visemes)
        self._words += [(word.end, word.to_ms) for word in words if not word.guessed]
        sound_ms = len(speech.pcm) / _BYTES_PER_MS
        self.ms += sound_ms
        self.until = max(self.until, now) + sound_ms / 1000
        self.upto = max(self.upto, self.base + speech.text_end)
        return Speech(speech.pcm, self.base + speech.text_end, words, visemes)

    def go_on(self) -> None:
        """That voice is gone; the next one begins with what did not sound."""
        sounded = [end for end, to_ms in self._words if to_ms <= self.ms]
        if sounded:
            self.base = max(sounded)
        elif not self._words:
            self.base = self.upto
        self.upto, self._base_ms = self.base, self.ms
        self._words.clear()
