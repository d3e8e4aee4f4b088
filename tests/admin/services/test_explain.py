"""Printing what holds in a place."""

from __future__ import annotations

import json

from gemelo.admin.services.explain import explain_json, explain_text
from gemelo.context.policy.layers import Document
from tests.context.policy.documents import campaign, compiled, platform, talent

CONTEXT = compiled(platform(), talent(), campaign())


def test_the_table_shows_each_rule_with_layer_and_line() -> None:
    """A manager finds rule, value, layer, file and line on one line."""
    [focus] = [line for line in explain_text(CONTEXT).splitlines() if line.startswith("  focus")]
    assert focus.split()[:3] == ["focus", "training", "campaign"]
    assert focus.split()[3].startswith("campaign.yaml:")


def test_no_rule_is_left_out_of_the_table() -> None:
    """Every rule stands in one chapter, once."""
    lines = explain_text(CONTEXT).splitlines()
    shown = [line.split()[0] for line in lines if line.startswith("  ") and line[2] != " "]
    assert sorted(shown) == sorted(row.rule for row in CONTEXT.explain())


def test_every_key_of_a_layer_has_its_place_in_the_table() -> None:
    """What any layer may set is shown once it is set."""
    keys = {key for key in Document.model_fields if key not in ("layer", "name", "voices", "avatars")}
    stated = compiled(
        platform(),
        talent(
            attested={"en": ["I know it."], "es": ["La conozco."]},
            avatar={"id": "one"},
            drafts={"when": "interim", "wasted_share": 0.3},
            forbidden_claims={"en": ["It flies."]},
            knowledge={"sources": ["pdf"], "since": "2023", "until": "2024"},
            memory={"keep": True},
            on_block={"profanity": "retry"},
            patterns_to_avoid=[{"pattern": "win money"}],
            retention_days=30,
            tools=["search"],
            tool_definitions={
                "search": {"kind": "lead", "description": "A.", "consent": {"en": "May we?", "es": "¿Sí?"}}
            },
            topics_to_avoid=[{"topic": "politics"}],
            vendors={"route": "fastest", "monthly_budget": 200},
            voice={"id": "one"},
        ),
        campaign(country="ES", required_claims={"en": ["Drink slowly."], "es": ["Bebe despacio."]}),
    )
    assert {row.rule.split(".")[0] for row in stated.explain()} >= keys
    shown = {line.split()[0] for line in explain_text(stated).splitlines() if line.startswith("  ")}
    assert {row.rule for row in stated.explain()} <= shown


def test_the_heading_says_whose_twin_it_is_and_who_pays() -> None:
    """Place, twin, sponsor and hash come first."""
    first, second, *_ = explain_text(CONTEXT).splitlines()
    assert CONTEXT.sponsor
    assert first == f"demo: the twin of {CONTEXT.persona.name}, sponsored by {CONTEXT.sponsor.brand}"
    assert second == f"policy {CONTEXT.hash}"


def test_long_values_go_on_below() -> None:
    """Nothing that a manager has approved is cut short."""
    context = compiled(platform(), talent(focus=["a very long topic " * 20]))
    assert " ".join(explain_text(context).split()).count("a very long") == 20
    rules = json.loads(explain_json(context))["rules"]
    assert ("a very long topic " * 20).strip() in [rule["value"] for rule in rules]


def test_the_document_names_the_policy() -> None:
    """Deployment and hash stand beside the rules."""
    document = json.loads(explain_json(CONTEXT))
    assert (document["deployment"], document["policy"]) == ("demo", CONTEXT.hash)
