"""Whom a session's tasks ask first, and what is learned of who was asked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass

import pytest

from gemelo.benchmarks.scripted import ScriptedMind, ScriptedVoice
from gemelo.models.clock import LoopClock
from gemelo.models.failover.line import Line, Provider
from gemelo.models.failover.minds import FailoverMind
from gemelo.models.failover.ranking import TRIALS
from gemelo.models.failover.voices import FailoverVoice
from gemelo.models.routing import ROUTING, Purse, Route, Routing
from gemelo.models.seams import LanguageModel, TextToSpeech
from gemelo.models.usage import Used
from gemelo.models.vocabulary import Findings, Language, Prompt
from tests.virtual import virtually

EN = Language("en")
PROMPT = Prompt("You are Leo.", (), Findings(declined=False), "How do I press?", EN)


@dataclass
class Spent:
    """A purse of which so much is spent."""

    spent_share: float = 0.0

    def spend(self, uses: Iterable[Used]) -> None:
        return


def minds(clock: LoopClock) -> tuple[FailoverMind, Line[LanguageModel]]:
    """The first is slow, the second fast and dear."""
    providers: list[Provider[LanguageModel]] = [
        Provider("slow", ScriptedMind("Slow", first_token_s=0.35), cost=1),
        Provider("fast", ScriptedMind("Fast", first_token_s=0.1), cost=5),
    ]
    line = Line(providers, clock)
    return FailoverMind(line, clock), line


async def text() -> AsyncIterator[str]:
    yield "Press high and win it back. "


def answers(route: Route, purse: Purse, times: int) -> list[str]:
    """Who answers so many prompts, one after another."""

    async def main() -> list[str]:
        mind, _ = minds(LoopClock())
        ROUTING.set(Routing(route, purse))
        said = [await anext(mind.reply(PROMPT)) for _ in range(times)]
        return [str(getattr(piece, "text", "")) for piece in said]

    return virtually(main())


def test_the_faster_mind_is_asked_once_it_is_known() -> None:
    """Each is tried a few times first."""
    said = answers(Route.FASTEST, Spent(), 2 * TRIALS + 10)
    assert said[:TRIALS] == ["Slow"] * TRIALS
    assert said[TRIALS:] == ["Fast"] * (TRIALS + 10)


@pytest.mark.parametrize(("route", "spent"), [(Route.CHEAPEST, 0.0), (Route.FASTEST, 0.95)])
def test_the_cheaper_mind_is_asked_where_money_decides(route: Route, spent: float) -> None:
    """By the route, or because the budget is nearly spent."""
    assert set(answers(route, Spent(spent), 10)) == {"Slow"}


def test_a_mind_that_was_not_asked_is_not_measured() -> None:
    """A prompt for which nothing was found is answered without a call, which would look fast."""

    async def main() -> list[float | None]:
        mind, line = minds(LoopClock())
        async for _ in mind.reply(Prompt("", (), Findings(declined=True), "?", EN)):
            pass
        return [provider.pace.p50_ms for provider in line.providers]

    assert virtually(main()) == [None, None]


def test_a_fan_hears_one_voice_through_a_session() -> None:
    """Another is tried in other sessions; each is measured from its first clause to its first sound."""

    async def main() -> tuple[list[float | None], list[list[int]]]:
        clock = LoopClock()
        voices: list[TextToSpeech] = [ScriptedVoice(0.3), ScriptedVoice(0.1)]
        providers = [Provider(str(n), voice) for n, voice in enumerate(voices)]
        line = Line(providers, clock, keeps=True)
        voice = FailoverVoice(line, clock)
        first = list[list[int]]()
        for _ in range(2 * TRIALS + 2):
            ROUTING.set(Routing(Route.FASTEST))
            heard = list[int]()
            for _ in range(3):
                _ = [speech async for speech in voice.speak(text(), EN)]
                heard.append(int(line.ranked()[0].name))
            first.append(heard)
        return [one.pace.p50_ms for one in providers], first

    measured, first = virtually(main())
    assert measured == [pytest.approx(300, abs=1), pytest.approx(100, abs=1)]
    assert [heard[0] for heard in first] == [0] * TRIALS + [1] * (TRIALS + 2)
    assert all(len(set(heard)) == 1 for heard in first)


def test_who_rests_is_not_put_first() -> None:
    """Nor is its trial used up: it is tried when it is back."""

    async def main() -> list[str]:
        _, line = minds(LoopClock())
        ROUTING.set(Routing(Route.FASTEST))
        line.providers[0].breaker.failed(LoopClock().now(), retry_s=60)
        asked = [next(line.order()).name for _ in range(TRIALS)]
        assert line.providers[0].pace.trials == 0
        return asked

    assert virtually(main()) == ["fast"] * TRIALS
