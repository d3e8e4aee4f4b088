"""The stable start of every prompt."""

from __future__ import annotations

from tests.context.policy.documents import campaign, compiled, platform, talent

CONTEXT = compiled(platform(), talent(), campaign())


def test_the_prefix_goes_from_persona_to_standing_rules() -> None:
    """Persona, deployment, campaign and standing rules come in this order."""
    headings = [line for line in CONTEXT.prefix.splitlines() if line.startswith("#")]
    assert headings == ["# Who you are", "# Where you are", "# Campaign", "# Standing rules"]


def test_the_prefix_asks_for_what_latency_and_rules_need() -> None:
    """It asks for a short first clause, names the talent, the languages and the approved claims."""
    for wanted in ("clause of three to six words", "AI twin of Vera Golazo", "es, en", "dos sabores"):
        assert wanted in CONTEXT.prefix


def test_the_prefix_never_holds_a_name_to_avoid() -> None:
    """A mind cannot be talked into repeating what it never read."""
    assert "kort" not in CONTEXT.prefix.lower()


def test_the_prefix_says_what_the_model_needs_of_the_rules() -> None:
    """Topics by name, tools, likings and attested experience; no pattern, no forbidden claim."""
    context = compiled(
        platform(),
        talent(
            persona={"likes_to_say": {"en": ["Ball down."]}},
            topics_to_avoid=[{"topic": "betting"}],
            patterns_to_avoid=[{"pattern": "secretpattern"}],
            forbidden_claims={"en": ["It cures everything."]},
            attested={"en": ["I wore them for years."]},
            tools=["clock", "poll"],
            tool_definitions={
                "clock": {
                    "kind": "schedule",
                    "description": "When.",
                    "events": [{"title": "Kick-off", "starts": "2026-12-05T18:00+01:00"}],
                }
            },
        ),
    )
    for wanted in ("- [en] Ball down.", "kindly: betting.", "no others: clock.", '"I wore them for years."'):
        assert wanted in context.prefix
    for kept in ("secretpattern", "cures everything"):
        assert kept not in context.prefix


def test_a_portal_has_no_campaign_block() -> None:
    """Without a sponsor nothing is said about one."""
    assert "# Campaign" not in compiled(platform(), talent()).prefix


def test_the_prefix_tells_how_the_talent_talks() -> None:
    """Traits, topics, fillers and favourites; greetings are said by whoever needs them, not read."""
    manner = {
        "greetings": ["Muy buenas, gente."],
        "fillers": ["bueno", "pues"],
        "favourites": ["balón al suelo"],
        "topics": ["la presión"],
        "traits": ["Asks back often."],
    }
    context = compiled(platform(), talent(persona={"manner": {"es": manner}}))
    for wanted in (
        "Asks back often.",
        "about: la presión.",
        "begin with: bueno; pues.",
        "- [es] balón al suelo",
    ):
        assert wanted in context.prefix
    assert "gente" not in context.prefix
    assert "balón al suelo" not in context.secret
