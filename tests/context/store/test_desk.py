"""One act is one transaction: checked, fenced, written down, and told of once it is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from gemelo.context.hooks.topics import Topic
from gemelo.context.kept import Entry
from gemelo.context.store.books import SqlBooks
from gemelo.context.store.database import Database
from gemelo.context.store.desk import SqlDesk
from gemelo.context.tenancy.campaigns import Campaign, Terms
from gemelo.context.tenancy.likeness import Consent, Licence, Likeness
from gemelo.context.tenancy.people import THE_HOUSE, ApiKey, Grant, Party, Principal, Role
from gemelo.context.tenancy.windows import Window
from gemelo.context.twins import (
    Brand,
    Deployment,
    DeploymentStatus,
    DeploymentType,
    LayerKind,
    LayerText,
    SessionRecord,
    Talent,
    Twin,
    TwinState,
    Version,
)
from gemelo.models.errors import BadText, Stale, StoreError, Taken, Unknown
from gemelo.models.vocabulary import Language

LEOS = Principal("ana", "Ana", frozenset({Grant(Role.TALENT_MANAGER, "leo")}))
MIAS = Principal("bob", "Bob", frozenset({Grant(Role.TALENT_MANAGER, "mia")}))
KAFFS = Principal("kim", "Kim", frozenset({Grant(Role.BRAND_MANAGER, brand="kaff")}))
ALWAYS = Window(0, 10_000)
WIDGETS = frozenset({DeploymentType.WIDGET})
TERMS = Terms("portal", "coffee", False, ALWAYS, "focus: [coffee]")


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
async def desk(database: Database, told: list[str]) -> SqlDesk:
    """A desk with two talents, a brand with a campaign of the first, and somebody of each."""

    async def announce(talent: str) -> None:
        told.append(talent)

    clock = count(1_000)
    desk = SqlDesk(database, announce, now=lambda: next(clock))

    async def work(books: SqlBooks) -> None:
        for talent, twin, place in (("leo", "host", "portal"), ("mia", "coach", "school")):
            await books.add(Talent(talent, talent.title()))
            await books.add(Twin(twin, talent, talent.title(), TwinState.LIVE))
            await books.add(Deployment(place, twin, DeploymentType.PORTAL, DeploymentStatus.ACTIVE))
        await books.add(Brand("kaff", "Kaff"))
        await books.add(Brand("brew", "Brew"))
        await books.add(Campaign("spring", "leo", "kaff", TERMS))
        for who in (LEOS, MIAS, KAFFS):
            await books.add(who)

    await desk.write(THE_HOUSE, "set up", work)
    told.clear()
    return desk


async def add(desk: SqlDesk, who: Principal, noun: object) -> None:
    await desk.write(who, "a test", lambda books: books.add(noun))


def kind_of(noun: object) -> type[Any]:
    return type(noun)


async def see(desk: SqlDesk, who: Principal, kind: type[Any]) -> list[str]:
    """Ids of what somebody sees of a kind."""
    nouns = await desk.read(who, lambda books: books.all(kind))
    return [getattr(noun, "key", None) or noun.id for noun in nouns]


async def trail(desk: SqlDesk, who: Principal) -> tuple[Entry, ...]:
    return (await desk.read(who, lambda books: books.trail())).items


EVERY_KIND = (
    Talent("eva", "Eva", stopped=frozenset({Party.TALENT, Party.PLATFORM})),
    Twin("guide", "leo", "Guide", TwinState.IN_REVIEW),
    Deployment(
        "page",
        "host",
        DeploymentType.CAMPAIGN,
        DeploymentStatus.SCHEDULED,
        ("https://a.example",),
        (Language("es"),),
        {"accent": "#c00", "logo": {"wide": True}},
        Window(1, 2, "Europe/Madrid"),
    ),
    Brand("thé", "Thé <b>"),
    Campaign("summer", "leo", "brew", replace(TERMS, exclusive=True), submitted=True, ended=7),
    Licence(
        "l1",
        "leo",
        ALWAYS,
        frozenset({"kaff"}),
        frozenset({"ES"}),
        frozenset({DeploymentType.WIDGET}),
        5,
        frozenset({"coffee"}),
    ),
    Consent("c1", "leo", Likeness.VOICE, "leo-warm", "Leo", "ab" * 32, ALWAYS),
    Principal("eve", "Eve", frozenset({Grant(Role.REVIEWER, "leo"), Grant(Role.PLATFORM_ADMIN)})),
    ApiKey("k1", "ana", "cd" * 32, 3),
)


@pytest.mark.parametrize("noun", EVERY_KIND, ids=lambda noun: type(noun).__name__)
async def test_what_is_added_comes_back_as_it_was(desk: SqlDesk, noun: Any) -> None:
    """Every field of every kind of noun is kept; the first revision is 1."""
    await add(desk, THE_HOUSE, noun)
    id = getattr(noun, "key", None) or noun.id
    kept = await desk.read(THE_HOUSE, lambda books: books.get(kind_of(noun), id))
    assert (kept.noun, kept.revision) == (noun, 1)


@pytest.mark.parametrize("noun", EVERY_KIND, ids=lambda noun: type(noun).__name__)
async def test_an_id_is_given_once(desk: SqlDesk, noun: Any) -> None:
    """A second noun of the same id is refused, and the act goes on."""
    await add(desk, THE_HOUSE, noun)

    async def work(books: SqlBooks) -> None:
        with pytest.raises(Taken):
            await books.add(noun)
        await books.add(Talent("zoe", "Zoe"))

    await desk.write(THE_HOUSE, "", work)
    assert "zoe" in await see(desk, THE_HOUSE, Talent)


async def test_what_is_removed_is_gone_with_what_belongs_to_it(desk: SqlDesk) -> None:
    """The audit log says what it was; who does not see it can remove nothing."""
    with pytest.raises(Unknown):
        await desk.write(MIAS, "", lambda books: books.remove(Twin("host", "leo", "Host")))
    await desk.write(LEOS, "closed", lambda books: books.remove(Twin("host", "leo", "Host")))
    assert await see(desk, LEOS, Twin) == []
    [line] = (await desk.read(LEOS, lambda books: books.trail(kind="twin", action="delete"))).items
    assert (line.target, line.talent, line.why) == ("host", "leo", "closed")
    assert line.change["name"] == ["Host", None]


async def test_an_id_that_somebody_else_has_is_taken_too(desk: SqlDesk) -> None:
    """Ids are one talent's or another's: what one cannot see still has its own."""
    with pytest.raises(Taken):
        await add(desk, LEOS, Twin("coach", "leo", "Coach"))
    assert (await desk.read(MIAS, lambda books: books.get(Twin, "coach"))).noun.talent == "mia"


@pytest.mark.parametrize(
    "noun",
    [
        Twin("lost", "nobody", "Lost"),
        Deployment("lost", "nobody", DeploymentType.PORTAL),
        Campaign("lost", "leo", "nobody", TERMS),
        Campaign("lost", "leo", "kaff", replace(TERMS, deployment="nowhere")),
        Campaign("lost", "leo", "kaff", replace(TERMS, deployment="school")),
        ApiKey("lost", "nobody", "", 0),
    ],
    ids=["twin", "deployment", "brand", "page", "page of another talent", "key"],
)
async def test_what_belongs_to_nothing_cannot_be_added(desk: SqlDesk, noun: Any) -> None:
    """The act fails with `Unknown`; nothing of it is kept, not even its line in the log."""
    before = await trail(desk, THE_HOUSE)
    with pytest.raises(Unknown):
        await add(desk, THE_HOUSE, noun)
    assert "lost" not in await see(desk, THE_HOUSE, kind_of(noun))
    assert await trail(desk, THE_HOUSE) == before


async def test_two_managers_cannot_overwrite_each_other(desk: SqlDesk) -> None:
    """Who changes what somebody else has changed meanwhile is told so; nothing is lost."""
    kept = await desk.read(LEOS, lambda books: books.get(Twin, "host"))
    first, second = replace(kept.noun, name="One"), replace(kept.noun, name="Two")
    assert await desk.write(LEOS, "", lambda books: books.replace(first, kept.revision)) == 2
    with pytest.raises(Stale):
        await desk.write(LEOS, "", lambda books: books.replace(second, kept.revision))
    assert (await desk.read(LEOS, lambda books: books.get(Twin, "host"))).noun.name == "One"
    assert await desk.write(LEOS, "", lambda books: books.replace(second)) == 3


async def test_the_same_again_is_no_change(desk: SqlDesk, told: list[str]) -> None:
    """Replacing something by itself makes no revision, no line in the log and no announcement."""
    before = await trail(desk, LEOS)
    kept = await desk.read(LEOS, lambda books: books.get(Twin, "host"))
    assert await desk.write(LEOS, "", lambda books: books.replace(kept.noun, kept.revision)) == kept.revision
    assert await trail(desk, LEOS) == before
    assert told == []


async def test_a_change_leaves_a_line_behind(desk: SqlDesk) -> None:
    """The log says who did what to which thing when and why, and what stood there before."""
    stopped = Talent("leo", "Leo", stopped=frozenset({Party.TALENT, Party.PLATFORM}))
    await desk.write(LEOS, "he asked for it", lambda books: books.replace(stopped, action="stop"))
    [line, *_] = await trail(desk, LEOS)
    assert replace(line, id=0) == Entry(
        0,
        1_001,
        "ana",
        "stop",
        "talent",
        "leo",
        "leo",
        "",
        {"stopped": [[], ["platform", "talent"]]},
        "he asked for it",
    )


async def test_the_log_repeats_no_key(desk: SqlDesk) -> None:
    """The hash of a key is nowhere in the log."""
    await add(desk, THE_HOUSE, ApiKey("k1", "ana", "cd" * 32, 3))
    [line] = (await desk.read(THE_HOUSE, lambda books: books.trail(kind="apikey"))).items
    assert "sha256" not in line.change


async def test_an_act_is_whole_or_not_at_all(desk: SqlDesk, told: list[str]) -> None:
    """Where an act fails on its way, nothing of it is kept and nobody is told."""

    async def work(books: SqlBooks) -> None:
        await books.add(Twin("half", "leo", "Half"))
        await books.post(Topic.TWIN_RESUMED, "leo", {})
        raise Stale("on the way")

    with pytest.raises(Stale):
        await desk.write(LEOS, "", work)
    assert await see(desk, LEOS, Twin) == ["host"]
    assert told == []


async def test_every_talent_that_changed_is_told_of(desk: SqlDesk, told: list[str]) -> None:
    """Once each, after the commit; an act that only notes something tells nobody."""

    async def work(books: SqlBooks) -> None:
        for twin in ("host", "coach", "host"):
            kept = await books.get(Twin, twin)
            await books.replace(replace(kept.noun, name=kept.noun.name + "!"), kept.revision)
        assert told == []

    await desk.write(THE_HOUSE, "", work)
    assert told == ["leo", "mia"]
    told.clear()
    await desk.write(LEOS, "", lambda books: books.note("look", Twin("host", "leo", "Leo")))
    assert told == []


async def test_a_cancelled_act_that_is_kept_is_told_of(database: Database, desk: SqlDesk) -> None:
    """Who gives up waiting during the announcement stops neither the act nor the announcement."""
    told, begun, go = list[str](), asyncio.Event(), asyncio.Event()

    async def announce(talent: str) -> None:
        begun.set()
        await go.wait()
        told.append(talent)

    acting = asyncio.create_task(
        SqlDesk(database, announce).write(LEOS, "", lambda books: books.add(Twin("two", "leo", "Two")))
    )
    await begun.wait()
    acting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await acting
    go.set()
    assert await see(desk, LEOS, Twin) == ["host", "two"]
    await asyncio.sleep(0)
    assert told == ["leo"]


async def test_an_act_stands_where_nobody_can_be_told(database: Database, desk: SqlDesk) -> None:
    """An announcement that fails is a hint lost, not a change lost."""

    async def announce(talent: str) -> None:
        raise StoreError("no way to tell")

    await SqlDesk(database, announce).write(LEOS, "", lambda books: books.add(Twin("two", "leo", "Two")))
    assert await see(desk, LEOS, Twin) == ["host", "two"]


@pytest.mark.parametrize(
    ("who", "kind", "seen"),
    [
        (LEOS, Talent, ["leo"]),
        (LEOS, Twin, ["host"]),
        (LEOS, Deployment, ["portal"]),
        (LEOS, Campaign, ["spring"]),
        (LEOS, Brand, ["kaff"]),
        (LEOS, Principal, ["ana"]),
        (MIAS, Talent, ["mia"]),
        (MIAS, Campaign, []),
        (MIAS, Brand, []),
        (KAFFS, Talent, []),
        (KAFFS, Twin, []),
        (KAFFS, Deployment, []),
        (KAFFS, Campaign, ["spring"]),
        (KAFFS, Brand, ["kaff"]),
        (THE_HOUSE, Talent, ["leo", "mia"]),
        (THE_HOUSE, Brand, ["brew", "kaff"]),
        (Principal("x", "X"), Talent, []),
        (Principal("x", "X"), Principal, []),
    ],
    ids=lambda value: getattr(value, "id", None) or getattr(value, "__name__", None) or str(value),
)
async def test_what_one_may_not_see_is_not_there(
    desk: SqlDesk, who: Principal, kind: type[Any], seen: list[str]
) -> None:
    """A talent's people see that talent, a brand's its campaigns and itself, the house everything."""
    assert await see(desk, who, kind) == seen


async def test_what_is_not_there_cannot_be_got_or_changed(desk: SqlDesk) -> None:
    """A guessed id answers as one that nobody ever gave."""
    acts: list[Callable[[SqlBooks], Any]] = [
        lambda books: books.get(Twin, "coach"),
        lambda books: books.replace(Twin("coach", "mia", "Mine")),
        lambda books: books.replace(Twin("coach", "leo", "Mine")),
        lambda books: books.replace(Twin("host", "mia", "Given away")),
        lambda books: books.add(Twin("new", "mia", "New")),
        lambda books: books.add(Talent("new", "New")),
        lambda books: books.replace(Brand("kaff", "Mine")),
        lambda books: books.facts("school"),
        lambda books: books.places("coach"),
        lambda books: books.put_layer(LayerText("coach", None, LayerKind.TALENT, 1, "")),
        lambda books: books.put_layer(LayerText("host", "school", LayerKind.DEPLOYMENT, 1, "")),
        lambda books: books.put_versions([Version("school", "ab", ())]),
        lambda books: books.version("school", "ab"),
        lambda books: books.note("look", Twin("coach", "mia", "Mia")),
        lambda books: books.get(Twin, "\0"),
        lambda books: books.get(Twin, "\ud800"),
    ]
    for act in acts:
        with pytest.raises(Unknown):
            await desk.write(LEOS, "", act)
    kept = await desk.read(MIAS, lambda books: books.get(Twin, "coach"))
    assert kept.noun.name == "Mia"


async def test_the_log_is_fenced(desk: SqlDesk) -> None:
    """Everybody reads what was done to theirs, and what they did."""
    await add(desk, LEOS, Twin("two", "leo", "Two"))
    await desk.write(KAFFS, "", lambda books: books.replace(Campaign("spring", "leo", "kaff", TERMS, True)))
    assert {line.talent for line in await trail(desk, LEOS)} == {"leo"}
    assert {(line.kind, line.brand) for line in await trail(desk, KAFFS)} == {
        ("brand", "kaff"),
        ("campaign", "kaff"),
    }
    assert await trail(desk, Principal("x", "X")) == ()


async def test_a_decision_may_need_more_than_its_maker_sees(desk: SqlDesk) -> None:
    """With the house's eyes an act sees all; it is still its maker's act, and its own eyes see no more."""
    await add(desk, THE_HOUSE, Campaign("autumn", "leo", "brew", TERMS))

    async def work(books: SqlBooks) -> tuple[int, int, int]:
        whole = books.unfenced
        before = len(await books.all(Campaign))
        rivals = len(await whole.all(Campaign, talent="leo"))
        await whole.replace(Campaign("spring", "leo", "kaff", TERMS, True))
        return before, rivals, len(await books.all(Campaign))

    assert await desk.write(KAFFS, "", work) == (1, 2, 1)
    [line, *_] = await trail(desk, LEOS)
    assert line.who == "kim"


async def test_pages_follow_each_other(desk: SqlDesk) -> None:
    """Keyset pages hold every row once, in order, whatever is added meanwhile before them."""
    for number in range(5):
        await add(desk, THE_HOUSE, Talent(f"t{number}", "T"))

    async def walk(books: SqlBooks) -> list[list[str]]:
        pages, after = list[list[str]](), ""
        while True:
            page = await books.page(Talent, after=after, limit=3)
            pages.append([kept.noun.id for kept in page.items])
            if not page.after:
                return pages
            after = page.after

    assert await desk.read(THE_HOUSE, walk) == [["leo", "mia", "t0"], ["t1", "t2", "t3"], ["t4"]]


async def test_rows_are_found_by_what_they_say(desk: SqlDesk) -> None:
    """By fields, and by the talent that they belong to; what nothing can say finds nothing."""

    async def work(books: SqlBooks) -> list[int]:
        return [
            len(await books.all(Deployment, talent="leo")),
            len(await books.all(Deployment, twin="host", status="active")),
            len(await books.all(Deployment, status="no such status")),
            len(await books.all(Campaign, brand="kaff", deployment="portal")),
            len(await books.all(Twin, name="\0")),
            len(await books.all(Deployment, talent="\ud800")),
        ]

    assert await desk.read(THE_HOUSE, work) == [1, 1, 0, 1, 0, 0]


async def test_a_made_up_cursor_does_no_harm(desk: SqlDesk) -> None:
    """Any text and any number may be asked for."""

    async def work(books: SqlBooks) -> None:
        for after in ("\0", "\ud800", "' OR 1=1 --", "z" * 10_000):
            assert len((await books.page(Talent, after=after)).items) in (0, 2)
        assert (await books.page(Talent, limit=-5)).after == "leo"
        assert len((await books.trail(before=10**30)).items) > 0
        assert (await books.trail(before=-1, limit=0)).after

    await desk.read(THE_HOUSE, work)


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"], ids=["nul", "half"])
async def test_what_no_database_takes_is_refused(desk: SqlDesk, text: str) -> None:
    """Such a text is the caller's mistake, wherever in a noun it stands."""
    place = Deployment("odd", "host", DeploymentType.WIDGET, theme={"a": [{"b": text}]})
    for noun in (Talent(text, "T"), Talent("t", text), place):
        with pytest.raises(BadText):
            await add(desk, THE_HOUSE, noun)
    with pytest.raises(BadText):
        await desk.write(THE_HOUSE, text, lambda books: books.add(Talent("t", "T")))


async def test_odd_names_are_kept_to_the_letter(desk: SqlDesk) -> None:
    """Markup, right-to-left, a backslash before u0000, and ten thousand letters."""
    for number, name in enumerate(
        ("<b>&amp;", "\u202eעברית", "\\u0000", "x" * 10_000, "'; DROP TABLE talents")
    ):
        await add(desk, THE_HOUSE, Talent(f"n{number}", name))
        kept = await desk.read(THE_HOUSE, lambda books, id=f"n{number}": books.get(Talent, id))
        assert kept.noun.name == name


async def test_layers_are_numbered_one_after_the_other(desk: SqlDesk) -> None:
    """A layer is published as the next one, by whom and why; who has not seen the last one is told so."""
    layer = LayerText("host", "portal", LayerKind.DEPLOYMENT, 1, "a: 1")
    put = await desk.write(LEOS, "first", lambda books: books.put_layer(layer))
    assert (put.version, put.author, put.reason) == (1, "ana", "first")
    with pytest.raises(Stale):
        await desk.write(LEOS, "", lambda books: books.put_layer(layer))
    with pytest.raises(Stale):
        await desk.write(LEOS, "", lambda books: books.put_layer(replace(layer, version=3)))
    await desk.write(LEOS, "", lambda books: books.put_layer(replace(layer, version=0, yaml="a: 2")))
    await desk.write(LEOS, "", lambda books: books.put_layer(replace(layer, kind=LayerKind.CAMPAIGN)))
    found = await desk.read(LEOS, lambda books: books.layers("host", "portal", LayerKind.DEPLOYMENT))
    assert [(one.kind, one.version) for one in found] == [
        (LayerKind.DEPLOYMENT, 2),
        (LayerKind.DEPLOYMENT, 1),
    ]
    for upto, number in ((0, []), (1, [1]), (2, [2]), (10**12, [2])):
        found = await desk.read(
            LEOS,
            lambda books, upto=upto: books.layers("host", "portal", LayerKind.DEPLOYMENT, last=1, upto=upto),
        )
        assert [one.version for one in found] == number
    with pytest.raises(Unknown):
        await desk.read(MIAS, lambda books: books.layers("host", "portal", LayerKind.DEPLOYMENT))
    [line, *_] = await trail(desk, LEOS)
    assert (line.action, line.kind, line.target) == ("publish", "layer", "portal")


async def test_versions_are_found_by_the_beginning_of_their_hash(desk: SqlDesk) -> None:
    """One that is clear is found, however often it was put; one that is not, or is another's, is not."""
    layer = LayerText("host", None, LayerKind.TALENT, 1, "a: 1")
    versions = [Version("portal", hash, (layer,), "ana", 5) for hash in ("abc1", "abc2", "xyz")]

    async def work(books: SqlBooks) -> None:
        await books.put_versions(versions[:1])
        await books.put_versions((*versions, versions[0]))

    await desk.write(LEOS, "", work)
    assert await desk.read(LEOS, lambda books: books.version("portal", "abc1")) == versions[0]
    assert await desk.read(LEOS, lambda books: books.version("portal", "x")) == versions[2]
    for who, hash in ((LEOS, "abc"), (LEOS, ""), (LEOS, "XYZ"), (LEOS, "x%"), (LEOS, "\0"), (MIAS, "xyz")):
        with pytest.raises(Unknown):
            await desk.read(who, lambda books, hash=hash: books.version("portal", hash))


async def test_of_versions_all_are_kept_or_none(desk: SqlDesk) -> None:
    """One of a place that one does not see keeps out those that came with it."""
    some = [Version(place, "abc1", ()) for place in ("portal", "school")]
    with pytest.raises(Unknown, match="school"):
        await desk.write(LEOS, "", lambda books: books.put_versions(some))
    with pytest.raises(Unknown):
        await desk.read(LEOS, lambda books: books.version("portal", "abc1"))


async def test_who_reads_a_talk_is_written_down(database: Database, desk: SqlDesk, sessions: Any) -> None:
    """A note names the session and its talent, though the session's row names none."""
    session: SessionRecord | None = await sessions.get("s1")
    assert session is not None
    await desk.write(LEOS, "a complaint", lambda books: books.note("read", session, {"turns": [None, 3]}))
    [line, *_] = await trail(desk, LEOS)
    assert (line.kind, line.target, line.talent, line.change) == (
        "session",
        "s1",
        "leo",
        {"turns": [None, 3]},
    )


async def test_facts_are_all_that_rules_a_place(desk: SqlDesk) -> None:
    """The newest layers, the campaigns there, and what its talent has agreed to; nothing of another's."""
    licence = Licence("l1", "leo", ALWAYS)
    consent = Consent("c1", "leo", Likeness.VOICE, "leo-warm", "Leo", "ab" * 32, ALWAYS)

    async def work(books: SqlBooks) -> None:
        for noun in (
            licence,
            consent,
            Licence("l2", "mia", ALWAYS),
            Deployment("b", "host", DeploymentType.WIDGET),
        ):
            await books.add(noun)
        await books.add(Campaign("elsewhere", "leo", "kaff", replace(TERMS, deployment="b")))
        for yaml in ("a: 1", "a: 2"):
            await books.put_layer(LayerText("host", None, LayerKind.TALENT, 0, yaml))
        await books.put_layer(LayerText("coach", None, LayerKind.TALENT, 0, "a: 3"))

    await desk.write(THE_HOUSE, "", work)
    found = await desk.read(LEOS, lambda books: books.facts("portal"))
    assert (found.deployment.key, found.twin.id, found.talent.id) == ("portal", "host", "leo")
    assert [(layer.version, layer.yaml) for layer in found.layers] == [(2, "a: 2")]
    assert [campaign.id for campaign in found.campaigns] == ["spring"]
    assert (found.licences, found.consents) == ((licence,), (consent,))
    for who, place in ((KAFFS, "portal"), (MIAS, "portal"), (LEOS, "nowhere")):
        with pytest.raises(Unknown):
            await desk.read(who, lambda books, place=place: books.facts(place))


async def test_the_log_is_in_the_order_of_commits(desk: SqlDesk) -> None:
    """Of many acts at once, none is kept after one with a greater number."""
    seen: list[int] = []

    async def one(number: int) -> None:
        async def work(books: SqlBooks) -> None:
            await books.add(Twin(f"w{number}", "leo", "W"))
            [line] = (await books.trail(limit=1)).items
            seen.append(line.id)

        await desk.write(LEOS, "", work)

    await asyncio.gather(*(one(number) for number in range(20)))
    assert seen == sorted(seen)
    assert len(set(seen)) == 20
