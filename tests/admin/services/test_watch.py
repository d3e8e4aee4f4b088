"""Live sessions follow what people set, whatever happens to hints, clocks and the store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest

from gemelo.admin.services.desk import Books
from gemelo.admin.services.house import Place
from gemelo.admin.services.state import resumed
from gemelo.admin.services.watch import COMPARE_S, SETTLE_S, TICK_S, Guest, Settling, Watch
from gemelo.context.policy.layers import Layer, parse_layer
from gemelo.context.state.memory import MemoryState
from gemelo.context.tenancy.campaigns import Campaign, Terms, approve, end, submit, suspend
from gemelo.context.tenancy.likeness import Licence
from gemelo.context.tenancy.people import THE_HOUSE, Party, Side
from gemelo.context.tenancy.standing import Facts, standing
from gemelo.context.tenancy.windows import ANY_TIME, Window
from gemelo.context.twins import (
    Brand,
    Changes,
    Deployment,
    DeploymentStatus,
    DeploymentType,
    LayerKind,
    LayerText,
    Talent,
    Twin,
    TwinState,
)
from gemelo.engine.stage import Stage
from gemelo.models.errors import BadLayer, StoreError, UnknownDeployment
from tests.desk import MemoryDesk
from tests.fakes import World
from tests.virtual import virtually

NOW = 1_800_000_000_000
KEY = "portal"
OWN = parse_layer("layer: session\nname: mine\n", "session.json")


def facts(key: str = KEY, talent: str = "leo", type: DeploymentType = DeploymentType.PORTAL) -> Facts:
    return Facts(
        Deployment(key, f"{talent}-twin", type, DeploymentStatus.ACTIVE),
        Twin(f"{talent}-twin", talent, "Leo", TwinState.LIVE),
        Talent(talent, "Leo"),
        licences=(Licence("all", talent, ANY_TIME),),
    )


def live(window: Window, key: str = KEY) -> Campaign:
    campaign = submit(Campaign("c", "leo", "sol", Terms(key, "tea", False, window, "layer: campaign")), 0)
    for side in Side:
        campaign = approve(campaign, side, side.value, campaign.terms.hash, 0, ())
    return campaign


@dataclass
class Town:
    """A house and its audit log in memory; a stage's policy tells of what it was made."""

    kept: dict[str, Facts]
    now: Callable[[], int]
    number: int = 0
    told: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    broken: set[str] = field(default_factory=set[str])
    blind: bool = False
    opened: int = 0
    open_s: float = 0
    stages: dict[str, tuple[object, Stage]] = field(default_factory=dict[str, tuple[object, Stage]])

    def set(self, facts: Facts) -> None:
        """Somebody changes something; it is in the log."""
        self.kept[facts.deployment.key] = facts
        self.number += 1
        self.told.append((self.number, facts.talent.id))

    async def place(self, key: str) -> Place:
        self.opened += 1
        await asyncio.sleep(self.open_s)
        if self.blind:
            raise StoreError("the store refused")
        if key in self.broken:
            raise BadLayer("it does not compile")
        if key not in self.kept:
            raise UnknownDeployment("there is none")
        return await self.known(self.kept[key])

    async def known(self, facts: Facts) -> Place:
        key, now = facts.deployment.key, self.now()
        stands = standing(facts, now)
        if key not in self.stages or self.stages[key][0] != stands:
            stage = World().stage()
            context = replace(stage.context, prefix=f"{key} {len(self.stages)} {stands}")
            self.stages[key] = (stands, replace(stage, context=context))
        return Place(facts, now, self.stages[key][1], (), stands.campaign)

    async def tailored(self, place: Place, layer: Layer) -> Place:
        if "no tailoring" in self.broken:
            raise BadLayer("it loosens another")
        context = replace(place.stage.context, prefix=f"{place.stage.context.prefix} and mine")
        return replace(place, stage=replace(place.stage, context=context))

    async def changes(self, since: int) -> Changes:
        if self.blind:
            raise StoreError("the store refused")
        return Changes(self.number, frozenset(talent for number, talent in self.told if number > since))


@dataclass
class Session:
    """A session that notes what becomes of it, and when (s)."""

    stages: list[Stage] = field(default_factory=list[Stage])
    ends: list[tuple[str, bool]] = field(default_factory=list[tuple[str, bool]])
    at: list[float] = field(default_factory=list[float])
    faulty: bool = False

    def restage(self, stage: Stage) -> None:
        if self.faulty:
            raise RuntimeError("a bug")
        self.stages.append(stage)
        self.at.append(asyncio.get_running_loop().time())

    async def finish(self, reason: str, *, cut: bool) -> None:
        self.ends.append((reason, cut))
        self.at.append(asyncio.get_running_loop().time())


@dataclass
class Scene:
    """A watch over one town; `clock_off` moves the calendar's clock (ms)."""

    clock_off: int = 0
    town: Town = field(init=False)
    shared: MemoryState = field(init=False)
    watch: Watch = field(init=False)
    stack: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        self.town = Town({KEY: facts()}, self.wall)
        self.shared = MemoryState(asyncio.get_running_loop().time)
        self.watch = Watch(self.town, self.town, self.shared, self.wall)

    def wall(self) -> int:
        return NOW + round(asyncio.get_running_loop().time() * 1000) + self.clock_off

    async def guest(self, key: str = KEY, **brought: object) -> Session:
        """Somebody begins to talk."""
        session, since = Session(), self.watch.changes
        guest = replace(Guest(session, await self.town.place(key)), **brought)  # pyright: ignore[reportArgumentType]
        self.stack.enter_context(self.watch.following(guest, since))
        return session

    async def hint(self, talent: str = "leo") -> None:
        await self.shared.tell(frozenset({talent}))
        await asyncio.sleep(0.001)


def scene(play: Callable[[Scene], Awaitable[None]]) -> None:
    async def main() -> None:
        async with watched() as played:
            await play(played)

    virtually(main())


@asynccontextmanager
async def watched() -> AsyncGenerator[Scene]:
    played = Scene()
    watching = asyncio.create_task(played.watch.run())
    await asyncio.sleep(0.001)
    yield played
    played.stack.close()
    watching.cancel()
    await asyncio.wait([watching])
    assert watching.cancelled()


def publish(town: Town, yaml: str = "focus: [tea]", key: str = KEY) -> None:
    before = town.kept[key]
    layer = LayerText(before.twin.id, key, LayerKind.DEPLOYMENT, len(before.layers) + 1, yaml)
    town.set(replace(before, layers=(layer,)))


def test_a_hint_reaches_every_session_of_the_talent_and_no_other() -> None:
    """Both sessions of the place run under the new stage at once; another talent's goes on undisturbed."""

    async def play(s: Scene) -> None:
        s.town.kept["other"] = facts("other", "mia")
        first, second, stranger = await s.guest(), await s.guest(), await s.guest("other")
        publish(s.town)
        opened = s.town.opened
        await s.hint()
        [stage] = first.stages
        assert second.stages == [stage]
        assert stage is (await s.town.place(KEY)).stage
        assert not stranger.stages
        assert s.town.opened == opened + 2  # once for all of the place, and once by this test

    scene(play)


def test_a_hint_of_what_changes_nothing_here_disturbs_nobody() -> None:
    """A session is restaged only where its own place has other rules."""

    async def play(s: Scene) -> None:
        session = await s.guest()
        await s.hint()
        await asyncio.sleep(3 * COMPARE_S)
        assert not session.at

    scene(play)


def test_a_lost_hint_costs_one_comparison() -> None:
    """Without any hint the change is found by the log's number, within five seconds."""

    async def play(s: Scene) -> None:
        session = await s.guest()
        await asyncio.sleep(1)
        publish(s.town)
        changed = asyncio.get_running_loop().time()
        await asyncio.sleep(2 * COMPARE_S)
        [at] = session.at
        assert at - changed <= COMPARE_S

    scene(play)


def test_who_was_cut_off_compares_at_once() -> None:
    """When hints come again nobody waits for the next comparison."""

    async def play(s: Scene) -> None:
        session = await s.guest()
        await asyncio.sleep(COMPARE_S + 0.1)
        publish(s.town)
        s.shared._told.tell(None)  # pyright: ignore[reportPrivateUsage]
        await asyncio.sleep(0.001)
        assert len(session.stages) == 1

    scene(play)


def test_a_campaign_begins_and_ends_with_its_window() -> None:
    """A portal's session goes under the campaign and back, each within a tick of the minute."""

    async def play(s: Scene) -> None:
        window = Window(NOW + 60_000, NOW + 120_000)
        s.town.kept[KEY] = replace(facts(), campaigns=(live(window),))
        session = await s.guest()
        await asyncio.sleep(180)
        begun, ended = session.at
        assert 60 <= begun <= 60 + TICK_S
        assert 120 <= ended <= 120 + TICK_S
        assert not session.ends

    scene(play)


def test_a_page_closes_politely_when_its_campaign_is_over() -> None:
    """The reply under way may end: the time is over, nobody has stopped it. It is said once."""

    async def play(s: Scene) -> None:
        window = Window(NOW - 1, NOW + 60_000)
        s.town.kept[KEY] = replace(facts(type=DeploymentType.CAMPAIGN), campaigns=(live(window),))
        session = await s.guest()
        await asyncio.sleep(90)
        assert session.ends == [("no_live_campaign", False)]
        assert 60 <= session.at[0] <= 60 + TICK_S

    scene(play)


@pytest.mark.parametrize("jump_s", [-3600, 59, 61, 3600])
def test_a_clock_that_jumps_is_believed(jump_s: int) -> None:
    """What holds is what the calendar says now, within a tick of the jump."""

    async def play(s: Scene) -> None:
        window = Window(NOW - 600_000, NOW + 60_000)
        s.town.kept[KEY] = replace(facts(), campaigns=(live(window),))
        session = await s.guest()
        assert (await s.town.place(KEY)).campaign
        await asyncio.sleep(0.1)
        s.clock_off = jump_s * 1000
        await asyncio.sleep(2 * TICK_S)
        over = not window.holds(s.wall())
        assert len(session.stages) == over
        assert bool((await s.town.place(KEY)).campaign) is not over

    scene(play)


def stopped(found: Facts) -> Facts:
    return replace(found, talent=replace(found.talent, stopped=frozenset({Party.TALENT})))


def unlicensed(found: Facts) -> Facts:
    return replace(found, licences=(replace(found.licences[0], revoked=NOW),))


def in_review(found: Facts) -> Facts:
    return replace(found, twin=replace(found.twin, state=TwinState.SUSPENDED))


def inactive(found: Facts) -> Facts:
    return replace(found, deployment=replace(found.deployment, status=DeploymentStatus.INACTIVE))


def off_schedule(found: Facts) -> Facts:
    over = Window(NOW - 2, NOW - 1)
    place = replace(found.deployment, status=DeploymentStatus.SCHEDULED, schedule=over)
    return replace(found, deployment=place)


def halted(found: Facts) -> Facts:
    return replace(found, campaigns=(suspend(found.campaigns[0], Party.BRAND),))


def ended(found: Facts) -> Facts:
    return replace(found, campaigns=(end(found.campaigns[0], NOW),))


@pytest.mark.parametrize(
    ("change", "reason", "cut"),
    [
        (stopped, "talent_stopped", True),
        (in_review, "twin_not_live", True),
        (unlicensed, "not_licensed", True),
        (halted, "no_live_campaign", True),
        (ended, "no_live_campaign", False),
        (inactive, "deployment_inactive", False),
        (off_schedule, "outside_schedule", False),
    ],
)
def test_what_somebody_stops_is_cut_and_what_is_over_may_end(
    change: Callable[[Facts], Facts], reason: str, cut: bool
) -> None:
    """Every session of the place ends, with the reason it has."""

    async def play(s: Scene) -> None:
        page = replace(facts(type=DeploymentType.CAMPAIGN), campaigns=(live(ANY_TIME),))
        s.town.kept[KEY] = page
        sessions = [await s.guest() for _ in range(3)]
        s.town.set(change(page))
        await s.hint()
        assert [session.ends for session in sessions] == [[(reason, cut)]] * 3

    scene(play)


def test_a_place_that_is_gone_ends_its_sessions() -> None:
    """Who talks at a deployment that was deleted is told that it is over."""

    async def play(s: Scene) -> None:
        session = await s.guest()
        del s.town.kept[KEY]
        await s.hint()
        assert session.ends == [("deployment_inactive", False)]

    scene(play)


def test_a_territory_that_is_licensed_no_more_loses_its_fans_only() -> None:
    """The fans elsewhere talk on."""

    async def play(s: Scene) -> None:
        spain, france = await s.guest(territory="ES"), await s.guest(territory="FR")
        narrow = replace(facts().licences[0], territories=frozenset({"ES"}))
        s.town.set(replace(s.town.kept[KEY], licences=(narrow,)))
        await s.hint()
        assert (spain.ends, france.ends) == ([], [("not_licensed", True)])

    scene(play)


def test_a_session_with_rules_of_its_own_keeps_them() -> None:
    """It goes under the new rules and its own layer; a layer that does not go with them is left aside."""

    async def play(s: Scene) -> None:
        session, plain = await s.guest(layer=OWN), await s.guest()
        publish(s.town)
        await s.hint()
        assert session.stages[0].context.prefix == f"{plain.stages[0].context.prefix} and mine"
        s.town.broken.add("no tailoring")
        publish(s.town, "focus: [milk]")
        await s.hint()
        assert session.stages[1] is plain.stages[1]

    scene(play)


def test_a_fault_in_one_place_or_session_disturbs_no_other() -> None:
    """Rules that do not compile leave their sessions as they are until they do; a bug is logged."""

    async def play(s: Scene) -> None:
        s.town.kept["other"] = facts("other")
        broken, faulty, other = await s.guest(), await s.guest("other"), await s.guest("other")
        faulty.faulty = True
        s.town.broken.add(KEY)
        publish(s.town)
        publish(s.town, key="other")
        await s.hint()
        assert (len(broken.stages), len(other.stages)) == (0, 1)
        s.town.broken.clear()
        await asyncio.sleep(2 * COMPARE_S)
        assert (len(broken.stages), len(other.stages)) == (1, 1)

    scene(play)


def test_without_the_store_sessions_go_on_and_catch_up() -> None:
    """Nobody is ended or restaged while it cannot be read; what changed meanwhile holds within 5 s after."""

    async def play(s: Scene) -> None:
        session = await s.guest()
        s.town.blind = True
        await s.hint()
        publish(s.town)
        await s.hint()
        await asyncio.sleep(30)
        assert not session.at
        s.town.blind = False
        await asyncio.sleep(COMPARE_S + 0.1)
        assert len(session.stages) == 1

    scene(play)


def test_a_page_closes_with_its_campaign_though_the_store_is_gone() -> None:
    """What is known of it is enough to tell; nobody is ended before, nor where nothing is over."""

    async def play(s: Scene) -> None:
        window = Window(NOW - 1, NOW + 60_000)
        s.town.kept["page"] = replace(
            facts("page", type=DeploymentType.CAMPAIGN), campaigns=(live(window, "page"),)
        )
        page, portal = await s.guest("page"), await s.guest()
        s.town.blind = True
        publish(s.town)
        await s.shared.tell(frozenset({"leo"}))
        await asyncio.sleep(90)
        assert page.ends == [("no_live_campaign", False)]
        assert 60 <= page.at[0] <= 60 + TICK_S
        assert not portal.ends

    scene(play)


def test_a_sponsor_goes_with_its_window_though_the_store_is_gone() -> None:
    """What is known ends it on its minute; the next one begins when the store says that it still may."""

    async def play(s: Scene) -> None:
        first = live(Window(NOW - 1, NOW + 60_000))
        second = replace(live(Window(NOW + 60_000, NOW + 600_000)), id="next")
        s.town.kept[KEY] = replace(facts(), campaigns=(first, second))
        session = await s.guest()
        s.town.blind = True
        await asyncio.sleep(90)
        assert "campaign=None" in session.stages[0].context.prefix
        assert 60 <= session.at[0] <= 60 + TICK_S
        assert len(session.stages) == 1
        s.town.blind = False
        await asyncio.sleep(COMPARE_S)
        assert "id='next'" in session.stages[1].context.prefix
        assert not session.ends

    scene(play)


def test_a_page_is_not_handed_to_the_next_brand_while_the_store_is_gone() -> None:
    """Its campaign is over, and nobody knows whether the next one still holds both keys."""

    async def play(s: Scene) -> None:
        first = live(Window(NOW - 1, NOW + 60_000))
        second = replace(live(Window(NOW + 60_000, NOW + 600_000)), id="next")
        s.town.kept[KEY] = replace(facts(type=DeploymentType.CAMPAIGN), campaigns=(first, second))
        session = await s.guest()
        s.town.blind = True
        await asyncio.sleep(90)
        assert session.ends == [("no_live_campaign", False)]

    scene(play)


def test_who_writes_is_answered_when_the_sessions_here_have_taken_it_up() -> None:
    """Without any hint; what takes long to open keeps nobody waiting, and is taken up all the same."""

    async def play(s: Scene) -> None:
        session, desk = await s.guest(), MemoryDesk()
        settling = Settling(desk, s.watch)

        async def work(books: Books) -> None:
            await books.add(Brand(f"brand-{len(s.town.told)}", "Sol"))
            publish(s.town, f"focus: [tea {len(s.town.told)}]")

        s.town.open_s = SETTLE_S / 2
        await settling.write(THE_HOUSE, "", work)
        assert len(session.stages) == 1
        s.town.open_s = 3
        before = asyncio.get_running_loop().time()
        await settling.write(THE_HOUSE, "", work)
        assert asyncio.get_running_loop().time() - before <= 2 * SETTLE_S
        assert len(session.stages) == 1
        await asyncio.sleep(4)
        assert len(session.stages) == 2
        assert len(await settling.read(THE_HOUSE, lambda books: books.all(Brand))) == 2

    scene(play)


def test_a_change_while_a_session_is_being_opened_is_not_missed() -> None:
    """Who read the old rules just before a change, and sat down just after, gets the new ones."""

    async def play(s: Scene) -> None:
        since, place, session = s.watch.changes, await s.town.place(KEY), Session()
        publish(s.town)
        await s.hint()
        with s.watch.following(Guest(session, place), since):
            await asyncio.sleep(0.001)
            assert len(session.stages) == 1

    scene(play)


def test_who_has_left_is_followed_no_more() -> None:
    """Nothing is opened for a place where nobody is."""

    async def play(s: Scene) -> None:
        session = await s.guest()
        s.stack.close()
        publish(s.town)
        opened = s.town.opened
        await s.hint()
        await asyncio.sleep(2 * COMPARE_S)
        assert not session.at
        assert s.town.opened == opened

    scene(play)


def test_a_log_that_begins_anew_is_another_database() -> None:
    """A number that went back, after a restore say, has every place looked at."""

    async def play(s: Scene) -> None:
        s.town.number = 40
        session = await s.guest()
        await asyncio.sleep(COMPARE_S + 0.1)
        publish(s.town)
        s.town.number = 3
        s.town.told.clear()
        await asyncio.sleep(COMPARE_S + 0.1)
        assert len(session.stages) == 1

    scene(play)


def test_a_session_that_goes_on_elsewhere_leaves_its_socket() -> None:
    """The older entry is told to leave, the newest one and other sessions are not, and no place is opened."""

    async def play(s: Scene) -> None:
        place = await s.town.place(KEY)
        opened = s.town.opened
        older, newest, other = (
            Guest(Session(), place, session=session, entry=entry)
            for session, entry in (("one", "a"), ("one", "b"), ("two", "c"))
        )
        for guest in (older, newest, other):
            s.stack.enter_context(s.watch.following(guest, s.watch.changes))
        await s.shared.tell(resumed("one", "b"))
        await asyncio.sleep(0.001)
        assert [guest.moved.is_set() for guest in (older, newest, other)] == [True, False, False]
        assert s.town.opened == opened

    scene(play)
