"""A person's voice speaks with their consent only, and whoever chose it without hears of that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gemelo.admin.services.voices import Ids, Voices
from gemelo.benchmarks.scripted import ScriptedVoice
from gemelo.context.hooks.topics import Topic
from gemelo.context.policy.context import Context
from gemelo.context.state.memory import MemoryState
from gemelo.context.tenancy.likeness import Clone, CloneState, Consent, Likeness
from gemelo.context.tenancy.standing import Facts
from gemelo.context.tenancy.windows import Window
from gemelo.context.twins import Deployment, DeploymentType, Talent, Twin
from gemelo.models.errors import StateError
from tests.desk import MemoryDesk
from tests.fakes import context

NEUTRAL, WARM = ScriptedVoice(), ScriptedVoice(sample=2000)
NOW = 5_000
CONSENT = Consent("c", "tess", Likeness.VOICE, "warm", "Tess", "0" * 64, Window(0, 10_000))


def facts(*consents: Consent) -> Facts:
    portal = Deployment("test-portal", "test", DeploymentType.PORTAL)
    return Facts(portal, Twin("test", "tess", "Tess"), Talent("tess", "Tess"), consents=consents)


def choosing(voice: str) -> Context:
    return replace(context(), voice=voice)


def voices(desk: MemoryDesk | None = None, shared: MemoryState | None = None) -> Voices:
    state = MemoryState(lambda: 0.0) if shared is None else shared
    return Voices(NEUTRAL, {("tess", "warm"): WARM}, desk or MemoryDesk(), state)


def test_a_voice_with_consent_speaks() -> None:
    """The one that layers chose, where somebody has agreed to it."""
    assert voices().at(facts(CONSENT), choosing("warm"), NOW) is WARM
    assert voices().agreed(facts(CONSENT), NOW) == {"warm": {}}


@pytest.mark.parametrize(
    "consent",
    [
        replace(CONSENT, revoked=NOW),
        replace(CONSENT, term=Window(0, NOW)),
        replace(CONSENT, term=Window(NOW + 1, NOW + 2)),
        replace(CONSENT, kind=Likeness.AVATAR),
        replace(CONSENT, name="warmer"),
        replace(CONSENT, channels=frozenset({DeploymentType.WIDGET})),
    ],
)
def test_no_voice_speaks_without_consent_to_it_here_and_now(consent: Consent) -> None:
    """Revoked, over, not begun, for a face, for another voice or place: the neutral voice speaks."""
    assert voices().at(facts(consent), choosing("warm"), NOW) is NEUTRAL
    assert "warm" not in voices().agreed(facts(consent), NOW)


def test_a_consent_opens_no_voice_of_another_talent() -> None:
    """Who manages another talent may keep a consent of any name: the voice behind it is not theirs."""
    theirs = replace(facts(replace(CONSENT, talent="mallory")), talent=Talent("mallory", "Mallory"))
    assert voices().at(theirs, choosing("warm"), NOW) is NEUTRAL


def test_where_no_layer_chooses_or_no_such_voice_is_here_the_neutral_one_speaks() -> None:
    """Consent to a voice does not make it speak, nor does one to a voice that is not installed."""
    assert voices().at(facts(CONSENT), choosing(""), NOW) is NEUTRAL
    unheard = replace(CONSENT, name="unheard")
    assert voices().at(facts(unheard), choosing("unheard"), NOW) is NEUTRAL


async def test_a_manager_is_told_once_of_each_place_and_version() -> None:
    """The outbox holds one message, however often the place is opened; another version tells again."""
    desk = MemoryDesk()
    here = voices(desk)
    for _ in range(3):
        await here.tell(facts(), choosing("warm"), NOW)
    about = {"deployment": "test-portal", "voice": "warm", "policy": choosing("warm").hash}
    assert desk.shelves.outbox == [(Topic.VOICE_REPLACED, "tess", about)]
    await here.tell(facts(), replace(choosing("warm"), prefix="Another."), NOW)
    assert len(desk.shelves.outbox) == 2


@pytest.mark.parametrize(("consents", "voice"), [((CONSENT,), "warm"), ((), "")])
async def test_nobody_is_told_where_all_is_well(consents: tuple[Consent, ...], voice: str) -> None:
    """A voice with consent, or none chosen, is nobody's trouble."""
    desk = MemoryDesk()
    await voices(desk).tell(facts(*consents), choosing(voice), NOW)
    assert not desk.shelves.outbox


class Gone(MemoryState):
    async def count(self, key: str, for_s: int, by: int = 1) -> int:
        raise StateError("the shared state does not answer")


@pytest.mark.parametrize("gone", ["desk", "state"])
async def test_a_place_opens_although_nobody_can_be_told(gone: str, caplog: pytest.LogCaptureFixture) -> None:
    """The log says that the message was not kept."""
    shared = Gone(lambda: 0.0) if gone == "state" else None
    await voices(MemoryDesk(broken=gone == "desk"), shared).tell(facts(), choosing("warm"), NOW)
    assert "no manager could be told" in caplog.text


FACE = Clone("gemelo-1", "tavus", "", 1, "marta", "0" * 64, CloneState.READY, "r783")


def showing(avatar: str) -> Context:
    return replace(context(), avatar=avatar)


def test_a_face_with_consent_is_shown() -> None:
    """The one that layers chose, once its training is over."""
    agreed = replace(CONSENT, kind=Likeness.AVATAR, name="studio", clones=(FACE,))
    assert Voices.face(facts(agreed), showing("studio"), NOW) == ("tavus", "r783")
    training = replace(agreed, clones=(replace(FACE, state=CloneState.TRAINING),))
    for consent, chosen in ((training, "studio"), (agreed, ""), (agreed, "other")):
        assert Voices.face(facts(consent), showing(chosen), NOW) is None
    for over in (replace(agreed, revoked=NOW), replace(agreed, term=Window(0, NOW))):
        assert Voices.face(facts(over), showing("studio"), NOW) is None
    assert Voices.faces(facts(agreed), NOW) != Voices.faces(facts(training), NOW)


def test_a_cloned_voice_speaks_instead_of_the_installed_one() -> None:
    """Where it can; what it is made of is all that is asked."""
    clone = replace(FACE, vendor="cartesia", language="es", id="a0e9")
    agreed, made = facts(replace(CONSENT, clones=(clone,))), ScriptedVoice()
    asked: list[tuple[str, Ids]] = []

    def cloned(name: str, ids: Ids) -> ScriptedVoice | None:
        asked.append((name, ids))
        return made if len(asked) == 1 else None

    house = Voices(NEUTRAL, {("tess", "warm"): WARM}, MemoryDesk(), MemoryState(lambda: 0.0), cloned)
    assert house.at(agreed, choosing("warm"), NOW) is made
    assert house.at(agreed, choosing("warm"), NOW) is WARM
    assert asked == [("warm", {"cartesia": {"es": "a0e9"}})] * 2
    assert house.at(facts(replace(CONSENT, clones=(clone,), revoked=NOW)), choosing("warm"), NOW) is NEUTRAL
