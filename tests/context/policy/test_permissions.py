"""What layers allow."""

from __future__ import annotations

import pytest

from gemelo.models.errors import BadLayer
from gemelo.models.vocabulary import Language
from tests.context.policy.documents import Document, campaign, compiled, platform, talent

EN = Language("en")


def test_tools_intersect() -> None:
    """A lower layer may leave tools out; their order means nothing; none are named, none may be used."""
    context = compiled(
        platform(), talent(tools=["search", "clock", "poll"]), campaign(tools=["poll", "clock"])
    )
    assert context.tools == ("clock", "poll")
    assert compiled(platform(), talent(tools=["search"]), campaign(tools=[])).tools == ()
    assert compiled(platform()).tools == ()


def test_a_voice_is_chosen_among_the_talent_s() -> None:
    """The nearest layer chooses; where the talent offers none in particular any will do."""
    offered = talent(voice={"id": "calm"}, voices=["calm", "stadium"], avatar={"id": "portrait"})
    assert compiled(platform(), offered).voice == "calm"
    context = compiled(platform(), offered, campaign(voice={"id": "stadium"}, avatar={"id": "pitch"}))
    assert (context.voice, context.avatar) == ("stadium", "pitch")
    assert compiled(platform()).voice == ""


@pytest.mark.parametrize(
    ("above", "below", "complaint"),
    [
        (
            {"tools": ["search"]},
            {"tools": ["search", "pay"]},
            "tool 'pay' loosens talent layer, talent.yaml:",
        ),
        ({"tools": []}, {"tools": ["pay"]}, "tool 'pay' loosens talent layer, talent.yaml:"),
        (
            {"voices": ["calm"]},
            {"voice": {"id": "other"}},
            "voice 'other' loosens talent layer, talent.yaml:",
        ),
        ({"avatars": ["a"]}, {"avatar": {"id": "b"}}, "avatar 'b' loosens talent layer, talent.yaml:"),
    ],
)
def test_a_lower_layer_adds_nothing(above: Document, below: Document, complaint: str) -> None:
    """What a stronger layer does not allow is an error that names both layers and both lines."""
    with pytest.raises(BadLayer, match=r"^campaign layer, campaign\.yaml:\d+: ") as caught:
        compiled(platform(), talent(**above), campaign(**below))
    assert complaint in str(caught.value)


def test_only_what_the_talent_attests_is_experience() -> None:
    """Attested sentences reach the guard and the prompt; another layer may attest nothing."""
    context = compiled(platform(), talent(attested={"en": ["I have worn these boots for years."]}))
    assert context.rules.attested == ("I have worn these boots for years.",)
    assert "I have worn these boots for years." in context.prefix
    with pytest.raises(BadLayer, match=r"campaign\.yaml:\d+: only a talent layer may set attested$"):
        compiled(platform(), campaign(attested={"en": ["I love it."]}))


def test_a_sponsor_says_how_often_it_is_mentioned() -> None:
    """Every turn, if it does not say."""
    sponsor: Document = {"brand": "Brisalta", "category": "drink"}
    for every, stated in ((1, {}), (3, {"every_turns": 3})):
        context = compiled(platform(), campaign(sponsor=sponsor | stated))
        assert context.sponsor is not None
        assert context.sponsor.every_turns == every
    assert "at most once in 3 turns" in context.prefix


def test_the_guard_knows_the_sponsor_and_what_is_approved() -> None:
    """Claims of every language are approved, whatever their order."""
    claims = {"en": ["{brand} costs 3 euros.", "A comes in red."], "es": ["Cuesta 3 euros."]}
    sponsor: Document = {"brand": "Brisalta", "category": "drink", "approved_claims": claims}
    rules = compiled(platform(), campaign(sponsor=sponsor)).rules
    assert rules.brand == "Brisalta"
    assert rules.approved == ("Cuesta 3 euros.", "A comes in red.", "Brisalta costs 3 euros.")
