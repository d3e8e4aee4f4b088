"""What a talent has agreed to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gemelo.context.tenancy.likeness import (
    MAKING_MS,
    Clone,
    CloneState,
    Consent,
    Licence,
    Likeness,
    Refusal,
    Use,
    cloned,
    consented,
    refused,
)
from gemelo.context.tenancy.windows import Window
from gemelo.context.twins import DeploymentType

WIDE = Licence("l1", "trina", Window(100, 200))
NARROW = replace(
    WIDE,
    id="l2",
    brands=frozenset({"kortaza"}),
    territories=frozenset({"ES", "MX"}),
    channels=frozenset({DeploymentType.CAMPAIGN}),
    topics=frozenset({"Football boots", "balls"}),
)
CAMPAIGN = Use(DeploymentType.CAMPAIGN, "kortaza", "ES", "football boots")
CLONE = Clone("gemelo-1", "cartesia", "es", 120, "marta", "ab" * 32, CloneState.READY, "id")
GIVEN = Consent("s1", "trina", Likeness.VOICE, "trina-warm", "Trina Sol", "ab" * 32, Window(100, 200))

LONG = replace(GIVEN, term=Window(100, 10 * MAKING_MS))


def test_a_licence_that_names_nothing_covers_everything() -> None:
    """Within its term."""
    assert refused([WIDE], Use(DeploymentType.WIDGET, "anybody", ""), 150) is None


@pytest.mark.parametrize(
    ("use", "why"),
    [
        (CAMPAIGN, None),
        (replace(CAMPAIGN, brand="", topic=""), None),
        (replace(CAMPAIGN, topic="betting"), Refusal.TOPIC),
        (replace(CAMPAIGN, brand="velmont"), Refusal.BRAND),
        (replace(CAMPAIGN, territory="US"), Refusal.TERRITORY),
        (replace(CAMPAIGN, territory=""), Refusal.TERRITORY),
        (replace(CAMPAIGN, channel=DeploymentType.PORTAL), Refusal.CHANNEL),
    ],
)
def test_a_licence_covers_what_it_names(use: Use, why: Refusal | None) -> None:
    """A fan of whom nobody knows where they are is outside every territory."""
    assert refused([NARROW], use, 150) is why


def test_one_licence_that_covers_a_use_is_enough() -> None:
    """Whatever the others leave out."""
    assert refused([NARROW, WIDE], Use(DeploymentType.PORTAL), 150) is None


@pytest.mark.parametrize(
    ("licences", "now"),
    [([], 150), ([WIDE], 99), ([WIDE], 200), ([replace(WIDE, revoked=150)], 150)],
    ids="none before after revoked".split(),
)
def test_without_a_licence_that_holds_nobody_talks(licences: list[Licence], now: int) -> None:
    """Nor where it was revoked."""
    assert refused(licences, CAMPAIGN, now) is Refusal.NONE_HOLDS


def test_what_is_revoked_holds_nowhere() -> None:
    """Also at a server whose clock is behind that of the one where it was revoked."""
    assert not replace(WIDE, revoked=150).holds(149)
    behind = (GIVEN.kind, GIVEN.name, DeploymentType.PORTAL, 149)
    assert GIVEN.covers(*behind)
    assert not replace(GIVEN, revoked=150).covers(*behind)


def test_a_voice_is_used_with_its_own_consent_only() -> None:
    """For that very voice, in that kind of place, as long as it holds."""

    def may(
        *,
        kind: Likeness = Likeness.VOICE,
        name: str = GIVEN.name,
        channel: DeploymentType = DeploymentType.PORTAL,
        now: int = 150,
        consent: Consent = GIVEN,
    ) -> bool:
        return consented([consent], kind, name, channel, now)

    assert may()
    assert not may(kind=Likeness.AVATAR)
    assert not may(name="trina-cold")
    assert not may(now=200)
    assert not may(consent=replace(GIVEN, revoked=120))
    assert not may(consent=replace(GIVEN, channels=frozenset({DeploymentType.WIDGET})))
    assert not consented([], Likeness.VOICE, GIVEN.name, DeploymentType.PORTAL, 150)


@pytest.mark.parametrize(
    ("consent", "due"),
    [
        (GIVEN, None),
        (replace(GIVEN, clones=(CLONE,)), 200),
        (replace(GIVEN, clones=(CLONE,), revoked=150), 150),
        (replace(GIVEN, clones=(replace(CLONE, state=CloneState.GONE),), revoked=150), None),
        (replace(GIVEN, clones=(replace(CLONE, state=CloneState.MAKING),)), 120 + MAKING_MS),
        (replace(GIVEN, clones=(replace(CLONE, state=CloneState.LOST), CLONE), revoked=150), 150),
        (replace(GIVEN, clones=(replace(CLONE, state=CloneState.TRAINING),)), 200),
        (replace(LONG, clones=(replace(CLONE, state=CloneState.TRAINING),)), 120 + MAKING_MS),
    ],
)
def test_a_clone_lasts_as_long_as_its_consent(consent: Consent, due: int | None) -> None:
    """Then it is to be deleted; so is one that nobody was told of, once it must have come."""
    assert consent.due == due


def test_only_clones_that_are_there_are_used_where_somebody_agrees() -> None:
    """By vendor and language, the newest consent's last."""
    lost = replace(CLONE, state=CloneState.LOST, language="en", id="")
    newer = replace(GIVEN, id="s2", clones=(replace(CLONE, id="newer"),))
    consents = (replace(GIVEN, clones=(CLONE, lost)), newer, replace(newer, id="s3", revoked=110))
    portal = DeploymentType.PORTAL
    assert cloned(consents[:1], Likeness.VOICE, "trina-warm", portal, 150) == {"cartesia": {"es": "id"}}
    assert cloned(consents, Likeness.VOICE, "trina-warm", portal, 150) == {"cartesia": {"es": "newer"}}
    assert cloned(consents, Likeness.VOICE, "trina-warm", portal, 200) == {}
    assert cloned(consents, Likeness.AVATAR, "trina-warm", portal, 150) == {}
