"""Claims that are known by their words alone."""

from __future__ import annotations

import pytest

from gemelo.context.guard.builtin import Rule
from gemelo.context.guard.claims import ClaimRules
from gemelo.context.guard.rulebook import ForbiddenClaim, Rulebook
from gemelo.models.vocabulary import Language

EN = Language("en")
HEALTH = ForbiddenClaim("Brisalta is good for your health.", "talent")
CLAIMS = ClaimRules(
    Rulebook("Vera", brand="Brisalta", approved=("Brisalta comes in 2 flavours.",), forbidden=(HEALTH,))
)


@pytest.mark.parametrize(
    "sentence", ["It is good for the health, this Brisalta.", "Good health? Brisalta!", HEALTH.text.upper()]
)
def test_a_forbidden_claim_is_told_by_its_words_in_any_order(sentence: str) -> None:
    """All words that carry the claim are there, whatever stands between them."""
    assert CLAIMS.forbidden(sentence) == HEALTH


@pytest.mark.parametrize("sentence", ["Brisalta is good.", "Health is good.", ""])
def test_a_part_of_a_forbidden_claim_is_none(sentence: str) -> None:
    """One of its words is missing."""
    assert CLAIMS.forbidden(sentence) is None


def test_a_claim_of_little_words_alone_is_not_made_by_every_sentence() -> None:
    """It is left to its meaning: no word of it carries anything."""
    claims = ClaimRules(Rulebook("Vera", forbidden=(ForbiddenClaim("It is for you.", "talent"),)))
    assert claims.forbidden("The ball is round.") is None


def test_what_was_approved_passes_as_it_stands() -> None:
    """Letter case and stops apart; a sentence with more in it is no approved one."""
    assert CLAIMS.approves("brisalta comes in 2 flavours")
    assert not CLAIMS.approves("Brisalta comes in 2 flavours for winners.")


@pytest.mark.parametrize(
    ("sentence", "approved"),
    [
        ("Nobody says that Brisalta cures.", True),
        ("Nobody says that", True),
        ("It rests.", True),
        ("Nobody says that Brisalta cures. It rests.", True),
        ("Brisalta cures.", False),
        ("says that Brisalta cures", False),
    ],
)
def test_a_claim_approves_no_words_from_its_middle(sentence: str, approved: bool) -> None:
    """Clause by clause from the beginning of any of its sentences, and from nowhere else."""
    said = ("Nobody says that Brisalta cures. It rests.",)
    assert ClaimRules(Rulebook("Vera", brand="Brisalta", approved=said)).approves(sentence) is approved


@pytest.mark.parametrize(
    ("sentence", "earlier", "rule"),
    [
        ("I drink Brisalta.", "", Rule.EXPERIENCE),
        ("Brisalta has 3 of them.", "", Rule.UNAPPROVED),
        ("Brisalta prevents cramps.", "", Rule.UNAPPROVED),
        ("It prevents cramps.", "Here is Brisalta.", Rule.UNAPPROVED),
        ("It prevents cramps.", "Here is water.", None),
        ("Brisalta is here, in 2 of them.", "", Rule.UNAPPROVED),
        ("Brisalta is here, in 2 flavours.", "", None),
        ("It comes in 3 flavours.", "Here is Brisalta.", Rule.UNAPPROVED),
        ("It takes 3 touches.", "Here is Brisalta.", None),
    ],
)
def test_what_is_said_of_the_sponsor(sentence: str, earlier: str, rule: Rule | None) -> None:
    """Use, figures and effects, in the sentence that names it or goes on about it.

    Of one that goes on without the name only figures count that have the unit of an approved one.
    """
    assert CLAIMS.of_sponsor(sentence, sentence, earlier, EN) == rule
