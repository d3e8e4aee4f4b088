"""Speaking text while it is still being judged.

The voice gets text as the mind writes it; its audio waits here until the guard has let that much text
pass. So synthesis hides most of the guard's hold, and no judged-away word is ever heard.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing
from types import TracebackType
from typing import Self

from gemelo.engine.draft import Draft
from gemelo.models.errors import GemeloError
from gemelo.models.seams import TextToSpeech
from gemelo.models.vocabulary import Language

log = logging.getLogger(__name__)


class Utterance:
    """One stretch of speech, an async context manager: leaving it waits until all is synthesised.

    Args:
        voice: the voice, or None where the fan only reads.
        text_base: where this utterance begins in the reply's text.
    """

    def __init__(self, voice: TextToSpeech | None, language: Language, out: Draft, text_base: int) -> None:
        self._voice = voice
        self._language = language
        self._out = out
        self._base = text_base
        self._text: asyncio.Queue[str | None] = asyncio.Queue()
        self._allowed = 0
        self._ended = False
        self._judged = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def feed(self, text: str) -> None:
        """Gives the voice more text, judged or not."""
        if self._voice and text:
            self._text.put_nowait(text)

    def allow(self, upto: int) -> None:
        """Text up to this index (from the utterance's own start) may be heard."""
        self._allowed = max(self._allowed, upto)
        self._judged.set()

    async def __aenter__(self) -> Self:
        if self._voice:
            self._task = asyncio.create_task(self._speak(self._voice))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._text.put_nowait(None)
        self._ended = True
        self._judged.set()
        if self._task is None:
            return
        if error is not None:  # also frees a voice that waits at the gate of a draft which is lost
            self._task.cancel()
            await asyncio.wait([self._task])
            return
        await self._task

    async def _speak(self, voice: TextToSpeech) -> None:
        try:
            async with aclosing(voice.speak(self._feed(), self._language)) as speeches:
                async for speech in speeches:
                    if not await self._may_leave(speech.text_end):
                        return
                    await self._out.speech(speech, self._base)
        except Exception as error:
            self._out.voice_error = error.code if isinstance(error, GemeloError) else "internal"
            log.warning("a voice failed: %s", type(error).__name__)

    async def _feed(self) -> AsyncIterator[str]:
        while (text := await self._text.get()) is not None:
            yield text

    async def _may_leave(self, text_end: int) -> bool:
        """Waits for the verdict on this much text; False where it will never come."""
        while text_end > self._allowed and not self._ended:
            self._judged.clear()
            await self._judged.wait()
        return text_end <= self._allowed
