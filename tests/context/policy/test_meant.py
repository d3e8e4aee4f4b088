"""Fixed lines that break a rule which only their meaning tells."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pytest

from gemelo.context.policy.meant import FixedLines
from gemelo.models.errors import BadLayer
from gemelo.models.seams import Embedding
from tests.context.policy.documents import Document, campaign, compiled, platform, talent, written
from tests.meaning import DIMENSION, Encoded, FlatEmbedder, quiet_meaning

CLAIM: Document = {"forbidden_claims": {"en": ["Brisalta cures colds."]}}
BET: Document = {"topics_to_avoid": [{"topic": "betting", "examples": {"en": ["Put twenty on it."]}}]}


class AxisEmbedder(FlatEmbedder):
    """Finds alike what tells of colds, and what tells of a stake; counts what it encodes."""

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def embed(self, texts: Sequence[str]) -> Sequence[Embedding]:
        self.encoded += texts
        tokens, ids = np.zeros((1, DIMENSION), np.float16), np.zeros(1, np.int32)
        axes = np.eye(2, DIMENSION, dtype=np.float32)
        stakes = [axes[0] * bool(re.search("twenty|fiver", text)) for text in texts]
        colds = [axes[1] * bool(re.search("cold|sneez", text)) for text in texts]
        return [Encoded(one + other, tokens, ids) for one, other in zip(stakes, colds, strict=True)]


def refusal(*documents: Document, above: Document | None = None) -> BadLayer:
    """Why these documents do not become live, `above` being the platform's."""
    context = compiled(above or platform(), *documents)
    with pytest.raises(BadLayer) as caught:
        FixedLines(quiet_meaning(AxisEmbedder())).refuse_broken(context)
    return caught.value


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"deflections": {"en": {"names": ["Not that.", "Put a fiver on it."]}}}, "deflections.en.names"),
        ({"persona": {"openers": {"en": ["Well then, a fiver.", "Right."]}}}, "persona.openers.en"),
        ({"persona": {"likes_to_say": {"en": ["A fiver on us!"]}}}, "persona.likes_to_say.en"),
        ({"required_claims": {"en": ["Bet a fiver with Brisalta."], "es": ["Hola."]}}, "required_claims.en"),
    ],
)  # fmt: skip
def test_a_line_that_enters_a_topic_to_avoid_is_refused(changes: Document, rule: str) -> None:
    """The error names both layers, both lines and the rule; whoever sees one layer reads of its own line."""
    above = talent(**BET)
    line = written(above).splitlines().index("- topic: betting") + 1
    error = refusal(above, campaign(**changes))
    assert f": {rule} says what topics_to_avoid of the talent layer, talent.yaml:{line}, forbids" in str(
        error
    )
    assert "fiver" in str(error)
    assert error.outside.endswith("which topics_to_avoid of the talent forbids: take it out")


def test_the_platform_s_topics_hold_for_the_lines_of_others_alone() -> None:
    """A talent may not say what enters one; whoever keeps the platform's lines answers for them."""
    own = platform(**BET, persona={"likes_to_say": {"en": ["A fiver on us!"]}})
    FixedLines(quiet_meaning(AxisEmbedder())).refuse_broken(compiled(own, talent()))
    error = refusal(talent(persona={"likes_to_say": {"en": ["A fiver on us!"]}}), above=own)
    assert "persona.likes_to_say.en says what topics_to_avoid of the platform layer" in str(error)


def test_a_campaign_s_topic_may_block_no_deflection_of_its_own() -> None:
    """What the twin would say instead must not be what it may not say."""
    lines = {"en": {"blocked": ["Put a fiver on the game instead.", "Next."]}}
    error = refusal(campaign(**BET, deflections=lines))
    assert "campaign layer, campaign.yaml:" in str(error)
    assert "deflections.en.blocked says what topics_to_avoid of the campaign layer" in str(error)


@pytest.mark.parametrize(
    "changes",
    [
        {"deflections": {"en": {"names": ["No more sneezing, with Brisalta.", "Next."]}}},
        {"sponsor": {"brand": "Brisalta", "category": "drink",
                     "approved_claims": {"en": ["Brisalta puts an end to sneezing."]}}},
    ],
)  # fmt: skip
def test_a_line_that_says_a_forbidden_claim_in_other_words_is_refused(changes: Document) -> None:
    """Nor may a campaign approve it: a talent's prohibition holds in any words."""
    error = refusal(talent(**CLAIM), campaign(**changes))
    assert "says what forbidden_claims.en of the talent layer, talent.yaml:" in str(error)


def test_every_line_is_told_once() -> None:
    """One by one, however often a line breaks a rule."""
    lines = {"en": {"names": ["A fiver on it. Another fiver on it.", "Or put a fiver there."]}}
    error = refusal(talent(**BET), campaign(deflections=lines))
    assert [str(one).partition("take out ")[2] for one in error.each] == [
        "'A fiver on it.'",
        "'Or put a fiver there.'",
    ]


@pytest.mark.parametrize(
    "documents",
    [
        (
            talent(**CLAIM),
            campaign(required_claims={"en": ["It is no help when you are sneezing."], "es": ["No."]}),
        ),
        (talent(**BET), campaign(deflections={"en": {"names": ["A fiver.", "Next."]}})),
        (talent(), campaign()),
    ],
)
def test_other_lines_may_be_said(documents: tuple[Document, ...]) -> None:
    """A disclaimer may deny; two words have no topic; what no layer forbids is fine."""
    FixedLines(quiet_meaning(AxisEmbedder())).refuse_broken(compiled(platform(), *documents))


def test_no_line_is_encoded_twice() -> None:
    """A place that is opened again, and another one with the same lines, cost the encoder nothing."""
    encoder = AxisEmbedder()
    lines = FixedLines(quiet_meaning(encoder))
    context = compiled(platform(), talent(**BET))
    lines.refuse_broken(context)
    encoded = len(encoder.encoded)
    assert encoded == len(set(encoder.encoded))
    lines.refuse_broken(compiled(platform(), talent(**BET), campaign(names_to_avoid=[{"name": "Zumbia"}])))
    assert len(encoder.encoded) <= encoded + 4
