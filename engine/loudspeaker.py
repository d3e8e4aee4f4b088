"""A client whose microphone hears what it plays, because nothing there cancels the echo."""

from __future__ import annotations

from gemelo.engine.echo import EchoGate
from gemelo.engine.events import Audio, Event, Outlet, SpeakingFlushed, SpeakingPaused
from gemelo.models.seams import Clock


class Loudspeaker:
    """An `Outlet` that knows what sounds there, and takes it out of what the microphone hears."""

    def __init__(self, outlet: Outlet, clock: Clock) -> None:
        self._outlet = outlet
        self._clock = clock
        self._gate = EchoGate()

    def send(self, event: Event) -> None:
        if isinstance(event, Audio):
            self._gate.played(event.pcm, self._clock.now())
        elif isinstance(event, SpeakingPaused | SpeakingFlushed):
            self._gate.stopped(self._clock.now())
        self._outlet.send(event)

    def without_echo(self, pcm: bytes) -> bytes:
        """What was recorded just now (s16le at `IN_RATE`), silent where it is the twin alone."""
        return self._gate.hear(pcm, self._clock.now())
