"""Draws the mutants that are tried: all would take two days. A filter of cosmic-ray."""

# cosmic-ray has no types, and is installed by `make mutate` only
# pyright: basic, reportMissingImports=false

from __future__ import annotations

import argparse
import random
import sys

from cosmic_ray.tools.filters.filter_app import FilterApp
from cosmic_ray.work_db import WorkDB
from cosmic_ray.work_item import WorkerOutcome, WorkResult

_LEFT_OUT = ("ReplaceBinaryOperator_BitOr",)
"""`X | None` in an annotation that nothing evaluates: a mutant of it is no fault."""


class Sample(FilterApp):
    """Skips every mutant but `--keep` drawn by `--seed`."""

    def add_args(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--keep", type=int, default=150)
        parser.add_argument("--seed", type=int, default=1)

    def filter(self, work_db: WorkDB, args: argparse.Namespace) -> None:
        pending = list(work_db.pending_work_items)
        real = [
            item for item in pending if not any(name in item.mutations[0].operator_name for name in _LEFT_OUT)
        ]
        kept = {item.job_id for item in random.Random(args.seed).sample(real, min(args.keep, len(real)))}
        for item in pending:
            if item.job_id not in kept:
                work_db.set_result(item.job_id, WorkResult(worker_outcome=WorkerOutcome.SKIPPED))


if __name__ == "__main__":
    sys.exit(Sample().main())
