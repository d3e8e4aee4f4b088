"""Typed turns through a real server, one at a time: of the verbatim mind, then of one over an upstream."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from random import Random

from gemelo.benchmarks import typed_upstream
from gemelo.benchmarks.rows import Bench, Row, times
from gemelo.benchmarks.serving import first_text_ms, reached, socket

TURNS = 240
SETTINGS = {
    "first_text": "from send-text to the first bot-llm-text at the client, loopback, warm",
    "sse": "an OpenAI-compatible mind on loopback writes at once; its own time to the first clause is taken "
    "out. Full guard, 200 names, retrieval and store as in the product",
    "sse-no-guard": "the same without the guard",
    "websocket": "as sse, over the Responses API's WebSocket mode",
}
WARM = ("Hello there!", "¡Hola!", "Who are you?", "¿Quién eres?")
_FRAMES = {
    "en": "What do you think about {}?|Tell me about {}.|Why does {} matter?"
    "|How would you explain {} to a child?|What is the hardest thing about {}?"
    "|Do you like {}?|What changed {} over the years?"
    "|What is your opinion of {} today?|Can you describe {} to me?|Is {} important?",
    "es": "¿Qué piensas de {}?|Háblame de {}.|¿Por qué importa {}?|¿Cómo le explicarías {} a un niño?"
    "|¿Qué es lo más difícil de {}?|¿Te gusta {}?|¿Cómo cambió {} con los años?"
    "|¿Cuál es hoy tu opinión sobre {}?|¿Me puedes describir {}?|¿Es importante {}?",
}
_TOPICS = {
    "en": "offside|a penalty shoot-out|the back pass|a long training week|goalkeeping|high pressing|a derby"
    "|the World Cup|a small stadium|playing as a child|the corner kick|a red card",
    "es": "el fuera de juego|la tanda de penaltis|la cesión al portero|una semana larga de entrenamiento"
    "|la portería|la presión alta|un derbi|el Mundial|un estadio pequeño|jugar de niño"
    "|el saque de esquina|la tarjeta roja",
}


async def run(bench: Bench, turns: int = TURNS) -> list[Row]:
    """Asks `turns` different questions (at most 240), Spanish and English in turn, of each mind.

    Raises:
        ServerFailed: the server did not start, or answered with an error.
    """
    bench.report(f"text: {bench.target or 'installing the demo and starting a server'}")
    taken: dict[str, list[float]] = {"en": [], "es": []}
    async with (
        reached(bench.target, bench.demo) as (host, port),
        socket(port, voice=False, host=host) as connection,
    ):
        for text in WARM:
            await first_text_ms(connection, text, text[:8])
        for number, (lang, text) in enumerate(questions(turns)):
            taken[lang].append(await first_text_ms(connection, text, str(number)))
    every = [ms for own in taken.values() for ms in own]
    rows = [times("first_text", lang, own) for lang, own in taken.items() if own]
    rows.insert(0, times("first_text", "", every))
    if not bench.target:  # a server that runs has the mind that it has
        bench.report("text: over an upstream on loopback")
        rows += await typed_upstream.measure(list(questions(turns)), bench.demo)
    return rows


def questions(count: int) -> Iterator[tuple[str, str]]:
    """Language and text of `count` questions, no two alike, in a drawn order: no topic stays warm."""
    lists = [
        [(lang, frame.format(topic)) for topic, frame in product(_TOPICS[lang].split("|"), frames.split("|"))]
        for lang, frames in _FRAMES.items()
    ]
    for own in lists:
        Random(1).shuffle(own)
    alternating = (question for both in zip(*lists, strict=True) for question in both)
    yield from (question for question, _ in zip(alternating, range(count), strict=False))
