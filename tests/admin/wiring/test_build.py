"""Tests for the house as it is built."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soxr  # pyright: ignore[reportMissingTypeStubs]

from gemelo.admin.services.house import House
from gemelo.admin.wiring.build import build
from gemelo.admin.wiring.settings import Settings
from gemelo.context.policy.context import Vendors
from gemelo.context.twins import LayerKind
from gemelo.models.routing import Route
from gemelo.models.usage import Used
from gemelo.models.vocabulary import IN_RATE, OUT_RATE, Language, Signal, TurnSignal
from tests.server import MODELS

ES = Language("es")


async def spoken(house: House, text: str) -> bytes:
    """A text in the house's own voice, as a microphone hears it."""

    async def source() -> AsyncIterator[str]:
        yield text

    pcm = b"".join([piece.pcm async for piece in house.voices.neutral.speak(source(), ES)])
    return soxr.resample(np.frombuffer(pcm, np.int16), OUT_RATE, IN_RATE).astype(np.int16).tobytes()


async def test_a_house_that_closes_leaves_no_thread(tmp_path: Path) -> None:
    """Also the thread that judges turns ends, once it has had one to judge."""
    before = set(threading.enumerate())
    house = await build(Settings(data_dir=tmp_path, models_dir=MODELS))
    ended = asyncio.Event()

    def heard(signal: TurnSignal) -> None:
        if signal.kind is Signal.END:
            ended.set()

    ear = await house.ears.open(ES, heard)
    ear.hear(await spoken(house, "¿Quién eres tú?") + bytes(3 * IN_RATE))
    await ended.wait()
    await ear.close()
    assert any(thread.name.startswith("smart-turn") for thread in threading.enumerate())
    await house.close()
    left = {thread.name for thread in set(threading.enumerate()) - before}
    assert not any(name.startswith("smart-turn") for name in left)


@pytest.mark.parametrize(("sources", "found"), [("en/*", True), ("subtitles", False)])
async def test_a_layer_keeps_a_place_to_part_of_what_its_twin_knows(
    demo_data: Path, sources: str, found: bool
) -> None:
    """What is out of the scope of any of its layers is not known there."""
    house = await build(Settings(data_dir=demo_data, models_dir=MODELS))
    facts = await house.twins.facts("demo-portal")
    assert facts is not None
    narrow = f"knowledge:\n  sources: [{sources}]\n"
    stage = await house.candidate(
        facts, tuple(replace(one, yaml=one.yaml + narrow) for one in facts.layers[:1])
    )
    passages = (await stage.knowledge.search("What is offside?", Language("en"))).passages
    await house.close()
    assert {passage.source.document.split("/")[0] for passage in passages} <= {"en"}
    assert bool(passages) is found


async def test_a_talents_budget_is_the_purse_of_its_places(demo_data: Path) -> None:
    """Opened with what its turns have cost; without a budget nothing is ever spent."""
    house = await build(Settings(data_dir=demo_data, models_dir=MODELS))
    facts = await house.twins.facts("demo-portal")
    assert facts is not None
    free = (await house.known(facts)).stage
    bought = "vendors:\n  route: fastest\n  monthly_budget: 2\n"
    layers = tuple(
        replace(one, yaml=one.yaml + bought) if one.kind is LayerKind.TALENT else one for one in facts.layers
    )
    stage = (await house.known(replace(facts, layers=layers))).stage
    for purse in (free.purse, stage.purse):
        purse.spend((Used("llm", micros=1_000_000),))
    await house.close()
    assert (free.purse.spent_share, stage.purse.spent_share) == (0, 0.5)
    assert stage.context.vendors == Vendors(Route.FASTEST, 2)
