"""How a fan who agreed is known again: a signed name, made up, that their browser keeps.

A badge is good at one deployment. It says nothing of who the fan is, and nobody can make one up.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer


@dataclass(frozen=True, slots=True)
class Badge:
    """A fan's name at one deployment.

    `sources` are other deployments where the fan, under the same name, agreed that this one may use
    what they told there.
    """

    deployment: str
    fan: str
    sources: tuple[str, ...] = ()


def new_name() -> str:
    """A name for a fan that tells nothing: 128 random bits."""
    return secrets.token_hex(16)


class Badges:
    """Signs badges and reads them."""

    def __init__(self, secret: str) -> None:
        self._signer = URLSafeSerializer(secret, salt="fan")

    def sign(self, badge: Badge) -> str:
        """The badge as a token of some hundred characters."""
        claims = {"d": badge.deployment, "f": badge.fan, "s": badge.sources}
        return str(self._signer.dumps(claims))

    def read(self, token: str, deployment: str | None = None) -> Badge | None:
        """The badge that a token is; None where it is none of ours, or for another deployment."""
        try:
            claims: dict[str, Any] = self._signer.loads(token)
        except BadSignature:
            return None
        badge = Badge(str(claims["d"]), str(claims["f"]), _keys(claims["s"]))
        return badge if deployment in (None, badge.deployment) else None


def _keys(keys: Sequence[str]) -> tuple[str, ...]:
    return tuple(str(key) for key in keys)
