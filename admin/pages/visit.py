"""Who is signed in to the console: a signed cookie, short-lived, that no script can read.

The cookie names an API key by its hash, so that a key that is revoked signs its holder out, and how often
its holder had signed out before: to sign out ends every visit that the key has begun. Every form
carries a token of its visit, and is taken from the console's own pages only.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from urllib.parse import urlsplit

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response

from gemelo.admin.services import people
from gemelo.admin.services.desk import Desk
from gemelo.context.tenancy.people import Principal
from gemelo.models.errors import TokenRefused, UsageError

COOKIE = "gemelo_console"
_WORD = "gemelo_word"
IDLE_S = 30 * 60
"""After which a visitor who opens no page is signed out."""


class SignedOut(UsageError):
    code = "signed_out"


class StrangeForm(UsageError):
    code = "strange_form"


@dataclass(frozen=True, slots=True)
class Visit:
    """One person's visit.

    Attributes:
        form: token of its forms.
        count: sign-outs of its key before it.
    """

    who: Principal
    key: str
    form: str
    count: int


class Visits:
    """Opens and recognises visits.

    Args:
        secret: signs them.
    """

    def __init__(self, desk: Desk, secret: str) -> None:
        self._desk = desk
        self._cookies = URLSafeTimedSerializer(secret, "console visit")
        self._words = URLSafeTimedSerializer(secret, "console word")
        self._forms = URLSafeTimedSerializer(secret, "console form")

    async def open(self, request: Request, response: Response, secret: str) -> Principal:
        """Signs the holder of an API key in.

        Raises:
            TokenRefused, StoreError.
        """
        await people.known(self._desk, secret)
        key = people.digest(secret)
        who, count = await people.visiting(self._desk, key)
        self._remember(request, response, key, count)
        return who

    async def of(self, request: Request) -> Visit:
        """Whose visit this is.

        Raises:
            SignedOut: nobody's, or not any more.
            StoreError.
        """
        try:
            key, count = self._cookies.loads(request.cookies.get(COOKIE, ""), max_age=IDLE_S)
            who, now = await people.visiting(self._desk, key)
        except (BadSignature, TokenRefused, ValueError):
            raise SignedOut("sign in to go on") from None
        if count != now:
            raise SignedOut("sign in to go on")
        return Visit(who, key, self._forms.dumps(_short(key)), count)

    def go_on(self, request: Request, response: Response, visit: Visit) -> None:
        """Begins the time after which the visitor is signed out anew."""
        self._remember(request, response, visit.key, visit.count)

    async def close(self, visit: Visit, response: Response) -> None:
        """Ends it, and all that were begun with the same key, also for who has a copy of the cookie.

        Raises:
            TokenRefused, StoreError.
        """
        await people.sign_out(self._desk, visit.who, visit.key)
        response.delete_cookie(COOKIE, path="/console")

    def check(self, visit: Visit, token: str) -> None:
        """Raises `StrangeForm`: this form was not given out in this visit."""
        try:
            given = self._forms.loads(token, max_age=24 * 3600)
        except BadSignature:
            given = None
        if not isinstance(given, str) or not compare_digest(given, _short(visit.key)):
            raise StrangeForm("this form is too old or was not made here: open the page again")

    def tell(self, response: Response, done: str) -> None:
        """Leaves a word for the next page."""
        response.set_cookie(
            _WORD, self._words.dumps(done), max_age=60, path="/console", httponly=True, samesite="strict"
        )

    def told(self, request: Request) -> str:
        """The word that was left, if one was."""
        try:
            return str(self._words.loads(request.cookies.get(_WORD, ""), max_age=60))
        except BadSignature:
            return ""

    def forget_word(self, response: Response) -> None:
        """It was shown."""
        response.delete_cookie(_WORD, path="/console")

    def _remember(self, request: Request, response: Response, key: str, count: int) -> None:
        response.set_cookie(
            COOKIE,
            self._cookies.dumps([key, count]),
            max_age=IDLE_S,
            path="/console",
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )


def check_origin(request: Request) -> None:
    """Raises `StrangeForm`: a page of somebody else sent this."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site not in (None, "same-origin", "none") or (
        origin is not None and urlsplit(origin).netloc != request.headers.get("host")
    ):
        raise StrangeForm("this was sent by a page that is not the console's")


def _short(key: str) -> str:
    return sha256(key.encode()).hexdigest()[:32]
