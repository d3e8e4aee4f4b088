"""What layers forbid or require."""

from __future__ import annotations

import pytest

from gemelo.context.guard.rulebook import AvoidedNames, AvoidedPattern, AvoidedTopic, ForbiddenClaim
from gemelo.context.knowledge.scope import Scope
from gemelo.context.policy.context import Limit
from gemelo.models.errors import BadLayer
from gemelo.models.vocabulary import Language
from tests.context.policy.documents import Document, campaign, compiled, platform, talent

ES, EN = Language("es"), Language("en")
HORSES = [f"A sentence about horses, the {number}th." for number in range(5)]
CABALLOS = [f"Una frase sobre caballos, la {number}." for number in range(5)]
OWN = {"topic": "Horses", "examples": {"en": HORSES, "es": CABALLOS}}


def test_names_of_all_layers_are_avoided() -> None:
    """Aliases of one name are joined, its strongest layer is remembered, and reasons are explained."""
    context = compiled(
        platform(),
        talent(names_to_avoid=[{"name": "KORTAZA", "aliases": ["Cortaza"], "reason": "a rival"}]),
        campaign(),
    )
    assert context.rules.names == (AvoidedNames("KORTAZA", ("Cortaza", "Kortz"), "talent"),)
    assert "KORTAZA; Cortaza (a rival)" in [row.value for row in context.explain()]


def test_what_is_answered_from_is_within_all_layers_scopes() -> None:
    """Each narrows the ones above it; one that says nothing is none, and a place has none by default."""
    context = compiled(
        platform(),
        talent(knowledge={"sources": ["talks/*", "pdf"]}),
        campaign(knowledge={"since": "2023", "until": "2024-06"}),
    )
    sources, span = Scope(sources=("pdf", "talks/*")), Scope(since="2023", until="2024-06")
    assert context.knowledge == (sources, span)
    told = {row.rule: (row.value, row.layer) for row in context.explain()}
    assert told["knowledge.sources"] == ("talks/*; pdf", "talent")
    assert told["knowledge.since"] == ("2023", "campaign")
    assert compiled(platform(), talent(), campaign()).knowledge == ()


def test_topics_of_all_layers_are_avoided() -> None:
    """A topic that two layers avoid is one, with the examples of both in the languages spoken here."""
    context = compiled(
        platform(topics_to_avoid=[{"topic": "medical"}]),
        talent(
            languages=["en"], topics_to_avoid=[OWN, {"topic": "Medical", "examples": {"en": ["Take it."]}}]
        ),
        campaign(),
    )
    assert context.rules.topics == (
        AvoidedTopic("horses", tuple(HORSES), "talent"),
        AvoidedTopic("medical", ("Take it.",), "platform"),
    )


def test_a_topic_may_be_kept_from_questions_too() -> None:
    """By whichever layer says so first, whoever avoids it besides; one of a layer's own cannot be."""
    asked = {"topic": "politics", "asked": True}
    context = compiled(platform(topics_to_avoid=[{"topic": "politics"}]), talent(topics_to_avoid=[asked]))
    assert context.rules.topics == (AvoidedTopic("politics", (), "platform", unasked="talent"),)
    with pytest.raises(BadLayer, match=r"^talent layer, .*: questions on 'horses' cannot be told"):
        compiled(platform(), talent(topics_to_avoid=[{**OWN, "asked": True}]))


@pytest.mark.parametrize(
    "examples", [{}, {"en": HORSES}, {"en": HORSES, "es": CABALLOS[:4]}, {"en": HORSES, "fr": CABALLOS}]
)
def test_a_new_topic_needs_examples_in_every_language(examples: Document) -> None:
    """A topic that the guard does not know is known by five sentences in each language."""
    with pytest.raises(
        BadLayer, match=r"^talent layer, talent\.yaml:\d+: the guard does not know .* in 'e[sn]'"
    ):
        compiled(platform(), talent(topics_to_avoid=[{"topic": "horses", "examples": examples}]))


def test_patterns_of_all_layers_are_avoided() -> None:
    """A pattern that two layers avoid is the stronger one's."""
    context = compiled(
        platform(),
        talent(patterns_to_avoid=[{"pattern": r"promo\d+", "reason": "codes"}]),
        campaign(patterns_to_avoid=[{"pattern": r"promo\d+"}, {"pattern": "gratis total"}]),
    )
    assert context.rules.patterns == (
        AvoidedPattern("gratis total", "campaign"), AvoidedPattern(r"promo\d+", "talent"),
    )  # fmt: skip


@pytest.mark.parametrize("pattern", ["(a+)+$", "(", "a*", "e"])
def test_a_pattern_that_must_not_be_used_is_refused_with_its_line(pattern: str) -> None:
    """The error names layer, file and line, and the pattern."""
    with pytest.raises(BadLayer) as caught:
        compiled(platform(), talent(patterns_to_avoid=[{"pattern": pattern}]))
    assert str(caught.value).startswith("talent layer, talent.yaml:")
    assert repr(pattern) in str(caught.value)


def test_forbidden_claims_of_all_layers_add_up() -> None:
    """Those in a language that is not spoken here are left out."""
    context = compiled(
        platform(),
        talent(languages=["en"], forbidden_claims={"en": ["It heals."], "es": ["Cura."]}),
        campaign(forbidden_claims={"en": ["It is the best.", "It heals."]}),
    )
    assert context.rules.forbidden == (
        ForbiddenClaim("It heals.", "talent"), ForbiddenClaim("It is the best.", "campaign"),
    )  # fmt: skip


def test_required_claims_go_with_the_sponsored_line() -> None:
    """They follow it, the stronger layer's first, and stand in the opening, which names the sponsor."""
    context = compiled(
        platform(),
        talent(required_claims={"en": ["Drink water, too."], "es": ["Bebe agua también."]}),
        campaign(required_claims={"en": ["{brand} is sweet."], "es": ["{brand} es dulce."]}),
    )
    assert context.sponsor is not None
    assert context.sponsor.line(EN) == "Sponsored by Brisalta. Drink water, too. Brisalta is sweet."
    assert context.disclosure(EN).endswith("Sponsored by Brisalta. Drink water, too. Brisalta is sweet.")


def test_a_claim_required_in_one_language_is_required_in_all() -> None:
    """A fan in another language is owed it as well."""
    with pytest.raises(BadLayer, match=r"campaign\.yaml:\d+: claims are required in en and none in 'es'"):
        compiled(platform(), campaign(required_claims={"en": ["It is sweet."]}))


def test_required_claims_wait_for_a_sponsor() -> None:
    """Where nobody pays they are not said."""
    context = compiled(platform(), talent(required_claims={"en": ["Water!"], "es": ["¡Agua!"]}))
    assert "Water" not in context.disclosure(EN)


def test_the_strictest_limit_holds_key_by_key() -> None:
    """Each tier keeps, of each limit, the least that a layer says."""
    context = compiled(
        platform(),
        talent(
            limits={"free": {"seconds_per_session": 600}, "pro": {"max_reply_sentences": 6}},
            retention_days=30,
        ),
        campaign(
            limits={"free": {"interactions_per_month": 20, "seconds_per_session": 300}}, retention_days=0
        ),
    )
    assert context.limits == (Limit("free", 20, 300), Limit("pro", max_reply_sentences=6))
    assert context.retention_days == 0


@pytest.mark.parametrize(
    ("above", "below", "complaint"),
    [
        ({"retention_days": 30}, {"retention_days": 31}, "retention 31 loosens talent layer, talent.yaml:"),
        ({"retention_days": 0}, {"retention_days": 1}, "retention 1 loosens talent layer, talent.yaml:"),
        (
            {"limits": {"pro": {"seconds_per_session": 60}}},
            {"limits": {"pro": {"seconds_per_session": 61}}},
            "limit 61 loosens talent layer, talent.yaml:",
        ),
        (
            {"limits": {"pro": {"max_reply_sentences": 3}}},
            {"limits": {"pro": {"max_reply_sentences": 4}}},
            "limit 4 loosens talent layer, talent.yaml:",
        ),
    ],
)
def test_a_lower_layer_is_only_stricter(above: Document, below: Document, complaint: str) -> None:
    """A limit that allows more than a stronger layer's names both layers and both lines."""
    with pytest.raises(BadLayer, match=r"^campaign layer, campaign\.yaml:\d+: ") as caught:
        compiled(platform(), talent(**above), campaign(**below))
    assert complaint in str(caught.value)
