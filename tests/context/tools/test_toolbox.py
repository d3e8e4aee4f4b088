"""The tools of a place: what each kind does with a call, and what it reaches."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.hooks.webhook import new_secret, verify
from gemelo.context.policy.context import Context, ToolText
from gemelo.context.records import ToolVerdict
from gemelo.context.tools.arguments import Arguments
from gemelo.context.tools.definitions import ToolDefinition
from gemelo.context.tools.errands import Answer, Errand, Lead
from gemelo.context.tools.toolbox import MAX_ANSWER, Services, Toolbox
from gemelo.models.errors import BadArguments, CourierError
from gemelo.models.vocabulary import Exchange
from tests.context.tools.test_definitions import CONSENT, KINDS, definition
from tests.fakes import EN, ES, context

NOW = 1_796_000_000_000
SECRET = new_secret()


@dataclass
class World:
    """`Leads`, a `Caller`, and what reached them."""

    answer: bytes = b'{"left": 3}'
    error: CourierError | None = None
    erased: bool = False
    kept: list[Lead] = field(default_factory=list[Lead])
    posted: list[tuple[str, Mapping[str, str], bytes]] = field(
        default_factory=list[tuple[str, Mapping[str, str], bytes]]
    )
    signed_for: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    async def keep(self, lead: Lead) -> bool:
        if not self.erased and all(one.id != lead.id for one in self.kept):
            self.kept.append(lead)
        return not self.erased

    async def ask(self, url: str, headers: Mapping[str, str], body: bytes, most: int) -> bytes:
        assert most == MAX_ANSWER
        self.posted.append((url, headers, body))
        if self.error:
            raise self.error
        return self.answer

    def secret(self, talent: str, host: str) -> str:
        self.signed_for.append((talent, host))
        return SECRET

    def box(self, **tools: ToolDefinition) -> Toolbox:
        texts = tuple(ToolText(name, tool.canonical()) for name, tool in tools.items())
        return Toolbox(
            replace(context(), toolset=texts), "tess", Services(self, self, self.secret, lambda: NOW)
        )


def every_kind(world: World) -> Toolbox:
    return world.box(**{kind: definition(kind) for kind in KINDS})


def errand(**changes: Any) -> Errand:
    return replace(Errand("s1/t1/0", "s1", EN), **changes)


def after_yes(**changes: Any) -> Errand:
    talk = (Exchange("I am Ana Ruiz", "Hi."), Exchange("write to me", CONSENT["en"]))
    to = "ana@fans.example"
    return replace(errand(question="yes please", talk=talk, contact=to, held=to), **changes)


def test_a_mind_is_told_of_every_tool_with_its_schema() -> None:
    """Under the layer's names and descriptions; of a lead it is told how it goes, too."""
    box = every_kind(World())
    assert [spec.name for spec in box.specs] == list(KINDS)
    assert all(spec.parameters["type"] == "object" for spec in box.specs)
    assert next(spec for spec in box.specs if spec.name == "lead").description.startswith(
        "A tool. Call it once"
    )
    assert box.takes_contact
    assert not World().box(shop=definition("catalogue")).takes_contact


def test_what_cannot_run_here_is_not_offered() -> None:
    """And is unknown to who calls it all the same."""
    texts = tuple(ToolText(kind, definition(kind).canonical()) for kind in KINDS)
    world = World()
    services = Services(world, world, world.secret, lambda: NOW)
    box = Toolbox(replace(context(), toolset=texts), "tess", services, frozenset({"http", "lead"}))
    assert [spec.name for spec in box.specs] == ["catalogue", "schedule"]
    assert not box.takes_contact


async def test_a_catalogue_and_a_schedule_answer_from_their_rows() -> None:
    """In the fan's language."""
    box = every_kind(World())
    found = await box.run("catalogue", '{"query": "shooting"}', errand(language=ES))
    assert found == Answer(
        ToolVerdict.DONE, {"found": [{"name": "Shooting", "details": "Cuatro tardes, 49 €."}]}
    )
    days = await box.run("schedule", "", errand())
    assert [event["title"] for event in days.result["events"]] == ["Open training"]


@pytest.mark.parametrize(
    ("name", "arguments", "verdict"),
    [
        ("shop", "{}", ToolVerdict.UNKNOWN),
        ("", "", ToolVerdict.UNKNOWN),
        ("catalogue", "{", ToolVerdict.BAD_ARGUMENTS),
        ("catalogue", '{"price": 3}', ToolVerdict.BAD_ARGUMENTS),
        ("http", "{}", ToolVerdict.BAD_ARGUMENTS),
        ("http", '{"size": "47"}', ToolVerdict.BAD_ARGUMENTS),
        ("lead", "{}", ToolVerdict.BAD_ARGUMENTS),
    ],
)
async def test_a_bad_call_is_answered_and_reaches_nothing(
    name: str, arguments: str, verdict: ToolVerdict
) -> None:
    """With a sentence that a mind can act on."""
    world = World()
    answer = await every_kind(world).run(name, arguments, after_yes())
    assert answer.verdict is verdict
    assert answer.result["error"]
    assert (world.kept, world.posted) == ([], [])


@given(st.text(), st.text())
async def test_no_call_raises(name: str, arguments: str) -> None:
    """Whatever a mind writes."""
    assert isinstance(await every_kind(World()).run(name, arguments, errand()), Answer)


# -- leads -------------------------------------------------------------------------------------------

WISH = '{"interest": "the shooting course", "name": "Ana Ruiz"}'


async def test_a_lead_is_kept_once_the_fan_gave_a_contact_and_said_yes() -> None:
    """With the question that they said yes to, word for word."""
    world = World()
    answer = await every_kind(world).run("lead", WISH, after_yes())
    assert answer == Answer(ToolVerdict.DONE, {"kept": True})
    [lead] = world.kept
    assert (lead.deployment, lead.session, lead.tool) == ("test-portal", "s1", "lead")
    assert (lead.name, lead.contact, lead.interest) == ("Ana Ruiz", "ana@fans.example", "the shooting course")
    assert (lead.consent, lead.language, lead.created) == (CONSENT["en"], EN, NOW)


async def test_without_a_contact_the_mind_asks_for_one() -> None:
    """Nothing is kept, and the fan is not asked to agree to nothing."""
    world = World()
    answer = await every_kind(world).run("lead", WISH, replace(after_yes(), contact=""))
    assert (answer.verdict, answer.say, world.kept) == (ToolVerdict.NEEDED, "", [])


async def test_without_a_yes_the_fan_is_asked_in_the_approved_words() -> None:
    """In their language; a mind that says they agreed changes nothing."""
    world = World()
    box = every_kind(world)
    for language in (EN, ES):
        answer = await box.run("lead", WISH, errand(contact="ana@fans.example", language=language))
        assert (answer.verdict, answer.say) == (ToolVerdict.ASKED, CONSENT[language])
    assert world.kept == []


async def test_a_session_keeps_one_lead_of_a_contact() -> None:
    """However often a mind calls; another contact or session has another."""
    world = World()
    box = every_kind(world)
    other = "ana@club.example"
    for more in ({}, {"key": "s1/t1/1"}, {"contact": other, "held": other}, {"session": "s2"}):
        assert (await box.run("lead", WISH, after_yes(**more))).verdict is ToolVerdict.DONE
    assert [(lead.session, lead.contact) for lead in world.kept] == [
        ("s1", "ana@fans.example"), ("s1", other), ("s2", "ana@fans.example")
    ]  # fmt: skip


async def test_a_yes_is_about_the_contact_that_was_held_when_it_was_asked() -> None:
    """One that comes with the yes, perhaps somebody else's, is asked about anew."""
    world = World()
    answer = await every_kind(world).run("lead", WISH, after_yes(contact="+34 600 123 123"))
    assert (answer.verdict, answer.say, world.kept) == (ToolVerdict.ASKED, CONSENT["en"], [])


async def test_the_id_of_a_lead_tells_nobody_its_contact() -> None:
    """Webhooks are told it with session and tool: a number could be found by trying them all."""
    world, other = World(), World()
    other.secret = lambda talent, host: "another house"
    for one in (world, other):
        await every_kind(one).run("lead", WISH, after_yes())
    assert world.kept[0].id != other.kept[0].id


async def test_a_lead_that_was_not_kept_is_not_said_to_be() -> None:
    """The fan has erased the session meanwhile."""
    answer = await every_kind(World(erased=True)).run("lead", WISH, after_yes())
    assert answer.verdict is ToolVerdict.FAILED
    assert "not kept" in answer.result["error"]


async def test_a_name_that_the_fan_never_said_is_not_kept() -> None:
    """A mind may make one up; nor is a control character."""
    world = World()
    made_up = json.dumps({"interest": "the\u0000 course", "name": "Eva"})
    await every_kind(world).run("lead", made_up, after_yes())
    assert [(lead.name, lead.interest) for lead in world.kept] == [("", "the course")]


def test_no_log_shows_a_lead() -> None:
    """Nor an errand."""
    assert "ana@" not in repr(after_yes())


# -- somebody's server --------------------------------------------------------------------------------


async def test_a_server_is_posted_a_signed_call() -> None:
    """What was asked, in which language, where; nothing of the fan. Signed with the secret of its host."""
    world = World()
    answer = await every_kind(world).run("http", '{"size": "39"}', after_yes())
    assert answer == Answer(ToolVerdict.DONE, {"left": 3})
    [(url, headers, body)] = world.posted
    assert (url, world.signed_for) == ("https://club.example/stock", [("tess", "club.example")])
    assert verify(SECRET, headers, body, NOW)
    assert json.loads(body) == {
        "tool": "http",
        "arguments": {"size": "39"},
        "deployment": "test-portal",
        "language": "en",
    }


async def test_what_a_server_takes_is_made_once() -> None:
    """And not on every call: making a class holds up all who talk."""
    box = every_kind(World())
    made = set(Arguments.__subclasses__())
    await box.run("http", '{"size": "39"}', errand())
    assert set(Arguments.__subclasses__()) <= made


async def test_a_call_keeps_its_id_however_often_it_is_made() -> None:
    """So that a server acts once."""
    world = World()
    box = every_kind(world)
    for key in ("s1/t1/0", "s1/t1/0", "s1/t2/0"):
        await box.run("http", '{"size": "39"}', errand(key=key))
    first, again, other = (headers["webhook-id"] for _, headers, _ in world.posted)
    assert (first == again, first == other) == (True, False)


@pytest.mark.parametrize("answer", [b"", b"no json", b"[1]", b'"text"', b"\xff\xfe", b"[" * 20_000])
async def test_what_is_no_json_object_is_no_answer(answer: bytes) -> None:
    """It fails with our sentence, and shows nothing of theirs."""
    told = await every_kind(World(answer=answer)).run("http", '{"size": "39"}', errand())
    assert (told.verdict, told.result) == (ToolVerdict.FAILED, {"error": "the tool answered no JSON object"})


async def test_a_server_that_is_away_fails_its_call() -> None:
    """And says no address to the mind."""
    told = await every_kind(World(error=CourierError("the endpoint was not reached"))).run(
        "http", '{"size": "39"}', errand()
    )
    assert (told.verdict, told.result) == (ToolVerdict.FAILED, {"error": "the tool does not answer now"})


def test_a_context_without_tools_has_none() -> None:
    """As most have."""
    world = World()
    plain: Context = context()
    box = Toolbox(plain, "tess", Services(world, world, world.secret, lambda: NOW))
    assert (box.specs, box.takes_contact) == ((), False)


def test_a_clients_own_are_told_apart_and_checked_by_the_layer() -> None:
    """No mind hears of them unless the client offers them; here nobody runs them."""
    parameters = {"page": {"type": "string", "description": "Which.", "one_of": ["news", "tickets"]}}
    box = World().box(show=definition("client", parameters=parameters), wave=definition("client"))
    assert box.specs == ()
    assert [spec.name for spec in box.by_client] == ["show", "wave"]
    assert box.call_of("show", '{"page": "news"}') == {"page": "news"}
    assert box.call_of("wave", "") == {}
    with pytest.raises(BadArguments, match="page"):
        box.call_of("show", '{"page": "bank"}')


async def test_a_clients_own_are_no_tool_of_the_house() -> None:
    """A mind that calls one all the same is told so."""
    answer = await World().box(wave=definition("client")).run("wave", "{}", errand())
    assert answer.verdict is ToolVerdict.UNKNOWN
