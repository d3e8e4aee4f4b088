from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import aclosing
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.models.adapters.espeak import EspeakVoice
from gemelo.models.adapters.espeak_speech import ClauseSpeech
from gemelo.models.adapters.espeak_worker import PHONEME, RATE, WORD
from gemelo.models.errors import VoiceError
from gemelo.models.vocabulary import VISEMES, Language, Speech

EN, ES = Language("en"), Language("es")
TEXTS = {
    EN: "Hello there, one of the 1 000 000 fans! In 2014 I said: “what's up?” — nothing, at 25 $5 dogs…",
    ES: "¡Hola! Soy un gemelo virtual, no una persona; llevo desde 2014 aquí. ¿De qué hablamos, señor?\n",
}


async def pieces(*texts: str) -> AsyncIterator[str]:
    for text in texts:
        yield text


async def speak(voice: EspeakVoice, text: str, language: Language = EN) -> list[Speech]:
    return [piece async for piece in voice.speak(pieces(*text.split(" ", 1)), language)]


def ms(speech: list[Speech]) -> float:
    return sum(len(piece.pcm) for piece in speech) / 48


@pytest.mark.parametrize("language", [EN, ES])
async def test_words_and_visemes_are_on_one_clock(voice: EspeakVoice, language: Language) -> None:
    """Words come in order with indices into the fed text, and lie, like visemes, in the piece they
    came with."""
    text = TEXTS[language]
    fed = text.replace(" ", "", 1)  # `speak` cuts at the first space
    spoken = await speak(voice, text, language)
    at_ms = 0.0
    for piece in spoken:
        end_ms = at_ms + len(piece.pcm) / 48
        for word in piece.words:
            assert at_ms - 1 <= word.from_ms <= word.to_ms <= end_ms + 1
        for viseme in piece.visemes:
            assert at_ms - 1 <= viseme.at_ms <= end_ms + 1
            assert viseme.shape in VISEMES
        at_ms = end_ms
    words = [word for piece in spoken for word in piece.words]
    assert all(a.end <= b.start and a.to_ms <= b.from_ms for a, b in pairwise(words))
    assert all(fed[word.start : word.end].strip() == fed[word.start : word.end] != "" for word in words)
    visemes = [viseme for piece in spoken for viseme in piece.visemes]
    assert all(a.at_ms <= b.at_ms for a, b in pairwise(visemes))
    assert visemes[-1].shape == "rest"


@pytest.mark.parametrize("language", [EN, ES])
async def test_no_audio_runs_ahead_of_its_text(voice: EspeakVoice, language: Language) -> None:
    """The bound of each piece covers the words in it, never goes back, and ends at the text's end."""
    spoken = await speak(voice, TEXTS[language], language)
    bounds = [piece.text_end for piece in spoken]
    assert bounds == sorted(bounds)
    assert bounds[-1] == len(TEXTS[language]) - 1
    assert all(word.end <= piece.text_end for piece in spoken for word in piece.words)


async def test_the_first_clause_does_not_wait_for_the_rest(voice: EspeakVoice) -> None:
    """Audio of a complete clause comes while the text is still being written."""
    never = asyncio.Event()

    async def text() -> AsyncIterator[str]:
        yield "Good evening. "
        await never.wait()

    async with aclosing(voice.speak(text(), EN)) as spoken:
        first = await anext(spoken)
    assert first.pcm


async def test_abandoning_the_iteration_aborts_the_clause(voice: EspeakVoice) -> None:
    """After a reply is dropped in mid-clause the worker is free for the next, and nothing mixes."""
    alone = ms(await speak(voice, "Short."))
    async with aclosing(voice.speak(pieces("word " * 55 + "."), EN)) as spoken:
        await anext(spoken)
    assert abs(ms(await speak(voice, "Short.")) - alone) < 20


async def test_sessions_take_turns(voice: EspeakVoice) -> None:
    """Several replies at once are all spoken, each as if it were alone."""
    texts = ["One, two, three.", "A sentence of some more words, and a clause.", "Bye."]
    alone = [ms(await speak(voice, text)) for text in texts]
    together = await asyncio.gather(*(speak(voice, text) for text in texts))
    assert [round(ms(spoken) / 50) for spoken in together] == [round(length / 50) for length in alone]


async def test_a_dead_worker_fails_one_reply_and_is_replaced(voice: EspeakVoice) -> None:
    """Who was being spoken when the worker died gets an error; the next reply is spoken."""
    await voice.start()
    (pid,) = voice.pids
    os.kill(pid, signal.SIGSTOP)
    broken = asyncio.create_task(speak(voice, "This will never be heard."))
    waiting = asyncio.create_task(speak(voice, "This will."))
    await asyncio.sleep(0)
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(VoiceError, match="died"):
        await broken
    assert ms(await waiting) > 200
    assert voice.pids != [pid]


async def test_an_unknown_language_is_refused(voice: EspeakVoice) -> None:
    """A language without a voice is an error that names it."""
    with pytest.raises(VoiceError, match="'xx'"):
        await speak(voice, "Hello.", Language("xx"))


@pytest.mark.parametrize("text", ["", " ", "😀 😀", "\n\n", "…", "a\x00b\x1b[31m", "مرحبا", "x" * 2000])
async def test_odd_text_ends(voice: EspeakVoice, text: str) -> None:
    """Text that nobody can pronounce does not hang the voice or lose its place."""
    spoken = [piece async for piece in voice.speak(pieces(text), ES)]
    assert [piece.text_end for piece in spoken][-1:] == ([len(text)] if text else [])


EVENTS = st.lists(
    st.tuples(
        st.sampled_from([WORD, PHONEME]), st.integers(0, 700), st.integers(0, 30), st.sampled_from("ae")
    ),
    max_size=20,
).map(lambda events: sorted(events, key=lambda event: event[1]))


@given(EVENTS, st.integers(1, 30))
def test_a_clause_loses_no_sample(events: list[tuple[int, int, int, str]], chunks: int) -> None:
    """Whatever events come when, every sample is released once and bounds never go back."""
    clause = ClauseSpeech("one two  three 4.5 six", offset=7, at_ms=100)
    released: list[Speech] = []
    for chunk in range(chunks):
        clause.events(events[chunk::chunks])
        piece = clause.audio(np.full(RATE // 20, 100, np.int16).tobytes())
        released += [piece] if piece else []
    released.append(clause.finish())
    samples = sum(len(piece.pcm) // 2 for piece in released)
    assert abs(samples - chunks * (RATE // 20) * 24_000 / RATE) < 3
    assert [piece.text_end for piece in released] == sorted(piece.text_end for piece in released)
    assert released[-1].text_end == 7 + len("one two  three 4.5 six")
