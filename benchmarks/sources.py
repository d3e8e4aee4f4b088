"""What takes are made of: the development data's recordings, and texts that the twin's own voice says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gemelo.benchmarks.alignment import SaidWord, align, say
from gemelo.benchmarks.fan import BLOCK, Clip, block_loudness, expecting, loud_blocks, read
from gemelo.benchmarks.takes import Source
from gemelo.models.adapters.silero import WINDOW, SileroVoiceDetector
from gemelo.models.seams import TextToSpeech
from gemelo.models.vocabulary import Language

RENDERED = {
    Language("en"): (
        "who is the best player you have ever played against",
        "what do you do on the morning of a match",
        "can you tell me how the offside rule works",
        "how long does it take to get ready for a new season",
        "do you remember the first goal that you scored",
        "why did you leave your first club so early",
        "is it true that you wanted to become a doctor",
        "where do you live when you are not playing",
        "I have been a fan of yours since I was six years old",
        "my brother says that you never miss a penalty",
        "I would like to hear the story about your first coach",
        "tell me something that nobody knows about you",
        "we saw you in the stadium last week and it was great",
        "please say hello to my daughter for her birthday",
        "yes of course",
        "no I do not think so",
        "the one with the red shirt",
        "in the summer I play with my friends at the beach",
    ),
    Language("es"): (
        "quién es el mejor jugador con el que has jugado",
        "qué haces por la mañana antes de un partido",
        "me puedes explicar cómo funciona el fuera de juego",
        "cuánto tiempo necesitas para preparar una temporada",
        "te acuerdas del primer gol que marcaste",
        "por qué te fuiste tan pronto de tu primer club",
        "es verdad que querías ser médico",
        "dónde vives cuando no estás jugando",
        "soy seguidor tuyo desde que tenía seis años",
        "mi hermano dice que nunca fallas un penalti",
        "me gustaría escuchar la historia de tu primer entrenador",
        "cuéntame algo que nadie sepa de ti",
        "te vimos en el estadio la semana pasada y fue genial",
        "saluda a mi hija por su cumpleaños por favor",
        "sí claro que sí",
        "no creo que tengas razón",
        "el de la camiseta roja",
        "en verano juego con mis amigos en la playa",
        "quiero saber qué comes para estar tan fuerte",
        "podrías contarme cómo fue la final del mundial",
        "qué le dirías a un niño que quiere ser futbolista",
        "ayer estuve viendo tus partidos con mi padre",
    ),
}
"""Things that fans say, in words of our own."""


_AUDIBLE = 0.02


@dataclass(frozen=True, slots=True)
class _Recording:
    clip: Clip
    text: str
    language: Language
    voice: str
    complete: bool


async def recorded(folders: Sequence[Path], voice: TextToSpeech, vad: SileroVoiceDetector) -> list[Source]:
    """The recordings of folders with a `manifest.jsonl`, their words found by alignment.

    Recordings of which one says the begin of what the other says are one source, whoever speaks.

    Raises:
        BadDocument: a folder is not of this format.
    """
    recordings = [recording for folder in folders for recording in _recordings(folder)]
    texts = sorted({recording.text for recording in recordings}, key=len, reverse=True)
    found: list[Source] = []
    for at, said in enumerate(recordings):
        longest = next(text for text in texts if text.startswith(said.text))
        loud = _loud(said.clip, voice_activity(vad, said.clip))
        words: tuple[SaidWord, ...] = ()
        if said.text:
            words = align(said.clip, loud, *await say(voice, said.text, said.language))
        name = longest if said.text else f"untranscribed {at}"
        found.append(Source(name, said.language, said.voice, said.clip, loud, words, said.complete))
    return found


async def rendered(voice: TextToSpeech, languages: Sequence[Language]) -> list[Source]:
    """Texts said by the twin's voice, whose words need no search."""
    found: list[Source] = []
    for language in languages:
        for text in RENDERED[language]:
            clip, words = await say(voice, text, language)
            found.append(Source(text, language, "rendered", clip, _mask(clip), words))
    return found


def voice_activity(vad: SileroVoiceDetector, clip: Clip) -> list[float]:
    """Silero's probability of each whole window of a clip."""
    voice = vad.open(lambda probability: None)
    try:
        windows = clip[: len(clip) // WINDOW * WINDOW].reshape(-1, 1, WINDOW)
        return [vad.probabilities([voice.slot], window)[0] for window in windows]
    finally:
        voice.close()


def _recordings(folder: Path) -> list[_Recording]:
    with expecting("16 kHz mono WAV files and their texts", folder):
        lines = [json.loads(line) for line in (folder / "manifest.jsonl").read_text("utf-8").splitlines()]
        return [
            _Recording(
                read(folder / line["file"]),
                (line["text"] or "").lower(),
                Language(line.get("lang", "en")),
                str(line.get("voice", "unknown")).split()[0],
                line.get("turn_complete", True),
            )
            for line in lines
            if "text" in line
        ]


def _loud(clip: Clip, activity: Sequence[float]) -> NDArray[np.bool_]:
    """Blocks above the noise floor, where there is a voice within two windows: no clicks, no tones."""
    near = np.convolve(np.asarray(activity) > 0.3, np.ones(5), "same") > 0
    block_window = np.minimum(np.arange(len(clip) // BLOCK) * BLOCK // WINDOW, len(near) - 1)
    return _mask(clip) & near[block_window]


def _mask(clip: Clip) -> NDArray[np.bool_]:
    """Blocks above the noise floor and the loudest less 34 dB: a voice that dies away has ended."""
    loudness = block_loudness(clip)
    mask = np.zeros(len(loudness), np.bool_)
    mask[loud_blocks(clip)] = True
    return mask & (loudness > _AUDIBLE * loudness.max())
