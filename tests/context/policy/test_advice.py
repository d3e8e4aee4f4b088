"""What a manager is warned of."""

from __future__ import annotations

from tests.context.policy.documents import campaign, compiled, platform, talent


def test_a_quiet_policy_has_no_warnings() -> None:
    """Names that nobody uses as words, and texts in spoken languages, are nothing to look at."""
    assert compiled(platform(), talent(), campaign()).warnings == ()


def test_a_name_that_is_a_common_word_is_warned_of() -> None:
    """The warning stands at its line and counts what it would block of ordinary talk."""
    context = compiled(platform(), talent(names_to_avoid=[{"name": "Kortaza"}, {"name": "Sunday"}]))
    [warning] = context.warnings
    assert (warning.rule, warning.layer, warning.file) == ("names_to_avoid", "talent", "talent.yaml")
    assert warning.value == (
        "'Sunday' is a common word: it is blocked where it is written as a name, "
        "as in 2 of 300 sample sentences"
    )


def test_an_alias_that_is_a_common_word_is_warned_of() -> None:
    """What an alias would block counts as much."""
    [warning] = compiled(
        platform(), talent(names_to_avoid=[{"name": "Kortaza", "aliases": ["target"]}])
    ).warnings
    assert warning.value.startswith("'target' is a common word")


def test_a_name_of_common_words_is_warned_of() -> None:
    """In small letters its words pass together, so somebody should know."""
    names = [{"name": "Red Bull"}, {"name": "Coca-Cola"}, {"name": "Red Zumbia"}]
    warnings = compiled(platform(), talent(names_to_avoid=names)).warnings
    assert [warning.value.split(": ")[0] for warning in warnings] == [
        "'Red Bull' is made of common words",
        "'Coca-Cola' is made of common words",
    ]


def test_texts_that_nobody_hears_are_warned_of() -> None:
    """A language that is not spoken at its layer is ignored; one that a lower layer leaves out is not."""
    context = compiled(
        platform(),
        talent(
            languages=["en"],
            forbidden_claims={"fr": ["Ça guérit."], "en": ["It heals."]},
            persona={"description": {"es": "Presentadora."}},
        ),
    )
    assert [(warning.rule, warning.value) for warning in context.warnings] == [
        ("persona.description.es", "'es' is not spoken here: ignored"),
        ("forbidden_claims.fr", "'fr' is not spoken here: ignored"),
    ]
    narrowed = compiled(
        platform(), talent(), campaign(languages=["es"], disclosures={"es": ["De Brisalta."]})
    )
    assert narrowed.warnings == ()


def test_a_platform_without_languages_is_not_blamed_for_its_texts() -> None:
    """Where a lower layer is the first to name languages, they hold above it as well."""
    bare = {key: value for key, value in platform().items() if key != "languages"}
    assert compiled(bare, talent(languages=["es", "en"])).warnings == ()


def test_rules_that_say_the_same_are_warned_of() -> None:
    """Letter case, accents, disguises and the order of words apart; the warning names the first."""
    context = compiled(
        platform(),
        talent(
            names_to_avoid=[{"name": "Zumbia"}],
            patterns_to_avoid=[{"pattern": "codigo vip"}],
            topics_to_avoid=[{"topic": "medical"}],
            forbidden_claims={"en": ["The best drink, ever!"]},
        ),
        campaign(
            names_to_avoid=[{"name": "Other", "aliases": ["ZÚMBIA"]}],
            patterns_to_avoid=[{"pattern": "CODIGO VIP"}],
            topics_to_avoid=[{"topic": "Medical"}],
            forbidden_claims={"en": ["ever the best drink"]},
        ),
    )
    same = [
        warning for warning in context.warnings if warning.value.startswith("says the same as talent layer")
    ]
    assert [warning.rule for warning in same] == [
        "names_to_avoid", "topics_to_avoid", "patterns_to_avoid", "forbidden_claims.en",
    ]  # fmt: skip


def test_warnings_are_no_part_of_the_meaning() -> None:
    """A policy with a warning is the same policy."""
    plain = compiled(platform(), talent(names_to_avoid=[{"name": "Zumbia"}]))
    warned = compiled(platform(), talent(names_to_avoid=[{"name": "Zumbia"}, {"name": "Zumbia"}]))
    assert len(warned.warnings) == 1
    assert (warned, warned.hash) == (plain, plain.hash)
