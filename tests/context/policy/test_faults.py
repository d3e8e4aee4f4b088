"""What errors say to who writes a layer: the mistakes that managers make, and every key's example."""

from __future__ import annotations

import pytest
import yaml

from gemelo.context.policy.compile import compile_context
from gemelo.context.policy.examples import EXAMPLES
from gemelo.context.policy.layers import Document, parse_layer
from gemelo.models.errors import BadLayer
from tests.context.policy.documents import platform, written

HEAD = "layer: campaign\nname: spring\n"
QUOTES = "put it in quotes"
LINES = '["Not that.", "Another time."]'
SPONSOR = "sponsor:\n  brand: Sol\n  category: drinks\n"

MISTAKES = {
    # a list, keys or a text where something else belongs
    "names_to_avoid: Pelé": "3: names_to_avoid: needs a list, not a text: "
    "write names_to_avoid: [{name: Kortaza, aliases: [Cortaza]}]",
    "names_to_avoid:\n  - Pelé": "4: names_to_avoid.0: needs keys with values, not a text: "
    "write - {name: Kortaza}",
    "names_to_avoid:\n  name: Pelé": "3: names_to_avoid: needs a list, not keys with values: "
    "write names_to_avoid: [{name: Kortaza, aliases: [Cortaza]}]",
    "names_to_avoid:\n  - name: Pelé\n    aliases: Rey": "5: names_to_avoid.0.aliases: needs a list, not a "
    "text: write aliases: [Cortaza]",
    "topics_to_avoid: [medical]": "3: topics_to_avoid.0: needs keys with values, not a text: "
    "write - {topic: politics}",
    "focus: football": "3: focus: needs a list, not a text: write focus: [football, training]",
    "focus: [Note: this]": "3: focus.0: needs a text, not keys with values: "
    "write focus: [football, training]",
    "languages: es": "3: languages: needs a list, not a text: write languages: [es, en]",
    "persona: Vera": "3: persona: needs keys with values, not a text: "
    "write persona: {name: Vera, tone: [warm, witty]}",
    "persona:\n  description: A host.": "4: persona.description: needs keys with values, not a text: "
    'write description: {en: "A virtual host."}',
    "forbidden_claims: [It heals.]": "3: forbidden_claims: needs keys with values, not a list: "
    'write forbidden_claims: {en: ["Brisalta prevents injuries."]}',
    "forbidden_claims:\n  en: It heals.": "4: forbidden_claims.en: needs a list, not a text: "
    'write en: ["Brisalta prevents injuries."]',
    "deflections:\n  en: [No., Not that.]": "4: deflections.en: needs keys with values, not a list: "
    f"write deflections: {{en: {{declined: {LINES}}}}}",
    "limits:\n  interactions_per_month: 9": "4: limits.interactions_per_month: needs keys with values, not a "
    "number: write limits: {free: {interactions_per_month: 100}}",
    "voice: calm": "3: voice: needs keys with values, not a text: write voice: {id: calm}",
    "sponsor: Sol": "3: sponsor: needs keys with values, not a text: "
    "write sponsor: {brand: Brisalta, category: isotonic drink}",
    # what YAML reads otherwise than it was meant
    "names_to_avoid:\n  - name: 365": "4: names_to_avoid.0.name: needs a text, and YAML reads this as a "
    f"number: {QUOTES}",
    "languages: [es, no]": f"3: languages.1: needs a text, and YAML reads this as yes or no: {QUOTES}",
    "focus: [2026-12-01]": f"3: focus.0: needs a text, and YAML reads this as a date: {QUOTES}",
    "focus: [2026-13-01]": "3: no such date or number: put it in quotes if it is a text",
    "focus: a: b": "3: no valid YAML: mapping values are not allowed in this context: "
    "a text with a colon in it needs quotes",
    "focus: [a, b": "4: no valid YAML: did not find expected ',' or ']': "
    "a list that begins with '[' ends with ']'",
    'focus: "a': "4: no valid YAML: found unexpected end of stream: a quote is opened and not closed",
    "focus: [*a]": "3: anchors and aliases are not allowed: put a text that begins with & or * in quotes",
    "focus: ['a\x07']": "3: no valid YAML: a character that cannot be seen: take it out",
    'focus: ["a\\x07"]': "3: focus.0: holds control characters: take them out",
    "name: summer": "3: 'name' is said twice: make one of both",
    # keys
    "names_to_aviod: []": "3: names_to_aviod: there is no such key: did you mean 'names_to_avoid'?",
    "Names-to-avoid: []": "3: Names-to-avoid: there is no such key: did you mean 'names_to_avoid'?",
    "names_to_avoid:\n  - nom: x": "4: names_to_avoid.0.name: is missing: write name: Kortaza; "
    "f.yaml:4: names_to_avoid.0.nom: there is no such key here: choose among name, aliases, reason",
    "tone: [warm]": "3: tone: there is no such key here: it belongs under persona",
    "loud: true": "3: loud: there is no such key: `gemelo explain --schema` lists all",
    "starts: 2026-12-01": "3: starts: there is no such key: when a campaign runs stands in its terms, "
    "not in its layer",
    "sponsor:\n  brand: Sol": "3: sponsor.category: is missing: write category: isotonic drink",
    # empty
    "names_to_avoid:": "3: names_to_avoid: is left empty: leave it out, "
    "or write names_to_avoid: [{name: Kortaza, aliases: [Cortaza]}]",
    "names_to_avoid:\n  - name: ''": "4: names_to_avoid.0.name: is empty: write something, or leave it out",
    "names_to_avoid:\n  - name: '\u200b'": "4: names_to_avoid.0.name: holds no letter: a name has some",
    "languages: []": "3: languages: needs 1 or more, not 0: write languages: [es, en]",
    "deflections:\n  es:\n    names: [one]": "5: deflections.es.names: needs 2 or more, not 1: "
    f"write names: {LINES}",
    "focus: [a, a]": "3: focus: says the same line twice: leave one out",
    # codes and choices
    "languages: [español]": "3: languages.0: is no language's code: write es",
    "languages: [EN]": "3: languages.0: is no language's code: write en",
    "languages: [en-US]": "3: languages.0: is no language's code: write en",
    "disclosures:\n  Español: [x]": "4: disclosures.Español: is no language's code: write es",
    "disclosures:\n  Ñandú: [x]": "4: disclosures.Ñandú: is no language's code: "
    "write two small letters (ISO 639-1), like es or en",
    "country: es": "3: country: is no country's code: write ES",
    "country: Spain": "3: country: is no country's code: "
    "write two capital letters (ISO 3166-1), like ES or MX",
    "tools: ['rm -rf']": "3: tools.0: is no id: write up to 64 letters, digits, '.', '_' and '-', "
    "without spaces",
    "persona:\n  sentence_length: shrt": "4: persona.sentence_length: is none that is known: "
    "did you mean 'short'? Else choose among short, medium, long",
    "on_block:\n  crisis: deflect": "4: on_block.crisis: is none that is known: choose among names_to_avoid, "
    "patterns_to_avoid, profanity, topics_to_avoid, forbidden_claims, unapproved_claims, "
    "product_experience, prices_and_offers",
    "drafts:\n  when: always": "4: drafts.when: is none that is known: choose among never, silence, interim",
    # numbers
    "persona:\n  max_sentences: four": "4: persona.max_sentences: needs a whole number, not a text: "
    "write max_sentences: 4",
    "persona:\n  max_sentences: 40": "4: persona.max_sentences: must be at most 12: write max_sentences: 4",
    "retention_days: 1.5": "3: retention_days: needs a whole number, not a decimal number: "
    "write retention_days: 30",
    "retention_days: -1": "3: retention_days: must be at least 0: write retention_days: 30",
    "drafts:\n  wasted_share: 12%": "4: drafts.wasted_share: needs a number, not a text: "
    "write wasted_share: 0.12",
    "memory:\n  keep: 'yes'": "4: memory.keep: needs true or false, not a text: write keep: true",
    "knowledge:\n  since: yesterday": "4: knowledge.since: is no date: write a year, a month or a day, as "
    "'2024', '2024-03' or '2024-03-05'",
    "knowledge:\n  since: '2024'\n  until: '2023'": "5: nothing is both since 2024 and until 2023: swap them",
    # what goes together with no other layer
    "disclosures:\n  en: ['I am {name}.']": "4: nothing to fill {name} with: only {talent} can be filled",
    "attested:\n  en: [I love it.]": "3: only a talent layer may set attested: take it out here",
    "topics_to_avoid:\n  - topic: gardening": "4: the guard does not know the topic 'gardening': give it 5 "
    "examples or more in 'es', not 0, or choose among alcohol, betting, financial, legal, medical, "
    "politics, religion, sexual, violence",
    "languages: [fr]": "3: language 'fr' loosens platform layer, platform.yaml:3: choose among es, en",
    "limits:\n  free:\n    interactions_per_month: 900": "5: limit 900 loosens platform layer, "
    "platform.yaml:76: write 100 or less",
    f"{SPONSOR}disclosures:\n  es: [Por Sol.]": "6: no disclosure in 'en' names the sponsor of campaign "
    "layer, f.yaml:4: write a sentence with 'Sol' or {brand} in it",
    "focus: [the Sol cup]\nnames_to_avoid:\n  - name: Sol": "3: focus says what names_to_avoid of the "
    "campaign layer, f.yaml:5, forbids: take out 'Sol'",
}


def compiled(text: str) -> None:
    layers = (parse_layer(written(platform()), "platform.yaml"), parse_layer(text, "f.yaml"))
    compile_context(layers, deployment="d", twin="t", talent="Vera")


@pytest.mark.parametrize("body", MISTAKES)
def test_a_mistake_is_told_with_its_place_and_what_would_be_right(body: str) -> None:
    """The layer, the line, the key, what is wrong with it and what to write instead."""
    with pytest.raises(BadLayer) as caught:
        compiled(f"{HEAD}{body}\n")
    assert str(caught.value).removeprefix("campaign layer, ") == f"f.yaml:{MISTAKES[body]}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "f.yaml: empty: begin with 'layer:' and 'name:'"),
        ("just words", "f.yaml:1: document: needs keys with values, not a text: write 'layer: talent', "),
        ("layer: talent\n", "f.yaml:1: name: is missing: write name: spring"),
        (
            "layer: brand\nname: x\n",
            "f.yaml:1: layer: is none that is known: choose among platform, persona, talent, ",
        ),
        (HEAD + "x" * 900 + ": 1\n", f"f.yaml:3: {'x' * 40}: there is no such key"),
    ],
)
def test_a_document_that_is_none_is_told_how_one_begins(text: str, told: str) -> None:
    """And a key without end is not repeated."""
    with pytest.raises(BadLayer) as caught:
        compiled(text)
    assert str(caught.value).startswith(told)


_ANY_KEY = {
    "limits": ["free"],
    "on_block": ["profanity"],
    "deflections": ["en", "names"],
    "tool_definitions": ["a", "en"],
}
_ROW: dict[str, object] = {"name": "A", "details": {"en": "B."}}
_BESIDE: dict[str, dict[str, object]] = {
    "sponsor": {"brand": "Sol", "category": "drinks"},
    "names_to_avoid.-": {"name": "Sol"},
    "topics_to_avoid.-": {"topic": "politics"},
    "patterns_to_avoid.-": {"pattern": "x{3}"},
    "tool_definitions.*": {"kind": "catalogue", "description": "A.", "rows": [_ROW]},
    "tool_definitions.*.rows.-": _ROW,
    "tool_definitions.*.events.-": {"title": "A", "starts": "2026-12-05T18:00Z"},
    "tool_definitions.*.parameters.*": {"type": "string", "description": "A."},
}
"""What has to stand beside the keys of a mapping, by its path."""
_OF_ANOTHER_KIND: dict[str, dict[str, object]] = {
    "events": {"kind": "schedule", "description": "A."},
    "consent": {"kind": "lead", "description": "A."},
    "url": {"kind": "http", "description": "A."},
    "parameters": {"kind": "http", "description": "A.", "url": "https://a.example/"},
}
"""Keys of a tool beside which something else has to stand."""


@pytest.mark.parametrize("path", EXAMPLES)
def test_what_an_error_says_to_write_is_right(path: str) -> None:
    """Each example stands in a layer as it is shown."""
    top, *steps = path.split(".")
    keys = list(_ANY_KEY.get(top, ["en"]))
    steps = [keys.pop(0) if step == "*" else step for step in steps]
    value = yaml.safe_load(EXAMPLES[path])
    known = path.split(".")
    for index, step in reversed(list(enumerate(steps))):
        above = ".".join(known[: index + 1])
        beside = _BESIDE.get(above, {})
        if above == "tool_definitions.*":
            beside = _OF_ANOTHER_KIND.get(step, beside)
        value = [value] if step == "-" else {**beside, step: value}
    document = Document.model_validate({"layer": "talent", "name": "x"} | {top: value})
    assert document.model_fields_set >= {top}


def test_every_key_has_an_example() -> None:
    """All but the crisis, which is the platform's alone."""
    assert {path.split(".")[0] for path in EXAMPLES} == Document.model_fields.keys() - {"crisis"}
