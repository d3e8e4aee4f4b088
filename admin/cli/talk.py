"""`gemelo talk`: one voice session at real-time pace."""

from __future__ import annotations

import argparse
from pathlib import Path

from gemelo.admin.cli.workshop import Commands, Workshop, add_deployment, add_json, answer, show, tell
from gemelo.admin.services.talk import Spoken, talk
from gemelo.admin.services.watch import watching
from gemelo.admin.services.wav import read, write_stereo
from gemelo.models.errors import UsageError
from gemelo.models.vocabulary import OUT_RATE, Language


def add(commands: Commands) -> None:
    parser = commands.add_parser("talk", help="play a recording to a twin and record its replies")
    add_deployment(parser)
    parser.add_argument("recording", metavar="IN.wav", type=Path, help="what the fan says")
    parser.add_argument(
        "--out", metavar="OUT.wav", type=Path, required=True, help="stereo: the fan left, the twin right"
    )
    parser.add_argument("--language", metavar="CODE", help="the fan's (default: one that the ear hears)")
    add_json(parser)
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace, workshop: Workshop) -> int:
    sound = read(arguments.recording)
    if arguments.out.is_dir() or not arguments.out.parent.is_dir():
        raise UsageError(f"{arguments.out} cannot be written: it is a folder, or is in none that exists")
    house = await workshop.house()
    language = Language(arguments.language) if arguments.language else None
    async with watching(house) as watch:
        talked = await talk(house, arguments.deployment, sound, language, tell, watch)
    write_stereo(arguments.out, talked.fan, talked.twin, OUT_RATE)
    if arguments.json:
        answer({"turns": [turn.row() for turn in talked.turns]})
    else:
        show("\n\n".join(map(_lines, talked.turns)) or "nothing was said")
    return 0


def _lines(spoken: Spoken) -> str:
    waited = spoken.voice_to_voice_ms
    times = ", ".join(f"{stage} {ms:.0f}" for stage, ms in spoken.timeline_ms.items() if ms is not None)
    cut = " [interrupted]" if spoken.row()["interrupted"] else ""
    told = f"{waited:.0f} ms" if waited is not None else "no sound"
    return (
        f"fan:  {spoken.turn.fan}\ntwin: {spoken.outcome.reply}{cut}\n      voice to voice {told} ({times})"
    )
