"""What people may type into the admin API and the command line: ids, names, reasons, origins; pure.

Every function returns the text as it is kept, or says what to write instead.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any, cast

from gemelo.context.tenancy.people import Action, Party, Principal
from gemelo.context.tenancy.windows import Window
from gemelo.models.errors import BadWindow, NotAllowed, Unknown, UsageError

MAX_NAME = 200
MAX_REASON = 1000
MAX_PAGE = 200
"""Items of one page of a list."""
MAX_ORIGINS = 100
MAX_THEME_BYTES = 8 * 1024
MAX_THEME_DEPTH = 4

_SPACE = "--"
"""Between a talent's id and what its people call a thing of it; no id of a talent holds it."""
_ID = re.compile(r"(?!.*--)[a-z0-9][a-z0-9-]{0,62}")
_ID_WITHIN = re.compile(r"[a-z0-9][a-z0-9-]{0,126}")
_ORIGIN = re.compile(
    r"https?://(\[[0-9a-f:.]{2,45}\]|[a-z0-9]([a-z0-9-]{0,62})(\.[a-z0-9]([a-z0-9-]{0,62})){0,10})(:(\d{1,5}|\*))?"
)
_JOINERS = "\u200c\u200d"
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_LAST_MS = 253_402_300_800_000
"""The end of the year 9999."""


def permit(who: Principal, action: Action, *, talent: str, brand: str = "") -> None:
    """Lets pass who may do this to what they see.

    Raises:
        NotAllowed: they may not.
    """
    if not who.may(action, talent=talent, brand=brand):
        raise NotAllowed(f"your roles do not allow this ({action}): ask somebody who manages it")


def party_of(who: Principal, *, talent: str, brand: str = "") -> Party:
    """On whose behalf somebody stops something who may: the platform's first.

    Raises:
        NotAllowed: on nobody's.
    """
    mine = who.speaks_for(talent=talent, brand=brand)
    for party in Party:
        if party in mine:
            return party
    raise NotAllowed("you speak for none of those who may stop this: ask somebody who manages it")


def id_of(text: str, what: str = "an id") -> str:
    """The id of something new.

    Raises:
        UsageError: it is none.
    """
    if not _ID.fullmatch(text):
        raise UsageError(f"{what} is 1 to 63 small letters, digits and single hyphens, none at its beginning")
    return text


def id_within(text: str, talent: str, who: Principal) -> str:
    """The id of something new that belongs to a talent.

    Ids are the whole house's. Whoever manages one talent names things in a space of that talent alone, so
    that no refusal tells whether another talent has a thing of some name.

    Raises:
        UsageError: it is none, or lies in another space.
    """
    own = text.startswith(f"{talent}{_SPACE}")
    if not _ID_WITHIN.fullmatch(text) or not (own or (who.is_platform and _SPACE not in text)):
        raise UsageError(
            "an id of what a talent has begins with the talent's id and two hyphens, "
            f"like '{talent[:63]}{_SPACE}summer', and has small letters, digits and hyphens, 127 at most"
        )
    return text


def findable(id: str) -> str:
    """An id that somebody asks for.

    Raises:
        Unknown: nothing can have it.
    """
    if not id or len(id) > MAX_NAME or not id.isprintable():
        raise Unknown("there is nothing with this id")
    return id


def check_page(limit: int, *asked: str) -> None:
    """Looks at how many items of a list are asked for, from where on, and by what.

    Raises:
        UsageError: the limit is not 1 to 200, or one of the texts is made up.
    """
    if not 1 <= limit <= MAX_PAGE:
        raise UsageError(f"a page has 1 to {MAX_PAGE} items")
    if any(len(text) > MAX_NAME or not text.isprintable() for text in asked):
        raise UsageError("this is no place to go on from: take the one that the last page gave")


def name_of(text: str, most: int = MAX_NAME) -> str:
    """A name in NFC, white space folded. Letters of any script are letters.

    Raises:
        UsageError: it is empty or too long, or holds characters that are not seen or turn the direction.
    """
    if len(text) > 4 * most:  # before any work on it
        raise UsageError(f"a name has at most {most} characters")
    folded = " ".join(unicodedata.normalize("NFC", text).split())
    if any(unicodedata.category(c) in _UNSEEN and c not in _JOINERS for c in folded):
        raise UsageError("a name holds no control characters and none that turn the direction of writing")
    if not 0 < len(folded) <= most or not any(unicodedata.category(c)[0] in "LNSP" for c in folded):
        raise UsageError(f"a name has 1 to {most} characters")
    return folded


def reason_of(text: str, *, needed: bool = False) -> str:
    """Why somebody does something, on one line.

    Raises:
        UsageError: it is too long, or empty where a reason is needed.
    """
    if len(text) > MAX_REASON:
        raise UsageError(f"a reason has at most {MAX_REASON} characters")
    spaced = (" " if c.isspace() else c for c in unicodedata.normalize("NFC", text))
    folded = " ".join("".join(c for c in spaced if unicodedata.category(c) not in _UNSEEN).split())
    if needed and not folded:
        raise UsageError("say why: a few words for whoever reads the history")
    return folded


def origins_of(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Origins of pages in lower case, each once; `:*` stands for any port.

    Raises:
        UsageError: one is none, or there are too many.
    """
    if len(texts) > MAX_ORIGINS:
        raise UsageError(f"a deployment has at most {MAX_ORIGINS} origins")
    lowered = tuple(dict.fromkeys(text.lower() for text in texts))
    for text in lowered:
        found = _ORIGIN.fullmatch(text)
        if not found or (found[6] and found[6] != "*" and int(found[6]) > 65_535):
            raise UsageError(f"{text[:80]!r} is no origin: write one like 'https://club.example'")
    return lowered


def theme_of(theme: Mapping[str, Any]) -> dict[str, Any]:
    """A theme: small, plain JSON.

    Raises:
        UsageError: it is too large or too deep, or holds what is no JSON.
    """
    _check_plain(theme, MAX_THEME_DEPTH)
    try:
        text = json.dumps(theme, ensure_ascii=False, allow_nan=False)
    except ValueError:
        raise UsageError("a theme holds no NaN and no infinity") from None
    if len(text.encode("utf-8", "surrogatepass")) > MAX_THEME_BYTES:
        raise UsageError(f"a theme has at most {MAX_THEME_BYTES // 1024} kB")
    return cast("dict[str, Any]", json.loads(text))


def _check_plain(value: object, depth: int) -> None:
    match value:
        case None | bool() | int() | float():
            return
        case str():
            if any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value):
                raise UsageError("a theme holds no NUL and no half characters")
        case list() if depth:
            for one in cast("list[object]", value):
                _check_plain(one, depth - 1)
        case Mapping() if depth:
            for key, one in cast("Mapping[object, object]", value).items():
                if not isinstance(key, str):
                    raise UsageError("the keys of a theme are texts")
                _check_plain(key, 0)
                _check_plain(one, depth - 1)
        case _:
            raise UsageError(f"a theme is plain JSON, at most {MAX_THEME_DEPTH} levels deep")


def window_of(window: Window) -> Window:
    """A window as it is kept.

    Raises:
        BadWindow: it ends before it begins, or lies out of all time.
    """
    if not 0 <= window.starts < window.ends <= _LAST_MS:
        raise BadWindow("this window does not end after it begins, between 1970 and 9999: give another one")
    return window
