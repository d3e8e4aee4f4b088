"""Where the next page of a list begins: opaque, signed, and good for that list alone."""

from __future__ import annotations

from itsdangerous import BadSignature, URLSafeSerializer

from gemelo.admin.api.admin.problems import BadCursor

MAX_CURSOR = 2_000


class Cursors:
    """Makes and reads cursors.

    Args:
        secret: signs them, so that nobody makes one up.
    """

    def __init__(self, secret: str) -> None:
        self._signer = URLSafeSerializer(secret, "admin cursor")

    def make(self, of: str, after: str) -> str | None:
        """The cursor of the page that begins after `after`; None where there is none.

        Args:
            of: the list, with all that it is filtered by.
        """
        return self._signer.dumps([of, after]) if after else None

    def read(self, of: str, cursor: str) -> str:
        """What `make` was given; an empty cursor is the first page.

        Raises:
            BadCursor: nobody here made it, or it was made for another list.
        """
        if not cursor:
            return ""
        try:
            made_for, after = self._signer.loads(cursor)
        except (BadSignature, ValueError, TypeError):
            made_for, after = None, None
        if made_for != of or not isinstance(after, str):
            raise BadCursor("this cursor belongs to no such list: begin again without one")
        return after
