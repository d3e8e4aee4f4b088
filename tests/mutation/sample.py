"""Draws the mutants that are tried: all would take a day. A filter of cosmic-ray.

What is no fault is not drawn:

- annotations that nothing evaluates (those of pydantic's models are, and count), and Protocols;
- `slots=True` and `strict=True`, whose absence changes no outcome, only memory and what a mistake would cost;
- caches taken away or resized: the same answers, slower;
- `==` for `is`: what is compared by identity here, enums and None, has no other equals;
- what is no Python: cosmic-ray takes the stars of `{**a}` and `f(*, a)` for operators.
"""

# cosmic-ray has no types, and is installed by `make mutate` only
# pyright: basic, reportMissingImports=false

from __future__ import annotations

import argparse
import ast
import random
import sys
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path

from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator
from cosmic_ray.tools.filters.filter_app import FilterApp
from cosmic_ray.work_db import WorkDB
from cosmic_ray.work_item import MutationSpec, WorkerOutcome, WorkResult

_CACHES = {"cache", "lru_cache"}
_NO_FAULT = {"slots", "strict"}
_SAME = ("Operator_Is_Eq", "Operator_IsNot_NotEq")
_MODELS = {"BaseModel", "Part"}
"""Bases of pydantic's models."""


class Sample(FilterApp):
    """Skips every mutant but `--keep` drawn by `--seed`."""

    def add_args(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--keep", type=int, default=150)
        parser.add_argument("--seed", type=int, default=1)

    def filter(self, work_db: WorkDB, args: argparse.Namespace) -> None:
        pending = sorted(work_db.pending_work_items, key=lambda item: _order(item.mutations[0]))
        faults = [item for item in pending if not _is_harmless(item.mutations[0])]
        random.Random(args.seed).shuffle(faults)
        programs = (item for item in faults if _is_python(item.mutations[0]))
        kept = {item.job_id for item in islice(programs, args.keep)}
        print(f"{len(kept)} of {len(faults)} mutants drawn; {len(pending) - len(faults)} are no faults")
        for item in pending:
            if item.job_id not in kept:
                work_db.set_result(item.job_id, WorkResult(worker_outcome=WorkerOutcome.SKIPPED))


def _order(mutation: MutationSpec) -> tuple[str, str, int]:
    """The same draw from the same sources: cosmic-ray's ids are random."""
    return str(mutation.module_path), mutation.operator_name, mutation.occurrence


def _is_python(mutation: MutationSpec) -> bool:
    source = Path(mutation.module_path).read_text("utf-8")
    try:
        mutant = mutate_code(source, get_operator(mutation.operator_name)(), mutation.occurrence) or ""
        compile(mutant, mutation.module_path, "exec")
    except (SyntaxError, AttributeError):  # it cannot mutate `except (regex.error, ...)`
        return False
    return True


def _is_harmless(mutation: MutationSpec) -> bool:
    return mutation.operator_name.endswith(_SAME) or any(
        start <= mutation.start_pos < end for start, end in _harmless(Path(mutation.module_path))
    )


@cache
def _harmless(path: Path) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Stretches of a file, as (line, column), in which a mutant is no fault."""
    nodes = [found for node in ast.walk(ast.parse(path.read_text("utf-8"))) for found in _in(node)]
    return [
        # the sign before a decorator is a part of what cosmic-ray takes away
        ((node.lineno, node.col_offset - 1), (node.end_lineno or node.lineno, node.end_col_offset or 0))
        for node in nodes
    ]


def _in(node: ast.AST) -> Iterator[ast.expr | ast.stmt]:
    match node:
        case ast.ClassDef(bases=bases) if any(_name(base) == "Protocol" for base in bases):
            yield node
        case ast.FunctionDef(decorator_list=decorators, returns=returns):
            yield from (decorator for decorator in decorators if _name(decorator) in _CACHES)
            yield from [returns] if returns else []
            yield from (line.annotation for line in ast.walk(node) if isinstance(line, ast.AnnAssign))
        case ast.arg(annotation=ast.expr() as annotation):
            yield annotation
        case ast.ClassDef(bases=bases, body=body) if not any(_name(base) in _MODELS for base in bases):
            yield from (line.annotation for line in body if isinstance(line, ast.AnnAssign))
        case ast.Module(body=body):
            yield from (line.annotation for line in body if isinstance(line, ast.AnnAssign))
        case ast.Call(keywords=keywords):
            yield from (word.value for word in keywords if word.arg in _NO_FAULT and _is_true(word.value))
        case _:
            pass


def _is_true(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is True


def _name(called: ast.expr) -> str:
    name = called.func if isinstance(called, ast.Call) else called
    return name.id if isinstance(name, ast.Name) else ""


if __name__ == "__main__":
    sys.exit(Sample().main())
