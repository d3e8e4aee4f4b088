"""`gemelo check`: what a deployment's guard says about texts."""

from __future__ import annotations

import argparse
from pathlib import Path

from gemelo.admin.cli.workshop import Commands, Workshop, add_deployment, add_json, answer, show
from gemelo.admin.services.check import check, texts_of


def add(commands: Commands) -> None:
    parser = commands.add_parser("check", help="the guard's verdict on texts")
    add_deployment(parser)
    parser.add_argument(
        "--side", choices=("input", "output"), default="input", help="who says it (default input)"
    )
    given = parser.add_mutually_exclusive_group(required=True)
    given.add_argument("--text", metavar="T")
    given.add_argument("--file", metavar="F.jsonl", type=Path, help='one {"text": "..."} a line')
    add_json(parser)
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace, workshop: Workshop) -> int:
    texts = texts_of(arguments.file) if arguments.file else [arguments.text]
    place = await (await workshop.house()).place(arguments.deployment)
    results = check(place, texts, arguments.side)
    if arguments.json:
        answer({"results": [result.row() for result in results]})
        return 0
    for number, result in enumerate(results, 1):
        verdict = result.verdict
        why = f"  {verdict.rule} ({verdict.layer} layer) at {verdict.span[0]}-{verdict.span[1]}"
        show(f"{number:5}  {verdict.decision.value:7}{why if verdict.rule else ''}")
    return 0
