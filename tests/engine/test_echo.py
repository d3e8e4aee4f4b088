from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from gemelo.engine.echo import EchoGate
from gemelo.models.vocabulary import FRAME_MS, IN_RATE, OUT_RATE

FRAME_S = FRAME_MS / 1000
LOUDNESS = 3000.0


class Room:
    """A loudspeaker whose sound comes back to the microphone, late and quieter."""

    def __init__(self, echo: float, late_frames: int = 3, pitched: bool = False) -> None:
        self.gate = EchoGate()
        self.echo = echo
        self.twin_hz, self.fan_hz = ((0, 1000), (1000, 8000)) if pitched else ((0, 12000), (0, 8000))
        self.now = 0.0
        self.passed = b""
        self._chance = np.random.default_rng(1)
        self._sounding = [0.0] * (late_frames + 1)

    def frame(self, twin: float, fan: float = 0.0) -> bool:
        """Plays and records 20 ms of noise of these loudnesses; says whether what was recorded passed."""
        if twin:
            self.gate.played(self._noise(twin, OUT_RATE, self.twin_hz), self.now)
        self._sounding = [twin, *self._sounding[:-1]]
        self.now += FRAME_S
        echo = self._sound(self.echo * self._sounding[-1], IN_RATE, self.twin_hz)
        recorded = _pcm(echo + self._sound(fan, IN_RATE, self.fan_hz))
        self.passed = self.gate.hear(recorded, self.now)
        assert len(self.passed) == len(recorded)
        return self.passed == recorded and any(recorded)

    def talk(self, frames: int, fan: float = 0.0) -> list[bool]:
        """The twin talks, now louder, now softer."""
        return [self.frame(self._chance.uniform(0.1, 1) * LOUDNESS, fan) for _ in range(frames)]

    def _noise(self, loudness: float, rate: int, hz: tuple[int, int] = (0, 12000)) -> bytes:
        return _pcm(self._sound(loudness, rate, hz))

    def _sound(self, loudness: float, rate: int, hz: tuple[int, int]) -> NDArray[np.float64]:
        """20 ms of noise of these frequencies; `loudness` is what it would have at all of them."""
        spectrum = np.fft.rfft(loudness * self._chance.standard_normal(int(rate * FRAME_S)))
        at = np.arange(len(spectrum)) / FRAME_S
        return np.fft.irfft(np.where((at >= hz[0]) & (at <= hz[1]), spectrum, 0))


def _pcm(sound: NDArray[np.float64]) -> bytes:
    return np.clip(sound, -32768, 32767).astype("<i2").tobytes()


def test_a_silent_twin_leaves_the_microphone_alone() -> None:
    """Where nothing was played there is no echo, however soft the fan speaks."""
    room = Room(echo=0.1)
    assert all(room.frame(twin=0.0, fan=5) for _ in range(50))


def test_an_echo_does_not_pass() -> None:
    """What comes back is silenced from the first frame on, whatever its delay."""
    for late in (0, 3, 12):
        assert not any(Room(echo=0.1, late_frames=late).talk(500))


def test_instead_of_an_echo_the_room_is_heard() -> None:
    """Noise that is always there goes on where the echo is taken out, about as loud, and no louder."""
    room, hiss = Room(echo=0.1), 40.0
    for _ in range(100):
        room.frame(twin=0.0, fan=hiss)
    hushed = [room.passed for _ in range(100) if not room.frame(LOUDNESS, hiss)]
    assert len(hushed) > 50
    assert 0.6 * hiss < np.frombuffer(b"".join(hushed), "<i2").std() < 1.6 * hiss


def test_a_voice_over_the_echo_passes_at_once() -> None:
    """Once the room is known the fan is heard from the second frame at the latest."""
    room = Room(echo=0.1)
    room.talk(200)
    assert all(room.talk(20, fan=1500)[1:])


def test_a_voice_of_another_pitch_is_heard_under_a_louder_echo() -> None:
    """The twin's low notes hide no high ones, though these are softer by far."""
    room = Room(echo=0.3, pitched=True)
    room.talk(200)
    assert sum(room.talk(40, fan=60)) > 30


def test_a_voice_teaches_no_echo() -> None:
    """Who interrupted loudly is heard again when they speak softly a second later."""
    room = Room(echo=0.05)
    room.talk(200)
    room.talk(50, fan=5000)
    room.talk(50)
    assert any(room.talk(5, fan=600))


def test_a_louder_room_is_learned() -> None:
    """A fan who turns the loudspeaker up is not heard as a voice for ever."""
    room = Room(echo=0.05)
    room.talk(200)
    room.echo = 0.2
    room.talk(500)
    assert not any(room.talk(200))


def test_a_room_without_echo_hides_no_voice() -> None:
    """Where the client cancels the echo after all, a soft voice is heard over a loud twin."""
    room = Room(echo=0.0)
    room.talk(300)
    assert all(room.talk(20, fan=400)[1:])


def test_what_was_sent_but_stopped_is_not_expected() -> None:
    """A twin that was paused has not played what is queued, so the fan need not be louder than it."""
    room = Room(echo=0.1)
    room.talk(200)
    for _ in range(15):  # 300 ms ahead of the playhead
        room.gate.played(room._noise(LOUDNESS, OUT_RATE), room.now)  # pyright: ignore[reportPrivateUsage]
    room.gate.stopped(room.now)
    for _ in range(30):
        room.frame(twin=0.0)
    assert room.frame(twin=0.0, fan=5)


@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=1500)), max_size=40))
def test_the_gate_keeps_the_length_of_any_sound(sounds: list[tuple[bool, bytes]]) -> None:
    """Whole samples of any number come out as many as they went in, unchanged or hushed."""
    gate = EchoGate()
    for number, (played, sound) in enumerate(sounds):
        pcm = sound[: len(sound) // 2 * 2]
        if played:
            gate.played(pcm, number * FRAME_S)
        else:
            assert len(gate.hear(pcm, number * FRAME_S)) == len(pcm)
