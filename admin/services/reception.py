"""Who may open a session, and for how many there is room.

    admit(deployment, origin) ──▶ Pass (a signed, short-lived token) ──▶ enter(token) ──▶ Seat (a slot held)

Admission is by slots held: a fan who finds the house full is told so and when to come back; the fans
inside notice nothing.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from gemelo.admin.services.house import House, Place
from gemelo.engine.session import Fan
from gemelo.models.errors import Busy, Draining, OriginRefused, TokenRefused
from gemelo.models.vocabulary import Language

RETRY_S = 5.0
"""After which a fan who found the house full may try again."""
RESUME_S = 24 * 3600
"""How long a session can be taken up again."""
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost", "testclient"})


@dataclass(frozen=True, slots=True)
class Pass:
    """What a page gets to open one socket with."""

    token: str
    expires_in: int
    place: Place
    language: Language


@dataclass(frozen=True, slots=True)
class Seat:
    """A slot, held by one fan for as long as the session lasts."""

    fan: Fan
    place: Place
    resume: str


class Reception:
    """Lets fans in.

    Args:
        slots: sessions served at once.
        token_s: how long a token may wait before it opens a socket.
    """

    def __init__(self, house: House, secret: str, slots: int, token_s: int) -> None:
        self._house = house
        self._slots = slots
        self._token_s = token_s
        self._passes = URLSafeTimedSerializer(secret, salt="pass")
        self._resumes = URLSafeTimedSerializer(secret, salt="resume")
        self._held = 0
        self._empty = asyncio.Event()
        self._empty.set()
        self.draining = False

    @property
    def held(self) -> int:
        """Slots in use."""
        return self._held

    @property
    def slots(self) -> int:
        return self._slots

    async def admit(
        self, key: str, origin: str | None, client: str, language: str | None, resume: str | None
    ) -> Pass:
        """Gives out a pass for one deployment.

        Args:
            origin: the page's `Origin` header; None from a program, which must run on this machine.
            client: the peer's address.
            resume: of an earlier session that is to go on.

        Raises:
            UnknownDeployment, OriginRefused, TokenRefused, Busy, Draining, BadLayer, StoreError.
        """
        place = await self._house.place(key)
        if not allowed(place.deployment.origins, origin, client):
            raise OriginRefused("this page may not open this deployment: add its origin to the deployment")
        self._check_room()
        spoken = place.stage.context.languages
        chosen = next((known for known in spoken if known == language), spoken[0])
        session = self._resumed(resume, key) if resume else ""
        token = self._passes.dumps({"d": key, "l": chosen, "s": session, "n": uuid.uuid4().hex})
        return Pass(str(token), self._token_s, place, chosen)

    @asynccontextmanager
    async def enter(self, token: str) -> AsyncIterator[Seat]:
        """Takes a slot for a session and gives it back at the end.

        Raises:
            TokenRefused: forged or expired.
            Busy, Draining, UnknownDeployment, StoreError.
        """
        try:
            claims = self._passes.loads(token, max_age=self._token_s)
        except SignatureExpired:
            raise TokenRefused("this token has expired: ask for a new session") from None
        except BadSignature:
            raise TokenRefused("this token is not valid here: ask for a new session") from None
        self._check_room()
        self._held += 1
        self._empty.clear()
        try:
            yield await self._seat(claims["d"], Language(claims["l"]), claims["s"])
        finally:
            self._held -= 1
            if not self._held:
                self._empty.set()

    async def emptied(self) -> None:
        """Waits until nobody holds a slot."""
        await self._empty.wait()

    async def _seat(self, key: str, language: Language, session: str) -> Seat:
        place = await self._house.place(key)
        stage = place.stage
        if session:
            history = await self._house.records.history(session, stage.limits.history)
            turns = await self._house.records.last_number(session)
            fan = Fan(session, language, history, turns)
        else:
            fan = Fan(uuid.uuid4().hex, language)
            await self._house.sessions.open(fan.session, key, stage.context.hash, language)
        return Seat(fan, place, str(self._resumes.dumps({"d": key, "s": fan.session})))

    def _resumed(self, resume: str, key: str) -> str:
        """The session that may be taken up again here, or none where the time for it is over."""
        try:
            claims = self._resumes.loads(resume, max_age=RESUME_S)
        except SignatureExpired:
            return ""
        except BadSignature:
            raise TokenRefused("this resume token is not valid: begin a new session") from None
        return claims["s"] if claims["d"] == key else ""

    def _check_room(self) -> None:
        if self.draining:
            raise Draining("this server is going down: try again in a moment")
        if self._held >= self._slots:
            raise Busy(f"all {self._slots} places are taken: try again in {RETRY_S:.0f} s", RETRY_S)


def allowed(origins: tuple[str, ...], origin: str | None, client: str) -> bool:
    """Whether a page may open a deployment. Closed by default.

    An entry of `origins` is an origin (`https://club.example`) or one with any port
    (`http://127.0.0.1:*`). A request without an origin comes from a program: only from this machine.
    """
    if origin is None:
        return client in _LOOPBACK
    try:
        parts = urlsplit(origin)
        host = f"{parts.scheme}://{parts.netloc}".lower()
    except ValueError:
        return False
    literal = (entry.lower().replace("[", "[[]") for entry in origins)
    return bool(parts.scheme and parts.netloc) and any(fnmatchcase(host, entry) for entry in literal)
