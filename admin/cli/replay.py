"""`gemelo replay`: what a version of a policy would change in the talks of a place."""

from __future__ import annotations

import argparse

from gemelo.admin.cli.workshop import Commands, Workshop, add_deployment, add_json, answer, show
from gemelo.admin.services.replaying import replaying_at
from gemelo.context.tenancy.people import THE_HOUSE

_DESCRIPTION = """\
Says the last turns of a deployment once more under a version of its policy, each after what its fan had
heard by then, and tells what would change. Nothing is stored and nothing is published.

A version is known by its hash, or eight or more of its first letters: `gemelo explain --json`, a proposal
and a campaign give it.
"""


def add(commands: Commands) -> None:
    parser = commands.add_parser(
        "replay",
        help="what a version of the policy would change in the last turns of a deployment",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_deployment(parser)
    parser.add_argument("--version", metavar="HASH", default="", help="default: the one that holds")
    parser.add_argument("--last", metavar="N", type=int, default=50, help="turns, newest (default 50)")
    add_json(parser)
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace, workshop: Workshop) -> int:
    replaying = replaying_at(await workshop.house())
    replay = await replaying.replay(THE_HOUSE, arguments.deployment, arguments.version, arguments.last)
    if arguments.json:
        answer(replay.document())
        return 0
    for turn in replay.changed:
        old, new = turn.told.outcome, turn.again.outcome
        show(f"{turn.told.turn.session} turn {turn.told.turn.number}: {', '.join(turn.changed)}")
        show(f"  fan  {turn.told.turn.fan}\n  old  {old.reply}\n  new  {new.reply}")
    show(
        f"{len(replay.changed)} of {len(replay.turns)} turns would change"
        f" ({replay.turns_per_s} turns a second)"
    )
    return 0
