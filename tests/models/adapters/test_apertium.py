"""Apertium: the real one where it is installed, and chains that go wrong."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gemelo.models.adapters.apertium import Apertium
from gemelo.models.vocabulary import Language

EN, ES, FR = Language("en"), Language("es"), Language("fr")


@pytest.fixture
def apertium() -> Iterator[Apertium]:
    made = Apertium(longest_s=30)
    if not (made.translates(ES, EN) and made.translates(EN, ES)):
        pytest.skip("apertium-eng-spa is not installed")
    yield made
    made.close()


def test_questions_are_translated_both_ways(apertium: Apertium) -> None:
    """One chain each, and what it does not know stays as it is, without a mark."""
    told = apertium.translate("¿Quién ganó la carrera con Zwickyto en 1998?", ES, EN)
    assert told.startswith("Who won the")
    assert told.endswith("with Zwickyto in 1998?")
    assert "casa" in apertium.translate("Where is my house?", EN, ES)


def test_what_marks_the_stream_is_text_too(apertium: Apertium) -> None:
    """Brackets, slashes and the like come out as they went in, and no text ends the frame of another."""
    marks = "[a] {b} ^c$ d/e <f> @g \\h ~i *j* #k"
    assert apertium.translate(marks, EN, EN) == ""
    read = apertium.translate(marks, ES, EN)
    assert all(mark in read for mark in "[]{}^$/<>\\")
    assert apertium.translate("hola\0¿quién eres?\n\nadiós", ES, EN).lower().startswith("hello")
    assert apertium.translate("", ES, EN) == ""
    assert apertium.translate("hola \ud800", ES, EN) == "hello"


def test_threads_do_not_get_each_other_s_texts(apertium: Apertium) -> None:
    """Each its own, however many ask at once."""

    def house(number: int) -> str:
        return apertium.translate(f"La casa {number}", ES, EN)

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(house, range(200)))
    assert told == [f"The house {n}" for n in range(200)]


def test_a_chain_that_dies_is_started_again(apertium: Apertium) -> None:
    """It costs the text that was in it at most, and none gets what is left of another."""
    first: list[int] = []
    for killed in range(8):
        assert apertium.translate("La casa", ES, EN) == "The house"
        first = apertium.pids
        os.kill(first[killed], signal.SIGKILL)
        assert apertium.translate("La mesa", ES, EN) in ("", "The table")
    assert apertium.translate("La casa", ES, EN) == "The house"
    assert not set(first) & set(apertium.pids)


def test_nothing_is_left_running(apertium: Apertium) -> None:
    """Closed, all of its processes are gone."""
    apertium.translate("la casa", ES, EN)
    pids = apertium.pids
    apertium.close()
    assert pids
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_without_the_package_there_is_no_translator(tmp_path: Path) -> None:
    """It says so, and is never in the way."""
    (tmp_path / "eng-spa.mode").write_text("no-such-program x | cat\n")
    missing = Apertium(tmp_path)
    for pair in ((ES, EN), (EN, ES), (FR, EN), (EN, EN)):
        assert not missing.translates(*pair)
        assert missing.translate("hola", *pair) == ""


def chain(folder: Path, script: str, longest_s: float = 0.2) -> Apertium:
    """A direction of one program, which is a shell script."""
    program = folder / "program"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    (folder / "spa-eng.mode").write_text(f"{program} $1 'x'\n")
    return Apertium(folder, longest_s)


@pytest.mark.parametrize(
    "script", ["sleep 60", "exit 1", "printf '\\377\\000'; sleep 60", "printf 'who[0]\\000'; sleep 60"]
)
def test_a_chain_that_does_not_work_is_left_alone(tmp_path: Path, script: str) -> None:
    """Late, gone or garbled: no translation, and after the third time it is not waited for any more."""
    broken = chain(tmp_path, script)
    for _ in range(3):
        assert broken.translates(ES, EN)
        assert broken.translate("hola", ES, EN) == ""
    assert not broken.translates(ES, EN)
    assert broken.pids == []
    broken.close()


def test_who_waits_for_a_chain_that_hangs_waits_no_longer_than_the_first(tmp_path: Path) -> None:
    """It is not tried again for each of them, one after the other."""
    starts = tmp_path / "starts"
    hanging = chain(tmp_path, f"echo >> {starts}; exec sleep 60", longest_s=1.0)
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(hanging.translate, ["hola"] * 8, [ES] * 8, [EN] * 8))
    hanging.close()
    assert told == [""] * 8
    assert len(starts.read_text()) < 3
