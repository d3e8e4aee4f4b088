"""Who may open a session, and for how many there is room.

    admit(deployment, origin) ──▶ Pass (a signed, short-lived token) ──▶ enter(token) ──▶ Seat (a slot held)
                                     └── who comes in at once ──▶ enter(pass) ──▶

A pass opens one socket, once: which were used is shared by all processes of the house. By its token the
place is looked up anew, for that may be a minute old; what is handed over as it is was read just now.

Admission is by slots held: a fan who finds the house full is told so and when to come back; the fans
inside notice nothing.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import AsyncGenerator, Awaitable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from gemelo.admin.services.badges import Badges
from gemelo.admin.services.entrance import Caller, allowed, is_here, lets_in
from gemelo.admin.services.fans import FanFiles, Leave
from gemelo.admin.services.house import House, Place
from gemelo.admin.services.knowing import open_notebook
from gemelo.admin.services.quotas import Quota, open_quota
from gemelo.admin.services.rates import check_rate
from gemelo.admin.services.state import resumed
from gemelo.context.kept import PAST_ALL
from gemelo.context.memory.account import Whose
from gemelo.context.policy.layers import Layer, parse_layer
from gemelo.context.twins import SessionRecord
from gemelo.engine.session import Fan
from gemelo.engine.stage import Stage
from gemelo.models.errors import (
    BadLayer,
    Busy,
    Draining,
    OriginRefused,
    ServiceError,
    StoreError,
    TokenRefused,
    UnknownDeployment,
)
from gemelo.models.vocabulary import Language

log = logging.getLogger(__name__)

RETRY_S = 5.0
"""After which a fan who found the house full may try again."""
RESUME_S = 24 * 3600
"""How long a session can be taken up again."""
A_CLIENT = 120
"""Sessions that one address may ask for in a minute; many fans may share one."""
AN_ORIGIN = 6_000
"""Sessions that the pages of one origin may ask for in a minute."""
_TOO_OFTEN = "too many sessions are asked for from there: wait a minute"
_ANSWER_S = 1.0
_LAYER = "session.json"


@dataclass(frozen=True, slots=True)
class Found:
    """What was read for one session.

    Attributes:
        place: without what the session brings.
        stage: with its own `layer`, if any.
        before: the session that goes on, None where one begins or the store has lost it.
    """

    place: Place
    stage: Stage
    layer: Layer | None = None
    before: SessionRecord | None = None


@dataclass(frozen=True, slots=True)
class Pass:
    """What a page gets to open one socket with.

    Attributes:
        claims: what the token holds.
        found: what was read to give it out.
    """

    token: str
    expires_in: int
    place: Place
    language: Language
    claims: Mapping[str, Any]
    found: Found
    badge: str = ""
    """Of a fan who agreed to be known again here; empty where the one that came is none of ours."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One session's place in the house.

    Attributes:
        moved: set when the fan takes the session up on another socket: this one is to be left.
        left: set when it has been.
    """

    moved: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True)
class Seat:
    """A slot, held by one fan for as long as the session lasts.

    Attributes:
        place: where the fan is; `stage` is what the session runs under, with its own `layer` if any.
        entry: by which pass the fan came in.
    """

    fan: Fan
    place: Place
    stage: Stage
    resume: str
    slot: Slot
    territory: str = ""
    layer: Layer | None = None
    entry: str = ""


class Reception:
    """Lets fans in.

    Args:
        slots: sessions served at once.
        token_s: how long a token may wait before it opens a socket.
        quotas: whether fans have only so many interactions a month as layers say.
    """

    def __init__(self, house: House, secret: str, slots: int, token_s: int, *, quotas: bool = True) -> None:
        self._house = house
        self._slots = slots
        self._token_s = token_s
        self._quotas = quotas
        self._passes = URLSafeTimedSerializer(secret, salt="pass")
        self._resumes = URLSafeTimedSerializer(secret, salt="resume")
        self._badges = Badges(secret)
        self._held: dict[str, Slot] = {}
        self.draining = False

    @property
    def held(self) -> int:
        """Slots in use."""
        return len(self._held)

    @property
    def slots(self) -> int:
        return self._slots

    async def gone(self) -> tuple[str, ...]:
        """What no new session can be opened without, and cannot be reached: `store`, `state`."""

        async def reached(name: str, asked: Awaitable[object]) -> str:
            try:
                async with asyncio.timeout(_ANSWER_S):
                    await asked
            except (ServiceError, TimeoutError):
                return name
            return ""

        house = self._house
        checks = (reached("store", house.twins.changes(PAST_ALL)), reached("state", house.shared.ping()))
        return tuple(filter(None, await asyncio.gather(*checks)))

    async def admit(
        self,
        key: str,
        caller: Caller,
        language: str | None,
        resume: str | None,
        layer: Layer | None = None,
        badge: str | None = None,
    ) -> Pass:
        """Gives out a pass for one deployment.

        Args:
            resume: of an earlier session that is to go on.
            layer: holds for this session alone, also when it goes on later.
            badge: of a fan who agreed to be known again here.

        Raises:
            UnknownDeployment, OriginRefused, TokenRefused, TooOften, Busy, Draining, BadLayer, StoreError,
            StateError.
        """
        await self.check_rate(caller)
        opened = await self._house.place(key)
        if not lets_in(opened, caller):
            raise OriginRefused("this page may not open this deployment: add its origin to the deployment")
        opened.admits(caller.territory, self._house.wall())
        self._check_room()
        before, brought = await self._resumed(resume, key) if resume else (None, "")
        if layer and not before:
            brought = layer.document.to_json()
        own = parse_layer(brought, _LAYER) if brought else None
        place = await self._tailored(opened, own) if own else opened
        spoken = place.stage.context.languages
        chosen = next((known for known in spoken if known == language), spoken[0])
        known = badge if badge and await self._knows(badge, key) else ""
        session = before.id if before else ""
        claims = {"d": key, "l": chosen, "s": session, "y": brought, "f": known, "n": uuid.uuid4().hex}
        claims |= {"t": caller.territory}
        found = Found(opened, place.stage, own, before)
        return Pass(str(self._passes.dumps(claims)), self._token_s, place, chosen, claims, found, known)

    async def places(self, caller: Caller) -> tuple[Place, ...]:
        """The open places that would let somebody in.

        Raises:
            TooOften, StoreError, StateError.
        """
        await self.check_rate(caller)
        found: list[Place] = []
        for deployment in await self._house.twins.deployments():
            try:
                place = await self._house.place(deployment.key)
                place.admits(caller.territory, self._house.wall())
            except (UnknownDeployment, BadLayer):
                continue
            if lets_in(place, caller):
                found.append(place)
        return tuple(found)

    async def check_rate(self, caller: Caller) -> None:
        """Counts a request; programs on this machine may ask as often as they like, while passes can be told
        apart at all.

        Raises:
            TooOften, StateError.
        """
        if is_here(caller.client):
            return await self._house.shared.ping()
        counted = [(f"client:{caller.client}", A_CLIENT)]
        if caller.origin:
            counted.append((f"origin:{caller.origin[:256].lower()}", AN_ORIGIN))
        for key, most in counted:
            await check_rate(self._house.shared, key, most, _TOO_OFTEN)

    def bookmark(self, seat: Seat, turns: int) -> str:
        """A token with which a session is taken up again for as long as it has had just so many turns."""
        claims = {"d": seat.place.deployment.key, "s": seat.fan.session, "n": turns}
        return str(self._resumes.dumps(claims))

    def whose(self, token: str) -> Whose:
        """Whose account a browser's token opens: that of a fan who agreed, or of one session.

        Raises:
            TokenRefused: it is neither.
        """
        if badge := self._badges.read(token):
            return Whose(badge.deployment, badge.fan)
        try:
            claims = self._resumes.loads(token, max_age=RESUME_S)
        except BadSignature:
            raise TokenRefused("this token is not valid here, or is too old") from None
        return Whose(claims["d"], session=claims["s"])

    def files(self, leave: Leave) -> FanFiles:
        """Where what is kept of fans is looked up and erased."""
        return FanFiles(self._house.fans, self._house.sessions, leave)

    async def lets_in(self, key: str, origin: str) -> bool:
        """Whether a page is one of a deployment's, open or closed. Raises `StoreError`."""
        deployment = await self._house.twins.deployment(key)
        return deployment is not None and allowed(deployment.origins, origin, "")

    @asynccontextmanager
    async def enter(self, given: str | Pass) -> AsyncGenerator[Seat]:
        """Takes a slot for a session and gives it back at the end.

        Args:
            given: a pass's token, or the pass itself where it was given out just now, in this process.

        A session that is taken up again while it still goes on elsewhere moves: a fan whose network
        changed must not wait for the old socket to be found dead.

        Raises:
            TokenRefused: forged, expired or used before.
            Busy, Draining, UnknownDeployment, StoreError, StateError.
        """
        if isinstance(given, Pass):
            claims, found = given.claims, given.found
        else:
            claims, found = self._claims(given), None
            if not await self._house.shared.first(f"pass:{claims['n']}", self._token_s + 1):
                raise TokenRefused("this token was used before: ask for a new session")
        session = str(claims["s"] or uuid.uuid4().hex)
        if claims["s"]:  # by another process, perhaps
            await self._house.shared.tell(resumed(session, claims["n"]))
        while before := self._held.get(session):
            before.moved.set()
            await before.left.wait()
            found = None  # that may have taken a while
        self._check_room()
        slot = self._held[session] = Slot()
        try:
            yield await self._seat(slot, session, claims, found or await self._found(claims))
        finally:
            del self._held[session]
            slot.left.set()
            if not slot.moved.is_set():
                await self._tell_end(session)

    async def _tell_end(self, session: str) -> None:
        try:
            await self._house.sessions.ended(session)
        except StoreError as error:
            log.warning("that a session has ended is told to nobody: %s", error)

    async def _found(self, claims: Mapping[str, Any]) -> Found:
        place = await self._house.place(claims["d"])
        place.admits(claims.get("t", ""), self._house.wall())
        layer = parse_layer(claims["y"], _LAYER) if claims.get("y") else None
        stage = (await self._tailored(place, layer)).stage if layer else place.stage
        before = await self._house.sessions.get(claims["s"]) if claims["s"] else None
        return Found(place, stage, layer, before)

    async def _seat(self, slot: Slot, session: str, claims: Mapping[str, Any], found: Found) -> Seat:
        place, stage, record = found.place, found.stage, found.before
        spoken = stage.context.languages  # since the pass was given one may have been taken away
        language = next((known for known in spoken if known == claims["l"]), spoken[0])
        if claims["s"]:
            records = self._house.records
            history, turns, in_crisis = await asyncio.gather(
                records.history(session, stage.limits.history),
                records.last_number(session),
                records.in_crisis(session),
            )
        else:
            history, turns, in_crisis = (), 0, False
            record = await self._house.sessions.open(session, claims["d"], stage.context.hash, language)
        here, badge, fan = replace(place, stage=stage), claims.get("f", ""), record.fan if record else ""
        notebook = await open_notebook(self._house, self._badges, here, session, badge, fan)
        allowance = await self._allowance(claims, session, turns) if self._quotas else None
        guest = Fan(session, language, history, turns, in_crisis, notebook, allowance)
        resume = self._resumes.dumps({"d": claims["d"], "s": session, "y": claims.get("y", "")})
        return Seat(guest, place, stage, str(resume), slot, claims.get("t", ""), found.layer, claims["n"])

    async def _tailored(self, place: Place, layer: Layer) -> Place:
        """A place under what a session brought; strangers are told nothing of the rules that are there."""
        try:
            return await self._house.tailored(place, layer)
        except BadLayer as error:
            told = "; ".join(one.outside or str(one) for one in error.each)
            raise BadLayer(told, error.layer) from None

    async def _allowance(self, claims: Mapping[str, Any], session: str, turns: int) -> Quota:
        """Counted for a fan who is known again here, else for the session."""
        key = claims["d"]
        badge = self._badges.read(claims["f"], key) if claims.get("f") else None
        whose = f"{key}:{badge.fan if badge else session}"
        house = self._house
        return await open_quota(house.shared, whose, house.wall, known=badge is not None, turns=turns)

    async def _knows(self, token: str, key: str) -> bool:
        """Whether a badge is of use here: under one that was erased or has expired nothing is kept."""
        badge = self._badges.read(token, key)
        return badge is not None and await self._house.fans.knows((key, *badge.sources), badge.fan)

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            return self._passes.loads(token, max_age=self._token_s)
        except SignatureExpired:
            raise TokenRefused("this token has expired: ask for a new session") from None
        except BadSignature:
            raise TokenRefused("this token is not valid here: ask for a new session") from None

    async def _resumed(self, resume: str, key: str) -> tuple[SessionRecord | None, str]:
        """The session that may be taken up again here and its layer; none where it is over or unknown."""
        try:
            claims = self._resumes.loads(resume, max_age=RESUME_S)
        except SignatureExpired:
            return None, ""
        except BadSignature:
            raise TokenRefused("this resume token is not valid: begin a new session") from None
        record = await self._house.sessions.get(claims["s"])
        if record is None or record.deployment != key:
            return None, ""
        if "n" in claims and claims["n"] != await self._house.records.last_number(record.id):
            return None, ""
        return record, claims.get("y", "")

    def _check_room(self) -> None:
        if self.draining:
            raise Draining("this server is going down: try again in a moment")
        if self.held >= self._slots:
            raise Busy(f"all {self._slots} places are taken: try again in {RETRY_S:.0f} s", RETRY_S)
