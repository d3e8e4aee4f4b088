"""What the page of a campaign shows and does: its terms, what has changed in them, and both keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gemelo.admin.pages.rules import Fault, Line, Trouble, diff_lines, sentence
from gemelo.admin.pages.words import Words, in_words
from gemelo.admin.services.agreeing import compared
from gemelo.admin.services.campaigning import Tabled
from gemelo.admin.services.checking import reason_of
from gemelo.admin.services.desk import Entry
from gemelo.admin.services.naming import names
from gemelo.admin.services.office import Office
from gemelo.admin.services.say import Said
from gemelo.context.tenancy.campaigns import Approval, Campaign, State
from gemelo.context.tenancy.people import Action, Principal, Side
from gemelo.context.twins import Brand, Talent
from gemelo.models.errors import Clashes, GemeloError, ServiceError, UsageError


@dataclass(frozen=True, slots=True)
class Key:
    """One of a campaign's two keys. `mine`: the visitor holds it; `turned`: on the terms as they stand."""

    side: Side
    of: str
    mine: bool
    turned: Approval | None


@dataclass(frozen=True, slots=True)
class Signed:
    """A campaign as its page shows it.

    Attributes:
        names: of the principals in it.
        findings: what reviewers said of the terms as they stand.
        diff: against terms that one's own side had `approved`, else against the ones before.
    """

    tabled: Tabled
    state: State
    talent: str
    brand: str
    keys: tuple[Key, ...]
    names: Mapping[str, str]
    diff: tuple[Line, ...]
    approved: bool
    findings: tuple[Entry, ...]
    may_edit: bool
    may_stop: bool
    may_resume: bool

    @property
    def campaign(self) -> Campaign:
        return self.tabled.campaign

    @property
    def words(self) -> tuple[Words, ...]:
        """What its rules ask of the twin."""
        return in_words(self.campaign.terms.layer)

    @property
    def obstacles(self) -> tuple[str, ...]:
        """What keeps it from being approved, a sentence each."""
        return tuple(map(sentence, self.tabled.obstacles))

    @property
    def is_over(self) -> bool:
        return self.state is State.ENDED


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a form. `done` says what was done: the page is opened anew then."""

    done: str = ""
    trouble: Trouble | None = None
    said: Said | None = None
    question: str = ""


class Agreement:
    """One campaign, for one person. Every method may raise `Unknown` and `StoreError`."""

    def __init__(self, office: Office, who: Principal, id: str) -> None:
        self._office = office
        self._who = who
        self._id = id

    async def look(self) -> Signed:
        """The campaign as it stands."""
        tabled = await self._office.campaigning.look(self._who, self._id)
        one, who, desk = tabled.campaign, self._who, self._office.desk
        talent = (await names(desk, Talent, [one.talent]))[one.talent]
        brand = (await names(desk, Brand, [one.brand]))[one.brand]
        change = await compared(desk, who, one)
        whose = {"talent": one.talent, "brand": one.brand}
        turned = {approval.side: approval for approval in one.approvals if approval.hash == one.terms.hash}
        return Signed(
            tabled,
            one.state(self._office.now()),
            talent,
            brand,
            tuple(
                Key(side, called, who.holds(side, **whose), turned.get(side))
                for side, called in ((Side.TALENT, talent), (Side.BRAND, brand))
            ),
            await names(
                desk, Principal, [*(key.by for key in one.approvals), *(line.who for line in change.findings)]
            ),
            diff_lines(change.diff),
            change.approved,
            change.findings,
            may_edit=who.may(Action.EDIT_CAMPAIGN, **whose),
            may_stop=who.may(Action.STOP, **whose) and not who.speaks_for(**whose) & one.suspended,
            may_resume=bool(who.speaks_for(**whose) & one.suspended),
        )

    async def act(self, form: Mapping[str, str]) -> Outcome:
        """Does what a form asks for.

        Raises:
            ServiceError: there is nothing to show then.
        """
        question, reason = form.get("question", ""), form.get("reason", "")
        try:
            if form.get("act") == "try":
                return Outcome(said=await self._try(question), question=question)
            return Outcome(await self._do(form, reason_of(reason, needed=True)))
        except ServiceError:
            raise
        except Clashes as error:
            found = tuple(Fault(sentence(one)) for one in error.found)
            return Outcome(trouble=Trouble("It cannot be approved now.", found))
        except GemeloError as error:
            return Outcome(trouble=Trouble(sentence(str(error))), question=question)

    async def _do(self, form: Mapping[str, str], reason: str) -> str:
        campaigning, who, id = self._office.campaigning, self._who, self._id
        match form.get("act"):
            case "submit":
                await campaigning.submit(who, id, reason)
                return "It lies before both sides now: each turns its own key."
            case "approve":
                side = _side(form)
                tabled = await campaigning.approve(who, id, side, form.get("hash", ""), reason)
                if tabled.campaign.has_both_keys:
                    return "Both keys are turned: it runs in its window."
                return f"The {side}'s key is turned. The other side's is still missing."
            case "withdraw":
                side = _side(form)
                await campaigning.withdraw(who, id, side, reason)
                return f"The {side}'s key is taken back."
            case "suspend":
                await campaigning.suspend(who, id, reason)
                return "It is suspended. Fans who talk there hear no more of it."
            case "resume":
                await campaigning.resume(who, id, reason)
                return "It goes on, as far as you had stopped it."
            case _:
                raise UsageError("this form asks for nothing: use one of its buttons")

    async def _try(self, question: str) -> Said:
        tabled = await self._office.campaigning.look(self._who, self._id)
        if not tabled.policy:
            raise UsageError("these terms do not go with the page's rules yet, so there is nothing to try")
        return await self._office.trying.try_(
            self._who, tabled.campaign.terms.deployment, tabled.policy, question
        )


def _side(form: Mapping[str, str]) -> Side:
    try:
        return Side(form.get("side", ""))
    except ValueError:
        raise UsageError("this form names no key: open the page again") from None
