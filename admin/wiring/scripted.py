"""The product's server with scripted services behind its seams: `python -m gemelo.admin.wiring.scripted`.

What the benchmarks load. All that `gemelo serve` runs is here (socket, session, guard, retrieval, store,
Silero, Smart Turn) but the three services that are bought elsewhere: recogniser, mind and voice follow
the timed script inside this process, as they do for the other engines, so that figures hold neither a
vendor's latency nor what its client costs. With `GEMELO_LLM_URL` set the mind is one over HTTP after all.

It serves the demo under 200 names to avoid. A line on standard input asks for the loop's lag since the
last one and the number of its tasks, which come on standard output as a line of JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from importlib.resources import files

from gemelo.admin.api.serve import bind
from gemelo.admin.cli.workshop import show
from gemelo.admin.services import demo
from gemelo.admin.services.house import House
from gemelo.admin.wiring.build import Instead, build
from gemelo.admin.wiring.doors import open_doors
from gemelo.admin.wiring.settings import Settings
from gemelo.benchmarks.faults import FaultyMind, FaultyVoice
from gemelo.benchmarks.lag import Lag
from gemelo.benchmarks.marked import MarkedRecogniser, questions_en
from gemelo.benchmarks.scripted import NextQuestion, ScriptedTurns
from gemelo.benchmarks.scripted_turns import NAMES, OpenGuard, invented_names
from gemelo.context.policy.layers import Layer
from gemelo.context.tenancy.people import THE_HOUSE
from gemelo.context.twins import Deployment, LayerKind, LayerText, Talent
from gemelo.engine.stage import Stage

_ANSWER_MS_A_CHAR = 36.0
"""The reply of three sentences is heard in six seconds, as the other engines' is."""
_HALF_WAVE = 60
"""Samples: 200 Hz."""


class OpenHouse(House):
    """A house without a guard, which tells by difference what the guard costs."""

    def _stage(self, deployment: Deployment, talent: Talent, layers: tuple[Layer, ...]) -> Stage:
        return replace(super()._stage(deployment, talent, layers), guard=OpenGuard())


async def serve(arguments: argparse.Namespace) -> None:
    """Builds the house, has it avoid 200 names, and serves it until it is told to stop."""
    settings = Settings(slots=arguments.slots)
    hears = NextQuestion if arguments.codecs else MarkedRecogniser
    instead = Instead(
        recogniser=hears(questions_en()),
        turns=ScriptedTurns() if arguments.turns == "provider" else None,
        mind=None if settings.llm_url else FaultyMind(arguments.faults),
        voice=FaultyVoice(arguments.faults, arguments.ms_a_char, _HALF_WAVE if arguments.codecs else 0),
    )
    kind = House if arguments.guard == "on" else OpenHouse
    async with AsyncExitStack() as stack:
        listener = bind("127.0.0.1", 0)
        house = await build(settings, recover=True, instead=instead, kind=kind)
        stack.push_async_callback(house.close)
        await demo.install(house)
        await _avoid_names(house)
        lag = Lag()
        measuring = asyncio.create_task(lag.run())
        asyncio.get_running_loop().add_reader(sys.stdin, _tell, lag)
        if arguments.livekit:
            from gemelo.admin.wiring.worker import open_rooms

            await open_rooms(_of(house), settings, listener, arguments.livekit, "gemelo", demo.PORTAL)
        else:
            await open_doors(house, settings, listener)
        measuring.cancel()


def _of(house: House) -> Callable[[], Awaitable[House]]:
    async def built() -> House:
        return house

    return built


async def _avoid_names(house: House) -> None:
    portal = (files("gemelo.admin") / "demo" / "layers" / "portal.yaml").read_text("utf-8")
    names = json.dumps([{"name": name} for name in invented_names(NAMES)])
    layer = LayerText(demo.TWIN, demo.PORTAL, LayerKind.DEPLOYMENT, 0, f"{portal}\nnames_to_avoid: {names}\n")
    await house.desk.write(THE_HOUSE, "a benchmark", lambda books: books.put_layer(layer))


def _tell(lag: Lag) -> None:
    if os.read(sys.stdin.fileno(), 4096):
        show(json.dumps({"lag": lag.take().encode(), "tasks": len(asyncio.all_tasks())}))
    else:
        asyncio.get_running_loop().remove_reader(sys.stdin)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--core", type=int, help="the only core to run on")
    parser.add_argument("--slots", type=int, default=1000, help="sessions at once")
    parser.add_argument("--turns", choices=("smart", "provider"), default="smart", help="who ends a turn")
    parser.add_argument("--guard", choices=("on", "off"), default="on")
    parser.add_argument("--faults", type=float, default=0.0, help="share of replies and utterances that fail")
    parser.add_argument(
        "--livekit", metavar="URL", default="", help="talk in a LiveKit server's rooms instead"
    )
    what = "hear and speak what a codec lets through: whatever is said is the next question, and answers hum"
    parser.add_argument("--codecs", action="store_true", help=what)
    what = "how long an answer is heard"
    parser.add_argument("--ms-a-char", type=float, default=_ANSWER_MS_A_CHAR, help=what)
    arguments = parser.parse_args()
    if arguments.core is not None:
        os.sched_setaffinity(0, {arguments.core})
    asyncio.run(serve(arguments))


if __name__ == "__main__":
    main()
