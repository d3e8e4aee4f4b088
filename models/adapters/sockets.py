"""What a vendor's socket says when it fails, told in our own words.

Codes begin the sentence: down (not reached), busy (429, 503), refused (other 4xx), broken (other 5xx, or
an error that the vendor reports), slow (overdue), died (it broke off), garbage.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from gemelo.models.errors import ServiceError

REFUSED_S = 60.0
"""A key that is refused is not asked for again sooner: only a person can mend that."""
_ACCOUNT = (401, 402, 403)
"""A key that is refused, or an account that is empty."""
_OF_ASKED = (400, 413, 422)
"""What was asked was no request, or too much of one."""

E = TypeVar("E", bound=ServiceError)


def failure(kind: type[E], vendor: str, error: BaseException) -> E:
    """Says what went wrong without the vendor's text, which may repeat what a fan said.

    Reads the exceptions of the `websockets` library, old and new, and of SDKs that raise their own.
    """
    if isinstance(error, kind):
        return error
    for each in _causes(error):
        if (status := _status(each)) is not None:
            return answered(kind, vendor, status, _retry_s(error))
    if isinstance(error, TimeoutError) or "Timeout" in type(error).__name__:
        return kind(f"slow: {vendor} did not answer in time")
    if isinstance(error, OSError):
        return kind(f"down: {vendor} cannot be reached")
    if "Connection" in type(error).__name__:  # ConnectionClosed and its like
        return kind(f"died: {vendor} broke off")
    return kind(f"garbage: {vendor} sent what cannot be read")


def answered(
    kind: type[E], vendor: str, status: int, retry_s: float | None = None, *, of_asked: bool = False
) -> E:
    """What an HTTP status means, in a handshake or a message.

    Args:
        of_asked: what is answered is one thing among many that it is asked: where it takes exception to that
            one, the others may go well.
    """
    code = "busy" if status in (429, 503) else "broken" if status >= 500 else "refused"
    if status in _ACCOUNT:
        retry_s = REFUSED_S
    said = f"{code}: {vendor} answered {status}"
    return kind(said, retry_s=retry_s, of_asked=of_asked and status in _OF_ASKED)


def undone(status: int) -> bool:
    """Whether an HTTP status says that what was asked was not done.

    Another one, 503 too, may be a proxy's that waited no longer for a server which is still at it.
    """
    return 400 <= status < 500 and status != 408


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and those that it was raised for, outermost first."""
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__cause__ or found.__context__


def _status(error: BaseException) -> int | None:
    response = getattr(error, "response", None)
    status: Any = getattr(error, "status_code", None) or getattr(response, "status_code", None)
    return status if isinstance(status, int) and 400 <= status < 600 else None


def _retry_s(error: BaseException) -> float | None:
    """`retry-after` in seconds, wherever an exception keeps the headers that were answered."""
    for each in _causes(error):
        for holder in (getattr(each, "response", None), each):
            headers: Any = getattr(holder, "headers", None)
            try:
                return max(0.0, float(headers["retry-after"]))
            except (LookupError, TypeError, ValueError):
                continue
    return None
