"""Voices made of recordings: with consent, for as long as it holds."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from itertools import count

import pytest

from gemelo.admin.services.cloning import LEASE_MS, MAX_CLONES, Cloning, Vendors
from gemelo.admin.services.desk import Desk, Entry
from gemelo.admin.services.likeness import consent, revoke
from gemelo.context.tenancy.likeness import MAKING_MS, Clone, CloneState, Consent, Likeness
from gemelo.context.tenancy.people import THE_HOUSE, Principal
from gemelo.context.tenancy.windows import Window
from gemelo.models.errors import (
    AvatarError,
    BadAudio,
    CourierError,
    NotAllowed,
    StoreError,
    Taken,
    Unknown,
    Unsure,
    UsageError,
    VoiceError,
)
from gemelo.models.vocabulary import Language
from tests.admin.services.cast import ADMIN, ALWAYS, BRUNO, MARTA, NINA, NOBODY, OTTO, ROSA
from tests.admin.services.conftest import Calendar
from tests.cloner import MemoryCloner, MemoryFiles
from tests.samples import wav

ES, EN = Language("es"), Language("en")
SAMPLE = wav()
HASH = sha256(SAMPLE).hexdigest()
CONSENT = Consent("c1", "trina", Likeness.VOICE, "trina-warm", "Trina Sol", HASH, ALWAYS)
FILM, OTHER_FILM = "https://x.example/film.mp4?sig=1", "https://x.example/other.mp4"
FILMS = {FILM: HASH, OTHER_FILM: "ab" * 32}
FACE = replace(CONSENT, kind=Likeness.AVATAR, name="trina-studio")
READY, GONE, LOST = CloneState.READY, CloneState.GONE, CloneState.LOST
MAKING, TRAINING = CloneState.MAKING, CloneState.TRAINING


class DiedError(BaseException):
    """The process ended."""


@dataclass
class Studio:
    """What has voices made, the vendor, and what was written down."""

    desk: Desk
    now: Calendar
    vendor: MemoryCloner = field(default_factory=MemoryCloner)
    other: MemoryCloner = field(default_factory=MemoryCloner)
    numbers: count[int] = field(default_factory=lambda: count(1))

    @property
    def cloning(self) -> Cloning:
        voices = {"cartesia": self.vendor, "other": self.other}
        vendors = Vendors(voices, {"tavus": self.vendor}, MemoryFiles(FILMS))
        return Cloning(self.desk, self, vendors, self.now, lambda: str(next(self.numbers)))

    async def make(self, who: Principal = MARTA, language: Language = ES, sample: bytes = SAMPLE) -> Clone:
        return await self.cloning.make(who, "c1", "cartesia", language, sample, "her new voice")

    async def train(self, film: str = FILM) -> Clone:
        return await self.cloning.train(MARTA, "c1", "tavus", film, "https://x.example/agreed", "her face")

    async def round(self) -> None:
        await self.cloning.round()

    async def claim(self, lease_ms: int, limit: int = 20) -> tuple[Consent, ...]:
        """`Clones` without a lease."""
        assert lease_ms == LEASE_MS
        kept = await self.desk.read(THE_HOUSE, lambda books: books.all(Consent))
        return tuple(one for one in kept if one.due is not None and one.due <= self.now())

    async def clones(self) -> tuple[Clone, ...]:
        return (await self.desk.read(THE_HOUSE, lambda books: books.get(Consent, "c1"))).noun.clones

    async def states(self) -> list[CloneState]:
        return [clone.state for clone in await self.clones()]

    async def trail(self) -> list[Entry]:
        """What was done to the consent since it was given, in order."""
        found = await self.desk.read(THE_HOUSE, lambda books: books.trail(kind="consent", target="c1"))
        return [*found.items[-2::-1]]


@pytest.fixture
async def studio(desk: Desk, now: Calendar) -> Studio:
    await consent(desk, MARTA, CONSENT, "signed in the studio")
    return Studio(desk, now)


async def test_a_voice_is_made_of_the_consented_file_and_written_down(studio: Studio) -> None:
    """Who, when, of what, by which vendor and as what: in the consent, and each step in the audit log."""
    studio.now.at = 5_000
    made = await studio.make()
    assert studio.vendor.voices == {"gemelo-1": "id-of-gemelo-1"}
    wanted = Clone("gemelo-1", "cartesia", "es", 5_000, MARTA.id, HASH, READY, "id-of-gemelo-1")
    assert made == wanted
    assert await studio.clones() == (wanted,)
    begun, settled = await studio.trail()
    assert (begun.who, begun.action, begun.why) == (MARTA.id, "clone", "her new voice")
    assert (settled.who, settled.why) == (THE_HOUSE.id, "cartesia has made it")


async def test_the_line_is_there_before_the_vendor_is_asked(studio: Studio) -> None:
    """A process that dies in between leaves what was asked for to be found."""
    seen: list[CloneState] = []

    async def look() -> None:
        seen.extend(await studio.states())

    studio.vendor.meanwhile = look
    await studio.make()
    assert seen == [MAKING]


async def test_one_voice_for_a_language(studio: Studio) -> None:
    """Another language is another voice; the same one again is refused, and the vendor is not asked."""
    await studio.make()
    await studio.make(language=EN)
    with pytest.raises(Taken):
        await studio.make()
    assert len(studio.vendor.voices) == 2


@pytest.mark.parametrize(
    "changed",
    [
        replace(CONSENT, kind=Likeness.AVATAR),
        replace(CONSENT, sha256="ab" * 32),
        replace(CONSENT, term=Window(2_000, 9_000)),
        replace(CONSENT, term=Window(0, 1_000)),
    ],
)
async def test_nothing_is_made_without_consent_to_it(desk: Desk, now: Calendar, changed: Consent) -> None:
    """For a face, of another file, not yet, or no more."""
    await consent(desk, MARTA, changed, "")
    studio = Studio(desk, now)
    with pytest.raises(NotAllowed):
        await studio.make()
    assert (studio.vendor.voices, await studio.clones()) == ({}, ())


async def test_others_have_no_voice_made(studio: Studio) -> None:
    """Neither another talent's people, nor a brand, nor who only reads; the platform may."""
    for who, refused in ((NINA, Unknown), (BRUNO, Unknown), (NOBODY, Unknown), (ROSA, NotAllowed), (OTTO, NotAllowed)):  # noqa: E501  # fmt: skip
        with pytest.raises(refused):
            await studio.make(who)
    assert studio.vendor.voices == {}
    await studio.make(ADMIN)


async def test_what_is_no_sample_is_not_sent(desk: Desk, now: Calendar) -> None:
    """Though somebody has agreed to that very file."""
    await consent(desk, MARTA, replace(CONSENT, sha256=sha256(b"noise").hexdigest()), "")
    studio = Studio(desk, now)
    with pytest.raises(BadAudio):
        await studio.make(sample=b"noise")
    assert await studio.clones() == ()


async def test_a_vendor_that_is_none_is_refused(studio: Studio) -> None:
    """The sentence names those that there are."""
    with pytest.raises(UsageError, match="cartesia"):
        await studio.cloning.make(MARTA, "c1", "somebody", ES, SAMPLE, "")


async def test_a_refusal_leaves_a_line_and_no_voice(studio: Studio) -> None:
    """It may be tried again at once; where the recording was why, that is said."""
    studio.vendor.fails = [VoiceError("busy: cartesia answered 429"), VoiceError("refused", of_asked=True)]
    with pytest.raises(VoiceError):
        await studio.make()
    with pytest.raises(BadAudio):
        await studio.make()
    assert (await studio.make()).state is READY
    assert await studio.states() == [GONE, GONE, READY]


@pytest.mark.parametrize("makes", [True, False])
async def test_a_voice_of_which_no_answer_came_is_looked_for_and_deleted(studio: Studio, makes: bool) -> None:
    """Once it must have come, if it ever does; meanwhile another one may be made."""
    studio.vendor.fails, studio.vendor.makes = [Unsure("died: cartesia broke off")], makes
    with pytest.raises(Unsure):
        await studio.make()
    await studio.round()
    assert await studio.states() == [LOST]
    await studio.make()
    studio.now.at += MAKING_MS
    await studio.round()
    assert await studio.states() == [GONE, READY]
    assert [*studio.vendor.voices] == ["gemelo-2"]


async def test_a_voice_whose_maker_died_is_looked_for_and_deleted(studio: Studio) -> None:
    """Nobody waits for its answer any more: it is no one's."""

    async def die() -> None:
        raise DiedError

    studio.vendor.meanwhile = die
    with pytest.raises(DiedError):
        await studio.make()
    assert await studio.states() == [MAKING]
    studio.now.at += MAKING_MS
    await studio.round()
    assert (await studio.states(), studio.vendor.voices) == ([GONE], {})


async def test_a_consent_that_is_withdrawn_takes_its_voices_along(studio: Studio) -> None:
    """At the vendor too, with the next round; from then on none is made, and the lines stay."""
    await studio.make()
    await studio.make(language=EN)
    await studio.round()
    assert len(studio.vendor.voices) == 2
    await revoke(studio.desk, MARTA, Consent, "c1", studio.now(), "she called")
    with pytest.raises(NotAllowed):
        await studio.make(language=Language("fr"))
    await studio.round()
    assert (await studio.states(), studio.vendor.voices) == ([GONE, GONE], {})
    assert [clone.id for clone in await studio.clones()] == ["id-of-gemelo-1", "id-of-gemelo-2"]
    assert (await studio.trail())[-1].why == "deleted at cartesia"


async def test_a_consent_that_ends_takes_its_voices_along(desk: Desk, now: Calendar) -> None:
    """Nobody need withdraw what was given for a time."""
    await consent(desk, MARTA, replace(CONSENT, term=Window(0, 9_000)), "")
    studio = Studio(desk, now)
    await studio.make()
    now.at = 9_000
    await studio.round()
    assert (await studio.states(), studio.vendor.voices) == ([GONE], {})


async def test_a_deletion_that_fails_is_tried_again(studio: Studio) -> None:
    """As often as it takes."""
    await studio.make()
    await revoke(studio.desk, MARTA, Consent, "c1", studio.now(), "")
    for failure in (VoiceError("down: cartesia cannot be reached"), VoiceError("refused")):
        studio.vendor.fails = [failure]
        await studio.round()
        assert await studio.states() == [READY]
    await studio.round()
    assert await studio.states() == [GONE]


async def withdrawn(studio: Studio) -> None:
    """Two voices of one consent and one of a later one, all of them to be deleted."""
    await consent(studio.desk, MARTA, replace(CONSENT, id="c2", name="trina-cold"), "")
    await studio.make()
    await studio.make(language=EN)
    await studio.cloning.make(MARTA, "c2", "other", ES, SAMPLE, "")
    for id in ("c1", "c2"):
        await revoke(studio.desk, MARTA, Consent, id, studio.now(), "")


@pytest.mark.parametrize("said", ["slow: cartesia did not answer in time", "down: cartesia is not there"])
async def test_a_vendor_that_is_silent_keeps_no_other_waiting(studio: Studio, said: str) -> None:
    """It is asked once in a round; what lies elsewhere is deleted."""
    await withdrawn(studio)
    studio.vendor.fails = [VoiceError(said), VoiceError("it was asked again")]
    await studio.round()
    assert len(studio.vendor.fails) == 1
    assert (await studio.states(), studio.other.voices) == ([READY, READY], {})


async def test_what_goes_wrong_with_one_consent_stops_no_other(
    studio: Studio, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever it is; the log says of which kind, and nothing of what it told."""
    await withdrawn(studio)
    studio.vendor.fails = [StoreError("who knows")]
    await studio.round()
    assert (await studio.states(), studio.other.voices) == ([READY, READY], {})
    assert "clones of consent c1 wait: StoreError" in caplog.text
    assert "who knows" not in caplog.text


async def test_a_vendor_whose_key_is_gone_is_waited_for(
    studio: Studio, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is taken for deleted that is not, and the log says so."""
    await studio.make()
    await revoke(studio.desk, MARTA, Consent, "c1", studio.now(), "")
    await Cloning(studio.desk, studio, Vendors({}, {}, MemoryFiles()), studio.now, str).round()
    assert await studio.states() == [READY]
    assert "stays: cartesia has no key" in caplog.text


async def test_a_consent_withdrawn_while_a_voice_is_made_has_it_deleted(studio: Studio) -> None:
    """Who asked is told; the id is written down for the next round."""
    studio.vendor.meanwhile = partial(revoke, studio.desk, MARTA, Consent, "c1", 1_000, "she called")
    with pytest.raises(NotAllowed, match="ended"):
        await studio.make()
    assert len(studio.vendor.voices) == 1
    await studio.round()
    assert (await studio.states(), studio.vendor.voices) == ([GONE], {})


async def test_a_consent_is_no_place_for_any_number_of_voices(studio: Studio) -> None:
    """Lines stay: there is an end to them."""
    studio.vendor.fails = [VoiceError("busy") for _ in range(MAX_CLONES)]
    for _ in range(MAX_CLONES):
        with pytest.raises(VoiceError):
            await studio.make()
    with pytest.raises(UsageError, match="50"):
        await studio.make()


async def test_a_new_consent_has_no_voices_yet(desk: Desk) -> None:
    """Whatever who gives it writes."""
    clone = Clone("x", "cartesia", "es", 1, "marta", HASH, READY, "of somebody else")
    given = await consent(desk, MARTA, replace(CONSENT, clones=(clone,)), "")
    assert given.clones == ()


@pytest.fixture
async def filmed(desk: Desk, now: Calendar) -> Studio:
    """Where somebody has agreed to a face of theirs."""
    await consent(desk, MARTA, FACE, "signed in the studio")
    return Studio(desk, now)


async def test_a_face_is_trained_of_the_consented_film(filmed: Studio) -> None:
    """It takes hours: rounds ask, and write down when it is ready."""
    begun = await filmed.train()
    assert (begun.state, begun.id, begun.sha256, begun.by) == (TRAINING, "id-of-gemelo-1", HASH, MARTA.id)
    await filmed.round()
    assert await filmed.states() == [TRAINING]
    filmed.now.at += MAKING_MS
    await filmed.round()
    assert await filmed.states() == [TRAINING]
    filmed.vendor.finished = True
    await filmed.round()
    assert await filmed.states() == [READY]
    assert (await filmed.trail())[-1].why == "tavus has trained it"
    with pytest.raises(Taken):
        await filmed.train()


async def test_a_training_that_failed_leaves_nothing_at_the_vendor(filmed: Studio) -> None:
    """Another film may be tried."""
    await filmed.train()
    filmed.now.at += MAKING_MS
    filmed.vendor.finished = False
    await filmed.round()
    assert (await filmed.states(), filmed.vendor.voices) == ([GONE], {})
    await filmed.train()


async def test_a_consent_withdrawn_while_a_face_is_trained_ends_that(filmed: Studio) -> None:
    """With the next round, not when it is ready."""
    await filmed.train()
    await revoke(filmed.desk, MARTA, Consent, "c1", filmed.now(), "she called")
    await filmed.round()
    assert (await filmed.states(), filmed.vendor.voices) == ([GONE], {})


async def test_a_vendor_that_does_not_say_how_far_it_is_is_asked_again(filmed: Studio) -> None:
    """Nothing is guessed."""
    await filmed.train()
    filmed.now.at += MAKING_MS
    filmed.vendor.fails = [AvatarError("down: tavus cannot be reached")]
    filmed.vendor.finished = True
    await filmed.round()
    assert await filmed.states() == [TRAINING]
    await filmed.round()
    assert await filmed.states() == [READY]


@pytest.mark.parametrize(
    ("film", "refused"),
    [
        (OTHER_FILM, NotAllowed),
        ("https://x.example/nowhere.mp4", CourierError),
        ("http://x.example/film.mp4", UsageError),
        ("https://user@x.example/film.mp4", UsageError),
        ("file:///etc/passwd", UsageError),
        ("https://[x", UsageError),
        ("", UsageError),
    ],
)
async def test_a_film_that_is_not_the_consented_one_is_not_sent(
    filmed: Studio, film: str, refused: type[Exception]
) -> None:
    """Another one, one that cannot be read, or no address of one."""
    with pytest.raises(refused):
        await filmed.train(film)
    assert (filmed.vendor.voices, await filmed.clones()) == ({}, ())


async def test_a_voice_and_a_face_need_their_own_consents(studio: Studio) -> None:
    """Who agreed to a voice has agreed to no face."""
    with pytest.raises(NotAllowed, match="no avatar"):
        await studio.train()
