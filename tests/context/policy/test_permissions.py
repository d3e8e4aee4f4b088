"""What layers allow."""

from __future__ import annotations

from copy import deepcopy

import pytest

from gemelo.context.policy.context import Memory
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


def test_a_place_speaks_what_both_its_layers_and_itself_allow() -> None:
    """In the layers' order, and it is another policy; empty keeps the place to nothing."""
    free, kept = compiled(platform(), talent()), compiled(platform(), talent(), here=("fr", "en"))
    assert (free.languages, kept.languages) == (("es", "en"), ("en",))
    assert free.hash != kept.hash
    assert compiled(platform(), talent(), here=("en", "es")) == free
    assert kept.disclosures.of(Language("es")) == ("You are talking to Vera Golazo, a virtual character.",)
    [row] = [row for row in kept.explain() if row.rule == "languages"]
    assert (row.value, row.layer, row.place) == ("en", "deployment", "the deployment itself")


def test_what_a_place_s_own_layers_say_in_other_languages_is_warned_of() -> None:
    """The talent's layer holds at other places, too: what it says in any language may be of use there."""
    kept = compiled(platform(), talent(), campaign(), here=("en",))
    assert {(row.layer, row.value) for row in kept.warnings} == {
        ("campaign", "'es' is not spoken here: ignored")
    }


def test_a_place_with_no_language_left_is_refused() -> None:
    """The error says which ones the layers allow, and which the place."""
    with pytest.raises(
        BadLayer,
        match=r"^talent layer, talent.yaml:\d+: no language is left: this layer allows en, "
        r"the deployment itself fr, es: give one of both a language of the other$",
    ):
        compiled(platform(), talent(languages=["en"]), here=("fr", "es"))


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
    with pytest.raises(
        BadLayer, match=r"campaign\.yaml:\d+: only a talent layer may set attested: take it out here$"
    ):
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


def test_facts_of_fans_are_kept_where_the_talent_s_side_says_so() -> None:
    """Nothing is kept where nobody says so; a lower layer may turn it off and shares with fewer places."""
    assert compiled(platform()).memory == Memory()
    wide = talent(memory={"keep": True, "share": ["shop", "blog"]})
    assert compiled(platform(), wide).memory == Memory(True, ("blog", "shop"))
    fewer = campaign(memory={"share": ["blog"]})
    assert compiled(platform(), wide, fewer).memory == Memory(True, ("blog",))
    assert compiled(platform(), wide, campaign(memory={"keep": False})).memory == Memory()


@pytest.mark.parametrize(
    ("above", "below", "complaint"),
    [
        ({}, {"keep": True}, "keeping facts of fans loosens platform layer, platform.yaml:"),
        ({"keep": False}, {"keep": True}, "keeping facts of fans loosens talent layer, talent.yaml:"),
        ({"keep": True}, {"share": ["shop"]}, "sharing with 'shop' loosens platform layer, platform.yaml:"),
        ({"share": ["blog"]}, {"share": ["shop"]}, "sharing with 'shop' loosens talent layer, talent.yaml:"),
        ({"share": []}, {"share": ["shop"]}, "sharing with 'shop' loosens talent layer, talent.yaml:"),
    ],
)
def test_no_brand_keeps_more_of_fans(above: Document, below: Document, complaint: str) -> None:
    """A campaign neither begins to keep or share facts nor adds to it."""
    with pytest.raises(BadLayer, match=r"^campaign layer, campaign\.yaml:\d+: ") as caught:
        compiled(platform(), talent(memory=above), campaign(memory=below))
    assert complaint in str(caught.value)


def test_no_session_says_what_is_kept() -> None:
    """A page that opens a session has no say in it."""
    with pytest.raises(BadLayer, match="no session may set memory"):
        compiled(platform(), {"layer": "session", "name": "page", "memory": {"keep": False}})


ROW = {"name": "Shooting", "details": {"en": "Four evenings for 49 €.", "es": "Cuatro tardes por 49 €."}}
SHOP: Document = {"kind": "catalogue", "description": "Courses.", "rows": [ROW], "approved_facts": True}
LEAD: Document = {
    "kind": "lead",
    "description": "Contact.",
    "consent": {"en": "May {talent}'s team keep it?", "es": "¿Puede el equipo de {talent} guardarlo?"},
}


def test_a_place_has_the_tools_that_are_defined_and_allowed() -> None:
    """By name, whoever defines them; what nobody allows is warned of, what nobody defines is not there."""
    upper = talent(tools=["shop", "contact", "poll"], tool_definitions={"contact": LEAD})
    lower = campaign(tool_definitions={"shop": SHOP, "other": deepcopy(SHOP)})
    context = compiled(platform(), upper, lower)
    assert [tool.name for tool in context.toolset] == ["contact", "shop"]
    assert "May Vera Golazo's team keep it?" in context.toolset[0].definition
    assert "the tool 'other' is not among `tools`: ignored" in {row.value for row in context.warnings}
    fewer = campaign(tools=["contact"], tool_definitions={"shop": SHOP})
    assert [tool.name for tool in compiled(platform(), upper, fewer).toolset] == ["contact"]


def test_the_definition_of_a_tool_is_part_of_the_policy() -> None:
    """Another row is another policy; the same one in another order of keys is the same."""
    one = compiled(platform(), talent(tools=["shop"], tool_definitions={"shop": SHOP}))
    turned: Document = {key: SHOP[key] for key in reversed(list(SHOP))}
    other = SHOP | {"rows": [ROW | {"name": "Passing"}]}
    assert one == compiled(platform(), talent(tools=["shop"], tool_definitions={"shop": turned}))
    assert one.hash != compiled(platform(), talent(tools=["shop"], tool_definitions={"shop": other})).hash


def test_figures_of_a_tool_are_facts_where_it_is_marked_so() -> None:
    """And only while the place may use it; elsewhere such a row is refused, with its line."""
    marked = compiled(platform(), talent(tools=["shop"], tool_definitions={"shop": SHOP}))
    assert "Shooting: Four evenings for 49 €." in marked.rules.approved
    unused = compiled(platform(), talent(tools=[], tool_definitions={"shop": SHOP}))
    assert unused.rules.approved == ()
    plain: Document = {key: SHOP[key] for key in ("kind", "description", "rows")}
    with pytest.raises(BadLayer, match=r"^talent layer, talent\.yaml:\d+: tool_definitions\.shop says what "):
        compiled(platform(), talent(tools=["shop"], tool_definitions={"shop": plain}))


def test_a_row_obeys_the_rules_of_the_place() -> None:
    """A catalogue cannot have the twin say a name that it avoids."""
    rows = [{"name": "Kortaza boots", "details": {"en": "In blue."}}]
    upper = talent(tools=["shop"], tool_definitions={"shop": {**SHOP, "rows": rows}})
    with pytest.raises(BadLayer, match="names_to_avoid"):
        compiled(platform(), upper, campaign())


@pytest.mark.parametrize(
    ("above", "below", "complaint", "outside"),
    [
        (
            {"tools": ["shop"], "tool_definitions": {"shop": SHOP}},
            {"tool_definitions": {"shop": LEAD}},
            r"the tool 'shop' is defined already, by the talent layer, talent\.yaml:\d+: give",
            "the tool 'shop' is defined by the talent already: give this one another name",
        ),
        (
            {},
            {"tools": ["c"], "tool_definitions": {"c": {**LEAD, "consent": {"en": "May we?"}}}},
            "asks for consent in no 'es': write it in each language",
            "",
        ),
        (
            {},
            {"tools": ["c"], "tool_definitions": {"c": {**LEAD, "consent": {"en": "{you}?", "es": "A?"}}}},
            r"nothing to fill \{you\} with",
            "",
        ),
    ],
)
def test_a_definition_that_does_not_fit_is_refused(
    above: Document, below: Document, complaint: str, outside: str
) -> None:
    """With the line; whoever may not see the other layer is told nothing of it."""
    with pytest.raises(BadLayer, match=rf"^campaign layer, campaign\.yaml:\d+: .*{complaint}") as caught:
        compiled(platform(), talent(**above), campaign(**below))
    assert outside in caught.value.outside


def test_no_deployment_and_no_page_brings_its_own_tools() -> None:
    """Talents and campaigns do, whose layers people approve."""
    for kind in ("deployment", "session"):
        with pytest.raises(BadLayer, match="tool_definitions"):
            compiled(platform(), {"layer": kind, "name": "x", "tool_definitions": {"shop": SHOP}})
