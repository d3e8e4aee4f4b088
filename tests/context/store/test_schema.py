from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateTable

from gemelo.context.records import Decision, Receipt, Sentence, Timeline, ToolUse, ToolVerdict, Verdict
from gemelo.context.store.columns import Json
from gemelo.context.store.schema import metadata, turns
from gemelo.models.vocabulary import Label, Source

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
FINITE = st.floats(allow_nan=False, allow_infinity=False)
SENTENCES = st.lists(
    st.builds(Sentence, TEXT, st.sampled_from(Label), st.none() | st.builds(Source, TEXT, TEXT))
).map(tuple)
SPANS = st.tuples(st.integers(0), st.integers(0))
VERDICTS = st.lists(st.builds(Verdict, st.sampled_from(Decision), TEXT, TEXT, SPANS)).map(tuple)
RULES = st.lists(TEXT).map(tuple)
TOOLS = st.lists(st.builds(ToolUse, TEXT, st.sampled_from(ToolVerdict), FINITE)).map(tuple)
RECEIPTS = st.builds(Receipt, TEXT, RULES, VERDICTS, st.integers(0), FINITE, st.integers(0), RULES, TOOLS)
TIMELINES = st.builds(Timeline, **{name: st.none() | FINITE for name in Timeline.__dataclass_fields__})


def kept(column: str, value: Any) -> Any:
    """A value after the way through its column's type and JSON."""
    type_ = turns.c[column].type
    assert isinstance(type_, Json)
    dialect = sqlite.dialect()
    return type_.process_result_value(
        json.loads(json.dumps(type_.process_bind_param(value, dialect))), dialect
    )


@given(SENTENCES)
def test_sentences_survive_the_store(value: tuple[Sentence, ...]) -> None:
    """Any sentences come back equal."""
    assert kept("sentences", value) == value


@given(RECEIPTS)
def test_receipts_survive_the_store(value: Receipt) -> None:
    """Any guard receipt comes back equal."""
    assert kept("receipt", value) == value


@given(TIMELINES)
def test_timelines_survive_the_store(value: Timeline) -> None:
    """Any timeline comes back equal."""
    assert kept("timeline", value) == value


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=str)
def test_tables_can_be_made_on_postgres(table: Any) -> None:
    """Every table compiles to PostgreSQL's dialect."""
    assert str(CreateTable(table).compile(dialect=postgresql.dialect())).strip().startswith("CREATE TABLE")
