"""Merging layers: precedence, tightening only, provenance."""

from __future__ import annotations

import itertools
from random import Random
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.guard.builtin import BUILT_IN
from gemelo.context.policy.context import Limit
from gemelo.context.policy.layers import Deflection
from gemelo.models.errors import BadLayer
from gemelo.models.vocabulary import Language
from tests.context.policy.documents import DEFLECTIONS, Document, campaign, compiled, platform, talent

ES, EN = Language("es"), Language("en")


def test_the_order_of_layers_does_not_matter() -> None:
    """Every permutation of the layers compiles to the same context."""
    contexts = {compiled(*order) for order in itertools.permutations([platform(), talent(), campaign()])}
    assert len(contexts) == 1


WIDE = talent(
    names_to_avoid=[{"name": "Zumbia"}, {"name": "Adidas"}, {"name": "ADIDAS", "aliases": ["Tri", "Bar"]}],
    topics_to_avoid=[{"topic": "medical"}, {"topic": "betting", "examples": {"en": ["Bet.", "A bet."]}}],
    patterns_to_avoid=[{"pattern": r"promo\d+"}, {"pattern": "gratis total"}],
    forbidden_claims={"en": ["It heals.", "A cure."], "es": ["Cura.", "Sana."]},
    attested={"en": ["I wore them.", "I ran in them."]},
    tools=["search", "clock"],
    knowledge={"sources": ["subtitles", "pdf", "talks/*"], "until": "2024"},
    voices=["calm", "stadium"],
    limits={"pro": {"max_reply_sentences": 5}, "free": {"seconds_per_session": 60}},
    on_block={"profanity": "retry", "names_to_avoid": "redact"},
)


def _shuffled(value: object, dice: Random) -> object:
    """The same document with its keys in another order, and its lists, too, where their order is free."""
    if isinstance(value, dict):
        keys = list(cast("dict[str, object]", value))
        dice.shuffle(keys)
        ordered = {"focus", "tone", "deflections", "disclosures", "languages", "crisis"}
        content = cast("dict[str, object]", value)
        return {key: content[key] if key in ordered else _shuffled(content[key], dice) for key in keys}
    if isinstance(value, list):
        items = [_shuffled(item, dice) for item in cast("list[object]", value)]
        dice.shuffle(items)
        return items
    return value


@given(st.randoms(use_true_random=False))
def test_the_same_meaning_has_the_same_bytes(dice: Random) -> None:
    """Whatever the order of layers, keys, and lists in which order means nothing: one hash, one prefix."""
    usual = compiled(platform(), WIDE, campaign())
    documents = [cast(Document, _shuffled(document, dice)) for document in (platform(), WIDE, campaign())]
    dice.shuffle(documents)
    shuffled = compiled(*documents)
    assert (shuffled.hash, shuffled.prefix, shuffled) == (usual.hash, usual.prefix, usual)


@pytest.mark.parametrize(
    "changed",
    [
        campaign(topics_to_avoid=[{"topic": "medical"}]),
        campaign(patterns_to_avoid=[{"pattern": r"promo\d+"}]),
        campaign(forbidden_claims={"en": ["It heals."]}),
        campaign(required_claims={"en": ["Water!"], "es": ["¡Agua!"]}),
        campaign(on_block={"profanity": "retry"}),
        campaign(tools=["search"]),
        campaign(voice={"id": "calm"}),
        campaign(avatar={"id": "pitch"}),
        campaign(country="ES"),
        campaign(knowledge={"since": "2023"}),
        campaign(retention_days=3),
        campaign(limits={"free": {"seconds_per_session": 3}}),
        campaign(deflections={"es": {"topics": ["Uno.", "Dos."]}}),
        campaign(focus=["tactics"]),
        campaign(names_to_avoid=[]),
        campaign(languages=["es"]),
        campaign(limits={"free": {"interactions_per_month": 3}}),
        campaign(persona={"tone": ["dry"]}),
    ],
)
def test_another_meaning_has_another_hash(changed: Document) -> None:
    """Changing any rule changes the hash."""
    usual = compiled(platform(), talent(), campaign())
    assert compiled(platform(), talent(), changed).hash != usual.hash


def test_preferences_go_to_the_nearest_layer() -> None:
    """Focus, tone and deflections come from the weakest layer that states them."""
    lines = ["Mejor otra cosa.", "Cambiemos de tema."]
    context = compiled(
        platform(), talent(), campaign(deflections={"es": {"names": lines}}, persona={"tone": ["brisk"]})
    )
    assert context.focus == ("training",)
    assert (context.persona.name, context.persona.tone) == ("Vera", ("brisk",))
    assert context.deflection(Deflection.NAMES, ES, 0) in lines
    assert context.deflection(Deflection.NAMES, EN, 0) in DEFLECTIONS["en"]["names"]


def test_restrictions_add_up() -> None:
    """Names of all layers are avoided, aliases of one name are joined, the strictest limit holds."""
    above = talent(
        names_to_avoid=[{"name": "KORTAZA", "aliases": ["Cortaza"]}, {"name": "Zumbia"}],
        limits={"free": {"interactions_per_month": 60}},
    )
    context = compiled(platform(), above, campaign(limits={"free": {"interactions_per_month": 20}}))
    assert [(name.name, name.aliases, name.layer) for name in context.rules.names] == [
        ("KORTAZA", ("Cortaza", "Kortz"), "talent"),
        ("Zumbia", (), "talent"),
    ]
    assert context.limits == (Limit("free", 20),)


def test_languages_intersect() -> None:
    """A layer may leave languages out; what it left out stays out."""
    context = compiled(platform(), talent(languages=["en"]), campaign(deflections={}))
    assert context.languages == (EN,)
    assert "Sponsored by Brisalta." in context.disclosure(EN)


@pytest.mark.parametrize(
    ("above", "below", "complaint"),
    [
        (talent(languages=["es"]), campaign(languages=["es", "en"]), "language 'en' loosens talent layer"),
        (talent(), campaign(languages=["es", "fr"]), "language 'fr' loosens platform layer"),
        (
            talent(),
            campaign(limits={"free": {"interactions_per_month": 101}}),
            "limit 101 loosens platform layer",
        ),
        (
            talent(limits={"pro": {"interactions_per_month": 5}}),
            campaign(limits={"pro": {"interactions_per_month": 6}}),
            "limit 6 loosens talent layer",
        ),
        (talent(), campaign(disclosures={"es": []}), "no disclosure in 'es' loosens platform layer"),
    ],
)
def test_a_lower_layer_cannot_loosen(above: Document, below: Document, complaint: str) -> None:
    """Loosening is an error that names both layers, both files and both lines."""
    with pytest.raises(BadLayer, match=complaint) as caught:
        compiled(platform(), above, below)
    first, _, second = str(caught.value).partition(" loosens ")
    assert first.startswith("campaign layer, campaign.yaml:")
    assert second.split(":")[1].isdigit()


@pytest.mark.parametrize(
    ("layers", "complaint"),
    [
        ([talent()], "no platform layer"),
        ([platform(), talent(), talent()], "two layers of one kind: talent layer"),
        ([platform(disclosures={}), talent()], "no disclosure in 'es' says {talent}"),
        ([platform(disclosures={"es": ["Hola."], "en": ["Hi."]})], "no disclosure in 'es' says {talent}"),
        ([platform(languages=["es", "en", "fr"])], "no disclosure in 'fr'"),
        ([platform(deflections={})], "no layer says what to say in 'es' when declined"),
        (
            [{key: value for key, value in platform().items() if key != "languages"}],
            "which languages are spoken",
        ),
        (
            [platform(), talent(sponsor=campaign()["sponsor"])],
            "talent.yaml:11: only a campaign layer may set sponsor",
        ),
        ([platform(), campaign(disclosures={})], "no disclosure in 'es' names the sponsor"),
        (
            [platform(), campaign(disclosures={"es": ["Publicidad."]})],
            "no disclosure in 'es' names the sponsor",
        ),
        ([platform(), talent(persona={"description": {"es": "De {club}."}})], "nothing to fill {club} with"),
        (
            [platform(), talent(persona={"description": {"es": "De {brand}."}})],
            "nothing to fill {brand} with",
        ),
    ],
)
def test_what_must_be_said_is_not_left_out(layers: list[Document], complaint: str) -> None:
    """A context without its platform, disclosure, deflections or sponsored line does not compile."""
    with pytest.raises(BadLayer) as caught:
        compiled(*layers)
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        (
            {"deflections": {"es": {"names": ["De K o r t a z a no hablo.", "Otra cosa."]}}},
            "deflections.es.names",
        ),
        ({"focus": ["the kortz story"]}, "focus"),
        (
            {"sponsor": {"brand": "Kortaza", "category": "x"}, "disclosures": {"es": ["Kortaza"]}},
            "disclosures.es",
        ),
        ({"disclosures": {"es": ["Brisalta, mejor que KORTAZA."], "en": ["Brisalta."]}}, "disclosures.es"),
    ],
)
def test_a_line_with_a_name_to_avoid_is_refused(changes: Document, rule: str) -> None:
    """Fixed lines obey the names to avoid of every layer, disguises included."""
    with pytest.raises(BadLayer) as caught:
        compiled(platform(), talent(), campaign(languages=["es"], **changes))
    assert rule in str(caught.value)
    assert "names_to_avoid of the campaign layer, campaign.yaml:" in str(caught.value)


def test_a_line_that_claims_to_be_human_is_refused() -> None:
    """The platform's built-in rule holds for fixed lines too."""
    with pytest.raises(BadLayer, match=r"persona\.description\.es says what claims_to_be_human"):
        compiled(platform(), talent(persona={"description": {"es": "Soy una persona real."}}))


def test_every_effective_rule_says_where_it_comes_from() -> None:
    """Each row names the layer, the file and the line that really holds its value."""
    documents = {str(document["layer"]): document for document in (platform(), talent(), campaign())}
    context = compiled(*documents.values())
    rows = {row.rule: row for row in context.explain()}
    assert rows["focus"].value == "training"
    assert (rows["focus"].layer, rows["focus"].file) == ("campaign", "campaign.yaml")
    assert rows["names_to_avoid"].value == "Kortaza; Kortz"
    assert rows["limits.free.interactions_per_month"].layer == "platform"
    assert rows["claims_to_be_human"].place == "built in"
    assert {row.rule.split(".")[0] for row in context.explain()} == {
        "languages", "persona", "focus", "names_to_avoid", "disclosures", "sponsor", "deflections", "limits",
        *BUILT_IN,
    }  # fmt: skip


def test_comments_move_lines_and_leave_the_hash_alone() -> None:
    """Where a rule stands is no part of what it means."""
    bare = compiled(platform(), talent())
    spread = compiled({"name": "house", **platform()}, talent())
    assert spread == bare
    assert spread.hash == bare.hash
