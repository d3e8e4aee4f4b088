"""What the twin would be made to say, but may not."""

from __future__ import annotations

import re

import pytest

from gemelo.context.policy.layers import parse_layer
from gemelo.models.errors import BadLayer
from tests.context.policy.documents import Document, campaign, compiled, platform, talent, written


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"persona": {"likes_to_say": {"es": ["Viva Kortaza."]}}}, "persona.likes_to_say.es"),
        ({"persona": {"tone": ["like K-o-r-t-a-z-a"]}}, "persona.tone"),
        ({"required_claims": {"es": ["Mejor que Kortaza."], "en": ["x"]}}, "required_claims.es"),
        ({"attested": {"es": ["Llevo años con Kortaza."]}}, "attested.es"),
        ({"topics_to_avoid": [{"topic": "medical"}, {"topic": "kortaza", **{"examples": {
            "es": ["a", "b", "c", "d", "e"], "en": ["a", "b", "c", "d", "e"]}}}]}, "topics_to_avoid"),
        ({"deflections": {"es": {"prompt": ["No.", "Pregunta a kortz"]}}}, "deflections.es.prompt"),
    ],
)  # fmt: skip
def test_no_text_says_a_name_to_avoid(changes: Document, rule: str) -> None:
    """Whatever the twin says or its mind reads obeys the names of every layer, those below included."""
    with pytest.raises(BadLayer) as caught:
        compiled(platform(), talent(**changes), campaign())
    assert f": {rule} says what names_to_avoid of the campaign layer, campaign.yaml:" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Soy una persona real.", "claims_to_be_human"),
        ("Menuda mierda.", "profanity"),
        ("Escribe a vera@example.com.", "personal_data"),
        ("Todo por 20 euros.", "prices_and_offers"),
    ],
)
def test_no_text_breaks_a_rule_of_the_platform(text: str, rule: str) -> None:
    """The platform's span rules hold for fixed lines; the error names the rule as built in."""
    with pytest.raises(BadLayer, match=f"says what {rule} of the platform layer, built in, forbids"):
        compiled(platform(), talent(persona={"likes_to_say": {"es": [text]}}))


def test_no_text_matches_a_pattern_to_avoid() -> None:
    """The error names the line of that pattern, not of another."""
    patterns = [{"pattern": "nothing of it"}, {"pattern": r"golazo\s+total"}]
    rules = campaign(patterns_to_avoid=patterns)
    line = written(rules).splitlines().index(r"- pattern: golazo\s+total") + 1
    with pytest.raises(BadLayer) as caught:
        compiled(platform(), talent(persona={"tone": ["Golazo  total"]}), rules)
    assert (
        f"persona.tone says what patterns_to_avoid of the campaign layer, campaign.yaml:{line}, forbids"
        in str(caught.value)
    )


@pytest.mark.parametrize(
    ("above", "below", "outside"),
    [
        (
            {"names_to_avoid": [{"name": "Rivalona", "aliases": ["Riva"]}]},
            {"focus": ["better than Riva"]},
            "focus says 'Riva', which names_to_avoid of the talent forbids: take it out",
        ),
        (
            {"patterns_to_avoid": [{"pattern": r"win \w{2,9} money", "reason": "a scandal"}]},
            {"focus": ["win some money"]},
            "focus says 'win some money', which patterns_to_avoid of the talent forbids: take it out",
        ),
        (
            {"persona": {"likes_to_say": {"en": ["Zumbia in 1999!"]}}},
            {"names_to_avoid": [{"name": "Zumbia"}]},
            "names_to_avoid 'Zumbia' forbids what the talent says: take it out",
        ),
        (
            {"limits": {"free": {"interactions_per_month": 7}}},
            {"limits": {"free": {"interactions_per_month": 8}}},
            "limit 8 loosens a rule of the talent's: leave it out",
        ),
        (
            {"tools": ["search"]},
            {"tools": ["pay"]},
            "tool 'pay' loosens a rule of the talent's: leave it out",
        ),
        (
            {"attested": {"en": ["I know it."]}},
            {"attested": {"en": ["I love it."]}},
            "only a talent layer may set attested: take it out here",
        ),
    ],
)
def test_who_sees_the_lower_layer_only_is_told_its_own_words(
    above: Document, below: Document, outside: str
) -> None:
    """What to mend and where; no line and no content of the layer above."""
    with pytest.raises(BadLayer) as caught:
        compiled(platform(), talent(**above), campaign(**below))
    place, _, told = caught.value.outside.partition(": ")
    assert place.startswith("campaign layer, campaign.yaml:")
    assert told == outside


def test_a_name_to_avoid_is_named_by_its_line() -> None:
    """The second name's line is told where the second name is said."""
    rules = campaign(names_to_avoid=[{"name": "Kortaza"}, {"name": "Zumbia"}])
    line = written(rules).splitlines().index("- name: Zumbia") + 1
    with pytest.raises(
        BadLayer, match=f"names_to_avoid of the campaign layer, campaign.yaml:{line}, forbids"
    ):
        compiled(platform(), talent(persona={"tone": ["z u m b i a"]}), rules)


def test_every_text_that_breaks_a_rule_is_told() -> None:
    """One by one, with its own line, however many rules are broken."""
    said = {"es": ["Viva Kortaza."], "en": ["Kortaza rules.", "Buy Zumbia."]}
    rules = campaign(names_to_avoid=[{"name": "Kortaza"}, {"name": "Zumbia"}])
    with pytest.raises(BadLayer) as caught:
        compiled(platform(), talent(persona={"likes_to_say": said}), rules)
    each = [str(one) for one in caught.value.each]
    assert "; ".join(each) == str(caught.value)
    assert sorted(fault.partition("take out ")[2] for fault in each) == ["'Kortaza'", "'Kortaza'", "'Zumbia'"]
    assert all(one.outside for one in caught.value.each)


def test_of_many_texts_that_break_rules_twenty_are_told() -> None:
    """Whoever bans half of what a twin says need not read all of it."""
    names = [f"Zumb{chr(ord('a') + number)}k" for number in range(25)]
    said = {"en": [f"{name} is back." for name in names]}
    with pytest.raises(BadLayer) as caught:
        compiled(
            platform(),
            talent(persona={"likes_to_say": said}),
            campaign(names_to_avoid=[{"name": name} for name in names]),
        )
    assert [str(one).partition("take out ")[2] for one in caught.value.each] == list(map(repr, names[:20]))


def test_an_approved_price_may_be_said() -> None:
    """What is approved is a fact, in fixed lines too."""
    sponsor: Document = {
        "brand": "Brisalta",
        "category": "drink",
        "approved_claims": {"es": ["Cuesta 3 euros."]},
    }
    context = compiled(platform(), campaign(sponsor=sponsor))
    assert context.sponsor is not None
    assert context.sponsor.approved == ("Cuesta 3 euros.",)


DRINK: Document = {"brand": "Brisalta", "category": "drink"}
BEST: Document = {"en": ["Brisalta is the best drink."], "es": ["Brisalta es la mejor bebida."]}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"deflections": {"en": {"names": ["The best drink: it is Brisalta.", "Next."]}}},
         "deflections.en.names"),
        ({"required_claims": {"en": ["The best drink is Brisalta."], "es": ["Hola."]}}, "required_claims.en"),
        ({"disclosures": {"es": ["Brisalta, la mejor bebida."], "en": ["By Brisalta."]}}, "disclosures.es"),
        ({"sponsor": DRINK | {"tagline": {"es": "Brisalta, la mejor bebida"}}}, "sponsor.tagline.es"),
        ({"sponsor": DRINK | {"approved_claims": BEST}}, "sponsor.approved_claims.es"),
    ],
)  # fmt: skip
def test_no_line_makes_a_claim_that_a_layer_above_forbids(changes: Document, told: str) -> None:
    """A campaign approves nothing that its talent forbids; the error names both layers and both lines."""
    above = talent(forbidden_claims=BEST)
    line = written(above).splitlines().index("forbidden_claims:") + 1
    with pytest.raises(BadLayer) as caught:
        compiled(platform(), above, campaign(**changes))
    assert f"campaign layer, campaign.yaml:{_line(changes, told)}: {told} says what" in str(caught.value)
    stated = re.search(
        r"forbidden_claims\.(?:en|es) of the talent layer, talent\.yaml:(\d+)", str(caught.value)
    )
    assert stated
    assert line < int(stated[1]) <= line + 4
    assert all("of the talent forbids: take it out" in one.outside for one in caught.value.each)


def _line(changes: Document, told: str) -> int:
    """On which line of the campaign's document a rule stands."""
    source = parse_layer(written(campaign(**changes)), "campaign.yaml")
    index = (0,) if "claims" in told or "disclosures" in told else ()
    return source.line(*told.split("."), *index)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Better a Brisalta, it prevents cramps.", "unapproved_claims"),
        ("Nine out of ten choose Brisalta.", "unapproved_claims"),
        ("I drink Brisalta every day.", "product_experience"),
    ],
)
def test_no_line_of_the_twin_s_own_promises_what_nobody_approved(text: str, rule: str) -> None:
    """A deflection, a saying and an opener obey the claim rules as any reply does."""
    changes: tuple[Document, ...] = (
        {"deflections": {"en": {"names": ["Not that.", text]}}},
        {"persona": {"likes_to_say": {"en": [text]}}},
        {"persona": {"openers": {"en": ["Well.", text]}}},
    )
    for change in changes:
        with pytest.raises(BadLayer, match=rf"says what {rule} of the platform layer, built in, forbids"):
            compiled(platform(), campaign(**change))


@pytest.mark.parametrize(
    "changes",
    [
        {"required_claims": {"en": ["Brisalta isn't the best drink."], "es": ["No es la mejor bebida."]}},
        {"deflections": {"en": {"names": ["Brisalta comes in two flavours.", "Next."]}}},
        {"deflections": {"en": {"names": ["Ask me about Brisalta instead.", "The best drink? Water."]}}},
    ],
)  # fmt: skip
def test_a_line_may_deny_a_claim_and_repeat_an_approved_one(changes: Document) -> None:
    """Disclaimers, approved words and plain talk of the sponsor are fine."""
    sponsor = DRINK | {"approved_claims": {"en": ["Brisalta comes in two flavours."]}}
    assert compiled(platform(), talent(forbidden_claims=BEST), campaign(**{"sponsor": sponsor} | changes))
