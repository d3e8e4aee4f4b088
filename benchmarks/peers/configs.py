"""The engines, each with its own defaults and with the best settings known for it. Neutral.

Settings are named as the engine names them. A profile says which recogniser stands behind: A a plain one,
B one that predicts the ends of turns; its second half is what begins an answer before the end of the turn.
A peer stands under what it does: it begins in the silence after the speech, or at an eager end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Config:
    """One engine set up one way.

    Attributes:
        engine: the module of `benchmarks.peers` that adapts it.
        name: the engine in figures: "pipecat", "pipecat-default".
        profile: "A-silence", "A-interim", "B-eager", "B-interim".
        settings: what the adapter makes of it.
        modes: in which it is measured.
    """

    engine: str
    name: str
    profile: str
    settings: Mapping[str, object]
    modes: tuple[str, ...] = ("latency",)

    @property
    def predicts(self) -> bool:
        """Whether its recogniser predicts the ends of turns."""
        return self.profile.startswith("B")


_ALL = ("latency", "bargein", "text", "density")
_TALK = ("latency", "bargein")
_WORDS = ("latency", "text")
_CROWD = ("density",)

# One chunk of 20 ms in the transport instead of 40, tokens straight into the voice, no observers.
_PIPECAT: Mapping[str, object] = {
    "text_aggregation": "token",
    "audio_out_10ms_chunks": 2,
    "enable_rtvi": False,
    "vad": {"start_secs": 0.1, "stop_secs": 0.1},
}
_LIVEKIT: Mapping[str, object] = {
    "text_aggregation": "token",
    "min_silence_duration": 0.1,
    "endpointing": {"min_delay": 0.0},
    "interruption": {"min_duration": 0.1},
    "preemptive_generation": {"enabled": True, "preemptive_tts": True},
}
_LIVEKIT_CAREFUL = {**_LIVEKIT, "min_silence_duration": 0.25}
"""With its turn detector it refuses less silence than that."""

_PIPECAT_LIGHT: Mapping[str, object] = {"enable_rtvi": False, "user_speech_timeout": 0.0}
_LIVEKIT_LIGHT: Mapping[str, object] = {
    "turn_detection": "vad",
    "preemptive_generation": {"enabled": False},
}
"""For a crowd: no turn model, no observers, nothing on speculation."""

CONFIGS = (
    Config("gemelo", "gemelo", "A-silence", {"speculation": "SILENCE"}, _ALL),
    Config("gemelo", "gemelo", "A-interim", {"speculation": "INTERIM", "wasted_share": 0.5}, _TALK),
    Config("gemelo", "gemelo", "B-eager", {"speculation": "SILENCE"}),
    Config("gemelo", "gemelo", "B-interim", {"speculation": "INTERIM", "wasted_share": 0.5}),
    Config("gemelo", "gemelo-no-guard", "A-silence", {"speculation": "SILENCE", "guard": False}, _WORDS),
    Config(
        "gemelo",
        "gemelo-no-guard",
        "A-interim",
        {"speculation": "INTERIM", "wasted_share": 0.5, "guard": False},
    ),
    Config("pipecat", "pipecat-default", "A-silence", {}, _ALL),
    Config("pipecat", "pipecat", "A-silence", _PIPECAT),
    Config("pipecat", "pipecat-vad", "A-silence", {**_PIPECAT, "user_speech_timeout": 0.0}, _TALK),
    Config("pipecat", "pipecat", "B-eager", {**_PIPECAT, "eager": True}),
    Config("pipecat", "pipecat", "A-silence", _PIPECAT_LIGHT, _CROWD),
    Config("livekit", "livekit-default", "A-silence", {}, _ALL),
    Config("livekit", "livekit", "A-silence", _LIVEKIT_CAREFUL),
    Config("livekit", "livekit-vad", "A-silence", {**_LIVEKIT, "turn_detection": "vad"}, _TALK),
    Config("livekit", "livekit", "B-eager", {**_LIVEKIT, "turn_detection": "stt"}),
    Config("livekit", "livekit", "A-silence", _LIVEKIT_LIGHT, _CROWD),
    Config("bare", "bare", "A-silence", {}, _ALL),
)
