"""`gemelo jobs`: what is left to deliver, and how the last deliveries went."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from datetime import UTC, datetime

from gemelo.admin.cli.workshop import Commands, Workshop, add_json, answer, show
from gemelo.context.hooks.deliveries import Attempt


def add(commands: Commands) -> None:
    parser = commands.add_parser("jobs", help="show what is to be delivered to webhooks, and how it goes")
    parser.add_argument("--last", type=int, default=20, metavar="N", help="deliveries to show (20)")
    add_json(parser)
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace, workshop: Workshop) -> int:
    outbox = await workshop.outbox()
    backlog, attempts = await outbox.backlog(), await outbox.attempts(max(1, arguments.last))
    if arguments.json:
        answer({"backlog": asdict(backlog), "deliveries": [asdict(attempt) for attempt in attempts]})
        return 0
    since = f", the oldest since {_time(backlog.oldest)}" if backlog.oldest else ""
    show(
        f"{backlog.waiting} messages not looked at, {backlog.pending} deliveries on the way"
        f" ({backlog.failing} of them failed before), {backlog.given_up} given up{since}"
    )
    for one in attempts:
        show("  ".join((_time(one.created), one.topic, one.talent, one.webhook, _state(one))))
    return 0


def _state(attempt: Attempt) -> str:
    tries = f"{attempt.tries} {'try' if attempt.tries == 1 else 'tries'}"
    if attempt.done is None:
        again = f": {attempt.error}, again at {_time(attempt.due)}" if attempt.error else ""
        return f"waits after {tries}{again}"
    return f"given up after {tries}: {attempt.error}" if attempt.error else f"arrived after {tries}"


def _time(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
