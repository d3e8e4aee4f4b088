"""Printing what holds in a place."""

from __future__ import annotations

import json

from gemelo.admin.services.explain import explain_json, explain_text
from tests.context.policy.documents import campaign, compiled, platform, talent

CONTEXT = compiled(platform(), talent(), campaign())


def test_the_table_shows_each_rule_with_layer_and_line() -> None:
    """A manager finds rule, value, layer, file and line on one line."""
    [focus] = [line for line in explain_text(CONTEXT).splitlines() if line.startswith("focus")]
    assert focus.split()[:3] == ["focus", "training", "campaign"]
    assert focus.split()[3].startswith("campaign.yaml:")


def test_long_values_are_shortened_in_the_table_only() -> None:
    """The JSON document holds every value in full."""
    context = compiled(platform(), talent(focus=["a very long topic " * 20]))
    assert "…" in explain_text(context)
    rules = json.loads(explain_json(context))["rules"]
    assert ("a very long topic " * 20).strip() in [rule["value"] for rule in rules]


def test_the_document_names_the_policy() -> None:
    """Deployment and hash stand beside the rules."""
    document = json.loads(explain_json(CONTEXT))
    assert (document["deployment"], document["policy"]) == ("demo", CONTEXT.hash)
