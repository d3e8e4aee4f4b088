"""Every error that Gemelo raises on purpose.

GemeloError                  a code and a sentence that a peer may read
├── UsageError               the caller did something wrong; the sentence says what to do
│   ├── UnknownDeployment
│   │   └── Closed           nobody talks there now: carries why
│   ├── UnknownTwin
│   ├── OriginRefused
│   ├── TokenRefused
│   ├── BadMessage
│   ├── BadAudio
│   ├── BadText
│   ├── BadLayer             a policy layer is wrong; names file and line where known
│   ├── BadWindow            a window of time is wrong: no such zone or hour, or it ends before it begins
│   ├── Unknown              there is no such thing, or the principal may not see it
│   ├── Taken                something else has this id
│   ├── NotAllowed           the principal sees this, but may not do that to it
│   ├── Stale                it was changed meanwhile: look at it again
│   ├── Clashes              a campaign cannot go with what there is; names everything it clashes with
│   ├── BadWebhook           no message may be posted there; says why
│   ├── BadPersona           a persona is wrong, or cites what is not there
│   ├── NotReady             a twin may not go live as it is; names everything that is missing or failed
│   ├── BadArguments         a tool was called with what it does not take; says what it does
│   └── BadDocument
├── Busy                     no slot is free; carries `retry_s`
│   └── TooOften             somebody asks more often than they may
├── Draining                 the server is going down; new sessions go elsewhere
└── ServiceError             something behind a seam failed
    ├── MindError
    ├── VoiceError
    ├── AvatarError
    ├── Unsure               it was asked to do something, and nobody knows whether it has
    ├── EarError
    ├── EmbedderError
    ├── RerankerError        found passages stay in their first order
    ├── CourierError         a message could not be delivered
    ├── ModelFileError       a model file is missing or its sha256 is wrong
    ├── StoreError
    │   └── Forgotten         the session was erased: nothing of it is kept any more
    └── StateError           what processes share cannot be reached

`str(error)` is safe to send and to log: it never holds what a fan said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence


class GemeloError(Exception):
    """Base of the tree. `code` is stable and machine readable; `str()` is one plain sentence."""

    code = "error"


class UsageError(GemeloError):
    code = "usage"


class UnknownDeployment(UsageError):
    code = "unknown_deployment"


class Closed(UnknownDeployment):
    """Nobody talks there now.

    Attributes:
        reason: one of `context.tenancy.standing.Reason`.
        at_once: somebody has stopped it; else its time is over, and what is being said may end.
    """

    def __init__(self, message: str, reason: str, *, at_once: bool = False) -> None:
        super().__init__(message)
        self.reason = reason
        self.at_once = at_once


class UnknownTwin(UsageError):
    code = "unknown_twin"


class OriginRefused(UsageError):
    code = "origin_refused"


class TokenRefused(UsageError):
    code = "token_refused"


class BadMessage(UsageError):
    code = "bad_message"


class BadAudio(UsageError):
    code = "bad_audio"


class BadText(UsageError):
    code = "bad_text"


class BadLayer(UsageError):
    """A policy layer is wrong, or does not go with those above it.

    Attributes:
        layer: which kind of layer is to be mended, empty where nobody knows.
        outside: the same for who may see that layer and not the other one it clashes with, where the whole
            message tells of both.
        each: where several are told at once, one by one; else itself.
    """

    code = "bad_layer"

    def __init__(
        self, message: str, layer: str = "", outside: str = "", each: Sequence[BadLayer] = ()
    ) -> None:
        super().__init__(message)
        self.layer = layer
        self.outside = outside
        self.each = tuple(each) or (self,)


class BadWindow(UsageError):
    code = "bad_window"


class Unknown(UsageError):
    code = "unknown"


class Taken(UsageError):
    code = "taken"


class NotAllowed(UsageError):
    code = "not_allowed"


class Stale(UsageError):
    code = "stale"


class Clashes(UsageError):
    """It cannot go with what there is. `found` names everything that is in its way, a sentence each."""

    code = "clashes"

    def __init__(self, found: Iterable[str]) -> None:
        self.found = tuple(found)
        super().__init__("; ".join(self.found))


class BadWebhook(UsageError):
    code = "bad_webhook"


class BadPersona(UsageError):
    code = "bad_persona"


class NotReady(UsageError):
    """A twin may not go live as it is. `found` names all that is missing or has failed, a sentence each."""

    code = "not_ready"

    def __init__(self, found: Iterable[str]) -> None:
        self.found = tuple(found)
        super().__init__("; ".join(self.found))


class BadArguments(UsageError):
    code = "bad_arguments"


class BadDocument(UsageError):
    code = "bad_document"


class Busy(GemeloError):
    """No slot is free. `retry_s` says after how many seconds it is worth trying again."""

    code = "busy"

    def __init__(self, message: str, retry_s: float) -> None:
        super().__init__(message)
        self.retry_s = retry_s


class TooOften(Busy):
    code = "too_often"


class Draining(GemeloError):
    code = "draining"


class ServiceError(GemeloError):
    """Something behind a seam failed.

    Attributes:
        retry_s: after which it is worth asking it again, where it said so.
        of_asked: what it was asked was at fault, and anything else may go well.
    """

    code = "service"

    def __init__(self, *said: object, retry_s: float | None = None, of_asked: bool = False) -> None:
        super().__init__(*said)
        self.retry_s = retry_s
        self.of_asked = of_asked


class MindError(ServiceError):
    code = "mind"


class VoiceError(ServiceError):
    code = "voice"


class AvatarError(ServiceError):
    code = "avatar"


class Unsure(ServiceError):
    code = "unsure"


class EarError(ServiceError):
    code = "ear"


class EmbedderError(ServiceError):
    code = "embedder"


class RerankerError(ServiceError):
    code = "reranker"


class CourierError(ServiceError):
    code = "courier"


class ModelFileError(ServiceError):
    code = "model_file"


class StoreError(ServiceError):
    code = "store"


class Forgotten(StoreError):
    code = "erased"


class StateError(ServiceError):
    code = "state"
