"""A thousand histories of edits, approvals, publishes, windows and kills, in any order and by anybody.

The services work on a desk in memory; what they were let do is written down beside it, and after every step
what would talk is compared with that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from gemelo.admin.services import likeness, switches
from gemelo.admin.services.campaigning import Campaigning
from gemelo.admin.services.compiling import Compiler, Stack
from gemelo.admin.services.publishing import Publishing
from gemelo.admin.wiring.build import platform_layer
from gemelo.context.policy.meant import FixedLines
from gemelo.context.tenancy.campaigns import Campaign, Terms
from gemelo.context.tenancy.likeness import Licence
from gemelo.context.tenancy.people import THE_HOUSE, Party, Principal, Side
from gemelo.context.tenancy.standing import Facts, Standing, standing
from gemelo.context.tenancy.windows import Window
from gemelo.context.twins import LayerKind
from gemelo.models.errors import Closed, UsageError
from tests.admin.services.cast import (
    ADMIN,
    ALWAYS,
    BRUNO,
    EVERYBODY,
    MANU,
    MARTA,
    TALENT_LAYER,
    VERA,
    campaign_layer,
    stock,
)  # fmt: skip
from tests.admin.services.conftest import Calendar
from tests.desk import MemoryDesk
from tests.meaning import quiet_meaning

T = TypeVar("T")

PAGES = ("trina-summer", "trina-winter")
PLACES = (*PAGES, "trina-portal")
HANDS = {"kortaza": BRUNO, "velmont": VERA}
HOLD = {Side.TALENT: {"marta", "manu"}, Side.BRAND: {"bruno", "vera"}}
LAYERS = (
    TALENT_LAYER,
    TALENT_LAYER.replace("Rivalona", "Kortaza"),
    TALENT_LAYER.replace("Rivalona", "Mountain"),
)
COMPILER = Compiler(platform_layer(), FixedLines(quiet_meaning()))

people = st.sampled_from(EVERYBODY)
ids = st.sampled_from([f"c{number}" for number in range(8)])
licences = st.sampled_from(["first-trina", *(f"l{number}" for number in range(7))])
mostly_off = st.sampled_from([False, False, True])


@st.composite
def some_terms(draw: st.DrawFn) -> Terms:
    """Terms as two brands might have them."""
    category = draw(st.sampled_from(["drinks", "Drinks", "cars"]))
    brand = draw(st.sampled_from(["Kortaza", "Velmont"]))
    required = draw(st.sampled_from(["", "Fresh as a Mountain."]))
    layer = campaign_layer(brand, category=category, required=required)
    at, long = draw(st.integers(1, 60)), draw(st.integers(1, 40))
    return Terms(draw(st.sampled_from(PAGES)), category, draw(st.booleans()), Window(at, at + long), layer)


terms = some_terms()


class Histories(RuleBasedStateMachine):
    """Every rule does something that a service may refuse, and notes what it was let do."""

    seen_live = 0

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.now = Calendar(5)
        self.desk = MemoryDesk(self.now)
        self.office = Campaigning(self.desk, COMPILER, self.now)
        self.press = Publishing(self.desk, COMPILER, self.now)
        self.loop.run_until_complete(stock(self.desk))
        self.terms: dict[str, Terms] = {}
        self.brands: dict[str, str] = {}
        self.turned: dict[tuple[str, Side], tuple[str, str]] = {}
        """By campaign and side: on which terms its key was turned, and by whom."""
        self.suspended: dict[str, set[Party]] = {}
        self.ended: set[str] = set()
        self.stopped: set[Party] = set()
        self.twin_suspended: set[Party] = set()
        self.licences: dict[str, frozenset[str]] = {"first-trina": frozenset()}
        self.layer = LAYERS[0]
        self.clock_went_back = False
        self.step = (0, 0)
        self.open: dict[str, Standing] = {}

    def teardown(self) -> None:
        self.loop.close()

    def tried(self, act: Coroutine[Any, Any, T]) -> T | None:
        """What an act came to; None where it was refused."""
        try:
            return self.loop.run_until_complete(act)
        except UsageError:
            return None

    # -- campaigns ----------------------------------------------------------------------------------

    @rule(id=ids, who=people, terms=terms, brand=st.sampled_from(list(HANDS)))
    def drafts(self, id: str, who: Principal, terms: Terms, brand: str) -> None:
        if self.tried(self.office.draft(who, Campaign(id, "trina", brand, terms), "")):
            self.terms[id], self.brands[id] = terms, brand

    @rule(id=ids, terms=terms, brand=st.sampled_from(list(HANDS)))
    def opens(self, id: str, terms: Terms, brand: str) -> None:
        """The usual way, so that many histories have something live in them."""
        named = terms.layer.replace("Kortaza", brand.title()).replace("Velmont", brand.title())
        soon = Window(self.now() + 2, self.now() + 2 + terms.window.ends - terms.window.starts)
        self.drafts(id, MARTA, replace(terms, layer=named, window=soon), brand)
        self.submits(id, MARTA)
        self.approves(id, MARTA, Side.TALENT, stale=False)
        self.approves(id, HANDS[brand], Side.BRAND, stale=False)
        self.waits(2)

    @rule(id=ids, who=people, terms=terms)
    def edits(self, id: str, who: Principal, terms: Terms) -> None:
        kept = self.tried(self.office.look(THE_HOUSE, id))
        if kept and self.tried(self.office.edit(who, id, terms, kept.revision, "")):
            if terms != self.terms[id]:
                self.turned = {key: turned for key, turned in self.turned.items() if key[0] != id}
            self.terms[id] = terms

    @rule(id=ids)
    def edits_there_and_back(self, id: str) -> None:
        if before := self.terms.get(id):
            self.edits(id, MARTA, replace(before, exclusive=not before.exclusive))
            self.edits(id, MARTA, before)
            self.submits(id, MARTA)

    @rule(id=ids, who=people)
    def submits(self, id: str, who: Principal) -> None:
        self.tried(self.office.submit(who, id, ""))

    @rule(id=ids, who=people, side=st.sampled_from(Side), stale=st.booleans())
    def approves(self, id: str, who: Principal, side: Side, stale: bool) -> None:
        read = "0" * 32 if stale or id not in self.terms else self.terms[id].hash
        if self.tried(self.office.approve(who, id, side, read, "")):
            assert who.id in HOLD[side], "a key was turned by a hand that does not hold it"
            self.turned.setdefault((id, side), (read, who.id))

    @rule(id=ids, who=people, side=st.sampled_from(Side))
    def withdraws(self, id: str, who: Principal, side: Side) -> None:
        if self.tried(self.office.withdraw(who, id, side, "")):
            assert who.id in HOLD[side]
            self.turned.pop((id, side), None)

    @rule(id=ids, who=people, on=mostly_off)
    def suspends(self, id: str, who: Principal, on: bool) -> None:
        act = self.office.suspend if on else self.office.resume
        if self.tried(act(who, id, "")):
            parties = who.speaks_for(talent="trina", brand=self.brands[id])
            assert parties
            known = self.suspended.get(id, set())
            self.suspended[id] = known | parties if on else known - parties

    @rule(id=ids, who=people)
    def ends(self, id: str, who: Principal) -> None:
        before = self.tried(self.office.look(THE_HOUSE, id))
        if self.tried(self.office.end(who, id, "")) and before and not before.campaign.is_over(self.now()):
            self.ended.add(id)

    # -- the talent ---------------------------------------------------------------------------------

    @rule(who=people, layer=st.sampled_from(LAYERS), behind=st.integers(0, 1))
    def publishes(self, who: Principal, layer: str, behind: int) -> None:
        newest = self.loop.run_until_complete(self.press.newest(THE_HOUSE, "trina", None, LayerKind.TALENT))
        base = newest.version - behind
        if self.tried(self.press.publish(who, "trina", None, LayerKind.TALENT, layer, base, "why")):
            assert who in (ADMIN, MARTA, MANU)
            assert not behind, "who had not seen the newest version published"
            self.layer = layer

    @rule(who=people, on=mostly_off)
    def stops(self, who: Principal, on: bool) -> None:
        act = switches.stop if on else switches.start
        if self.tried(act(self.desk, who, "trina", "")):
            parties = who.speaks_for(talent="trina")
            assert parties
            self.stopped = self.stopped | parties if on else self.stopped - parties

    @rule(who=people, on=mostly_off)
    def suspends_the_twin(self, who: Principal, on: bool) -> None:
        act = switches.suspend if on else switches.resume
        if self.tried(act(self.desk, who, "trina", "")):
            parties = who.speaks_for(talent="trina")
            assert parties
            self.twin_suspended = self.twin_suspended | parties if on else self.twin_suspended - parties

    @rule(who=people, id=licences, brand=st.sampled_from(["", "kortaza"]))
    def licenses(self, who: Principal, id: str, brand: str) -> None:
        brands = frozenset({brand} - {""})
        if self.tried(likeness.license(self.desk, who, Licence(id, "trina", ALWAYS, brands), "")):
            self.licences[id] = brands

    @rule(who=people, id=licences)
    def revokes(self, who: Principal, id: str) -> None:
        if self.tried(likeness.revoke(self.desk, who, Licence, id, self.now(), "")):
            self.licences.pop(id, None)

    # -- time ---------------------------------------------------------------------------------------

    @rule(ms=st.integers(1, 15))
    def waits(self, ms: int) -> None:
        self.now.at += ms

    @rule(at=st.integers(5, 90))
    def the_clock_jumps(self, at: int) -> None:
        self.clock_went_back = self.clock_went_back or at < self.now.at
        self.now.at = at

    # -- what must hold -----------------------------------------------------------------------------

    def facts(self, key: str) -> Facts:
        return self.loop.run_until_complete(self.desk.read(THE_HOUSE, lambda books: books.facts(key)))

    def standings(self) -> dict[str, Standing]:
        """What talks now, by place; looked up once a step."""
        if (step := (len(self.desk.shelves.audit), self.now())) != self.step:
            self.step, self.open = step, self._standings()
        return self.open

    def _standings(self) -> dict[str, Standing]:
        open: dict[str, Standing] = {}
        for key in PLACES:
            facts = self.loop.run_until_complete(
                self.desk.read(THE_HOUSE, lambda books, key=key: books.facts(key))
            )
            try:
                open[key] = standing(facts, self.now())
            except Closed:
                continue
        return open

    @invariant()
    def nothing_talks_after_a_stop(self) -> None:
        if self.stopped or self.twin_suspended:
            assert not self.standings()

    @invariant()
    def what_talks_is_licensed(self) -> None:
        for stands in self.standings().values():
            brand = stands.campaign.brand if stands.campaign else ""
            assert any(not brand or not brands or brand in brands for brands in self.licences.values())

    @invariant()
    def a_campaign_is_live_only_with_both_keys_in_its_window(self) -> None:
        for key, stands in self.standings().items():
            if (live := stands.campaign) is None:
                assert key not in PAGES
                continue
            Histories.seen_live += 1
            now = self.terms[live.id]
            turned = [self.turned.get((live.id, side), ("", "")) for side in Side]
            assert [read for read, _ in turned] == [now.hash, now.hash], "a key on other terms, or none"
            assert turned[0][1] != turned[1][1], "one hand turned both keys"
            assert now.window.starts <= self.now() < now.window.ends
            assert now.deployment == key
            assert live.id not in self.ended
            assert not self.suspended.get(live.id)
            assert stands.layers[-1].yaml == now.layer

    @invariant()
    def no_exclusive_campaign_is_live_beside_another_brand_of_its_category(self) -> None:
        live = [one.campaign for one in self.standings().values() if one.campaign]
        for first in live:
            for second in live:
                if first.brand != second.brand and first.terms.exclusive:
                    assert first.terms.category.casefold() != second.terms.category.casefold()

    @invariant()
    def the_newest_layer_rules_and_goes_with_the_rest(self) -> None:
        for key, stands in self.standings().items():
            assert stands.layers[0].yaml == self.layer
            if not self.clock_went_back:
                facts = self.loop.run_until_complete(
                    self.desk.read(THE_HOUSE, lambda books, key=key: books.facts(key))
                )
                self.loop.run_until_complete(COMPILER.compile(Stack(facts, stands.layers, stands.campaign)))

    @invariant()
    def every_change_is_written_down(self) -> None:
        numbers = [entry.id for entry in self.desk.shelves.audit]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(self.desk.shelves.layers) - 2 == sum(
            entry.kind == "layer" and entry.who != "" for entry in self.desk.shelves.audit
        )


THOUSAND = settings(max_examples=1000, stateful_step_count=30, deadline=None)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_thousand_histories() -> None:
    """Whatever happens in whatever order, nothing talks that may not."""
    Histories.seen_live = 0
    run_state_machine_as_test(Histories, settings=THOUSAND)
    assert Histories.seen_live > 2000, "hardly anything was ever live: these histories prove nothing"
