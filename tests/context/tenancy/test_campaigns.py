"""A brand's campaign and its two keys."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from gemelo.context.tenancy.campaigns import (
    Campaign,
    State,
    Terms,
    approve,
    clashes,
    edit,
    end,
    resume,
    submit,
    suspend,
    withdraw,
)
from gemelo.context.tenancy.people import Party, Side
from gemelo.context.tenancy.windows import Window
from gemelo.models.errors import BadWindow, Clashes, NotAllowed, Stale, UsageError

TERMS = Terms("summer", "drinks", exclusive=False, window=Window(100, 200), layer="layer: campaign")
DRAFT = Campaign("c1", "trina", "kortaza", TERMS)
RIVAL = Campaign("c2", "trina", "velmont", replace(TERMS, deployment="beach", exclusive=True))


def approved(campaign: Campaign, now: int = 50) -> Campaign:
    """With both keys, turned by two people."""
    campaign = submit(campaign, now)
    for side in Side:
        campaign = approve(campaign, side, f"of {side}", campaign.terms.hash, now, ())
    return campaign


def test_it_takes_both_keys_and_its_window_to_be_live() -> None:
    """The states follow one another as the picture says."""
    campaign = submit(DRAFT, 50)
    assert (DRAFT.state(50), campaign.state(50)) == (State.DRAFT, State.SUBMITTED)
    campaign = approve(campaign, Side.BRAND, "bruno", TERMS.hash, 50, ())
    assert campaign.state(150) == State.APPROVED_BY_BRAND
    campaign = approve(campaign, Side.TALENT, "marta", TERMS.hash, 50, ())
    assert [campaign.state(now) for now in (50, 99, 100, 199, 200)] == [
        State.APPROVED,
        State.APPROVED,
        State.LIVE,
        State.LIVE,
        State.ENDED,
    ]


@pytest.mark.parametrize(
    "changed",
    [
        replace(TERMS, layer="layer: campaign\nname: another"),
        replace(TERMS, window=Window(100, 201)),
        replace(TERMS, window=Window(100, 200, "Europe/Madrid")),
        replace(TERMS, exclusive=True),
        replace(TERMS, category="food"),
        replace(TERMS, deployment="winter"),
    ],
)
def test_any_edit_voids_both_keys(changed: Terms) -> None:
    """Also of a live campaign, which stops."""
    assert edit(approved(DRAFT), changed, 150).state(150) == State.DRAFT
    assert changed.hash != TERMS.hash


def test_keys_stay_void_when_the_terms_come_back() -> None:
    """Who approved them then has not approved what was there in between."""
    other = edit(approved(DRAFT), replace(TERMS, exclusive=True), 50)
    assert submit(edit(other, TERMS, 50), 50).keys == frozenset()


def test_the_same_terms_are_no_edit() -> None:
    """The keys stay."""
    assert edit(approved(DRAFT), replace(TERMS), 150).state(150) == State.LIVE


def test_a_key_for_other_terms_is_stale() -> None:
    """Whoever read an older version must read again."""
    campaign = submit(edit(submit(DRAFT, 50), replace(TERMS, exclusive=True), 50), 50)
    with pytest.raises(Stale):
        approve(campaign, Side.TALENT, "marta", TERMS.hash, 50, ())


def test_no_hand_turns_both_keys() -> None:
    """However many roles its person holds."""
    campaign = approve(submit(DRAFT, 50), Side.TALENT, "marta", TERMS.hash, 50, ())
    with pytest.raises(NotAllowed, match="other side"):
        approve(campaign, Side.BRAND, "marta", TERMS.hash, 50, ())


def test_a_draft_cannot_be_approved() -> None:
    """It is submitted first."""
    with pytest.raises(NotAllowed, match="submit"):
        approve(DRAFT, Side.TALENT, "marta", TERMS.hash, 50, ())


def test_a_key_that_is_taken_back_stops_a_live_campaign() -> None:
    """The other side's stays."""
    assert withdraw(approved(DRAFT), Side.TALENT).state(150) == State.APPROVED_BY_BRAND


def test_a_key_is_turned_once() -> None:
    """Twice is the same as once."""
    campaign = approve(submit(DRAFT, 50), Side.TALENT, "marta", TERMS.hash, 50, ())
    assert approve(campaign, Side.TALENT, "maria", TERMS.hash, 60, ()) == campaign


def test_what_is_over_is_over() -> None:
    """It can be neither edited, submitted nor approved, and the time of its end stays."""
    ended = end(approved(DRAFT), 150)
    assert (ended.state(150), ended.state(0)) == (State.ENDED, State.ENDED)
    assert end(ended, 160) == ended
    with pytest.raises(NotAllowed, match="over"):
        edit(ended, TERMS, 160)
    with pytest.raises(NotAllowed, match="over"):
        approve(ended, Side.TALENT, "marta", TERMS.hash, 160, ())
    with pytest.raises(NotAllowed, match="over"):
        submit(ended, 160)
    with pytest.raises(BadWindow):
        submit(DRAFT, 200)


def test_a_suspended_campaign_comes_back_as_it_was() -> None:
    """Its keys stay turned."""
    campaign = suspend(approved(DRAFT), Party.BRAND)
    assert campaign.state(150) == State.SUSPENDED
    assert resume(campaign, [Party.BRAND]).state(150) == State.LIVE


def test_a_party_resumes_only_what_it_suspended() -> None:
    """What the talent stopped stays so, whatever the brand does."""
    campaign = suspend(suspend(approved(DRAFT), Party.TALENT), Party.BRAND)
    left = resume(campaign, [Party.BRAND])
    assert left.state(150) == State.SUSPENDED
    with pytest.raises(NotAllowed, match="only the talent"):
        resume(left, [Party.BRAND, Party.PLATFORM])
    assert resume(left, [Party.TALENT]) == approved(DRAFT)
    assert resume(approved(DRAFT), [Party.BRAND]) == approved(DRAFT)


def test_an_exclusive_campaign_keeps_its_category_to_itself() -> None:
    """Whichever of the two is the exclusive one; every one in the way is named."""
    others = [approved(RIVAL), approved(replace(RIVAL, id="c3"))]
    with pytest.raises(Clashes, match=r"c2.*c3"):
        approve(submit(DRAFT, 50), Side.BRAND, "bruno", TERMS.hash, 50, clashes(DRAFT, others))
    assert clashes(RIVAL, [approved(DRAFT)])


@pytest.mark.parametrize(
    "other",
    [
        replace(approved(RIVAL), terms=replace(RIVAL.terms, category="cars")),
        replace(approved(RIVAL), talent="other"),
        replace(approved(RIVAL), brand="kortaza"),
        submit(RIVAL, 50),
        end(approved(RIVAL), 60),
        approved(replace(RIVAL, terms=replace(RIVAL.terms, window=Window(200, 300)))),
        approved(replace(RIVAL, terms=replace(RIVAL.terms, exclusive=False))),
    ],
    ids="category talent same_brand no_keys ended another_time not_exclusive".split(),
)
def test_what_is_not_in_the_way_does_not_clash(other: Campaign) -> None:
    """Campaigns that are not exclusive run at once."""
    assert not clashes(DRAFT, [other])


@pytest.mark.parametrize("brand", ["kortaza", "velmont"])
def test_a_page_carries_one_campaign_at_a_time(brand: str) -> None:
    """Also where both are of one brand and none is exclusive."""
    other = replace(DRAFT, id="c2", brand=brand, terms=replace(TERMS, category="cars"))
    with pytest.raises(Clashes, match="c2 has this page"):
        approve(submit(DRAFT, 50), Side.BRAND, "bruno", TERMS.hash, 50, clashes(DRAFT, [approved(other)]))
    later = replace(other, terms=replace(other.terms, window=Window(200, 300)))
    assert not clashes(DRAFT, [approved(later)])


def test_a_refusal_names_everything_at_once() -> None:
    """Other campaigns, and what is wrong with the layer."""
    with pytest.raises(Clashes) as refused:
        approve(
            submit(DRAFT, 50),
            Side.BRAND,
            "bruno",
            TERMS.hash,
            50,
            (*clashes(DRAFT, [approved(RIVAL)]), "a", "b"),
        )
    assert refused.value.found[1:] == ("a", "b")
    assert "c2" in refused.value.found[0]


def test_a_window_that_is_over_is_still_kept_clear() -> None:
    """A clock that goes back would open both."""
    exclusive = approved(RIVAL)
    later = submit(replace(DRAFT, terms=replace(TERMS, window=Window(150, 400))), 250)
    with pytest.raises(Clashes):
        approve(later, Side.BRAND, "bruno", later.terms.hash, 250, clashes(later, [exclusive]))


def test_a_suspended_campaign_keeps_its_place() -> None:
    """Or two exclusive ones would be live when it is resumed."""
    assert clashes(DRAFT, [suspend(approved(RIVAL), Party.TALENT)])


class Histories(RuleBasedStateMachine):
    """Three brands, a few people, a clock that only goes on: anything in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0
        self.read: set[str] = set()
        self.turned: set[tuple[str, str, Side]] = set()
        self.campaigns = {
            f"c{number}": Campaign(
                f"c{number}", "trina", f"brand {number % 3}", replace(TERMS, window=Window(10, 40))
            )
            for number in range(5)
        }

    ids = st.sampled_from([f"c{number}" for number in range(5)])
    sides = st.sampled_from(Side)

    def _set(self, id: str, changed: Campaign) -> None:
        self.campaigns[id] = changed

    @rule(
        id=ids,
        category=st.sampled_from(["drinks", "Drinks", "cars"]),
        exclusive=st.booleans(),
        at=st.integers(0, 60),
        page=st.sampled_from(["summer", "winter", "beach"]),
    )
    def edits(self, id: str, category: str, exclusive: bool, at: int, page: str) -> None:
        terms = Terms(page, category, exclusive, Window(at, at + 20), "")
        try:
            self._set(id, edit(self.campaigns[id], terms, self.now))
        except UsageError:
            return
        if self.campaigns[id].terms == terms and not self.campaigns[id].submitted:
            self.turned = {turned for turned in self.turned if turned[0] != id}

    @rule(id=ids)
    def submits(self, id: str) -> None:
        try:
            self._set(id, submit(self.campaigns[id], self.now))
        except UsageError:
            return

    @rule(id=ids, side=sides, by=st.sampled_from(["ana", "bruno", "marta"]), stale=st.booleans())
    def approves(self, id: str, side: Side, by: str, stale: bool) -> None:
        campaign = self.campaigns[id]
        read = "another" if stale else campaign.terms.hash
        try:
            obstacles = clashes(campaign, self.campaigns.values())
            self._set(id, approve(campaign, side, by, read, self.now, obstacles))
        except UsageError:
            return
        self.turned.add((id, campaign.terms.hash, side))

    @rule(id=ids, side=sides)
    def withdraws(self, id: str, side: Side) -> None:
        self._set(id, withdraw(self.campaigns[id], side))
        self.turned -= {(id, self.campaigns[id].terms.hash, side)}

    @rule(id=ids, on=st.booleans(), by=st.sampled_from(Party))
    def suspends(self, id: str, on: bool, by: Party) -> None:
        try:
            self._set(id, suspend(self.campaigns[id], by) if on else resume(self.campaigns[id], [by]))
        except UsageError:
            return

    @rule(id=ids)
    def ends(self, id: str) -> None:
        self._set(id, end(self.campaigns[id], self.now))

    @rule(minutes=st.integers(1, 15))
    def waits(self, minutes: int) -> None:
        self.now += minutes

    @invariant()
    def is_live_only_with_both_keys_in_its_window(self) -> None:
        for campaign in self._live():
            turned = {
                side for id, read, side in self.turned if (id, read) == (campaign.id, campaign.terms.hash)
            }
            assert turned == set(Side)
            assert len({approval.by for approval in campaign.approvals}) == 2
            assert campaign.terms.window.starts <= self.now < campaign.terms.window.ends

    @invariant()
    def no_exclusive_campaign_is_live_beside_another_brand_of_its_category(self) -> None:
        live = self._live()
        for first in live:
            for second in live:
                same = first.terms.category.casefold() == second.terms.category.casefold()
                if same and first.brand != second.brand:
                    assert not first.terms.exclusive

    @invariant()
    def a_page_carries_one(self) -> None:
        pages = [campaign.terms.deployment for campaign in self._live()]
        assert len(pages) == len(set(pages))

    def _live(self) -> list[Campaign]:
        return [campaign for campaign in self.campaigns.values() if campaign.state(self.now) is State.LIVE]


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=300, stateful_step_count=40, deadline=None)
