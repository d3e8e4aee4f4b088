"""Says how many of the tried mutants were killed, and lists the survivors."""

# cosmic-ray has no types, and is installed by `make mutate` only
# pyright: basic, reportMissingImports=false

from __future__ import annotations

import sys

from cosmic_ray.work_db import use_db
from cosmic_ray.work_item import TestOutcome, WorkerOutcome


def main(session: str) -> None:
    with use_db(session) as db:
        tried = [
            (item.mutations[0], result)
            for item, result in db.completed_work_items
            if result.worker_outcome is not WorkerOutcome.SKIPPED
        ]
    for mutation, result in tried:
        if result.test_outcome is not TestOutcome.KILLED:
            print(f"{mutation.module_path}:{mutation.start_pos[0]} {mutation.operator_name}")
            print(
                *(f"    {line}" for line in (result.diff or "").splitlines()[3:] if line[:1] in "+-"),
                sep="\n",
            )
    killed = sum(result.test_outcome is TestOutcome.KILLED for _, result in tried)
    print(f"killed {killed} of {len(tried)} mutants ({killed / max(1, len(tried)):.1%})")


if __name__ == "__main__":
    main(sys.argv[1])
