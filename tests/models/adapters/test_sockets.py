"""What a vendor's status means for whoever would ask next."""

from __future__ import annotations

import pytest

from gemelo.models.adapters.sockets import answered, undone
from gemelo.models.errors import VoiceError


@pytest.mark.parametrize(
    ("status", "code", "retry_s", "of_asked"),
    [
        (401, "refused", 60, False),
        (402, "refused", 60, False),
        (403, "refused", 60, False),
        (400, "refused", None, True),
        (422, "refused", None, True),
        (404, "refused", None, False),
        (429, "busy", None, False),
        (500, "broken", None, False),
    ],
)
def test_only_a_key_or_an_account_rests_a_vendor(
    status: int, code: str, retry_s: float | None, of_asked: bool
) -> None:
    """One utterance that it does not take says nothing of the next."""
    error = answered(VoiceError, "cartesia", status, of_asked=True)
    assert str(error) == f"{code}: cartesia answered {status}"
    assert (error.retry_s, error.of_asked) == (retry_s, of_asked)


def test_a_handshake_that_is_refused_is_no_single_utterance() -> None:
    """It counts as a failure, and a busy vendor is believed."""
    assert not answered(VoiceError, "cartesia", 400).of_asked
    assert answered(VoiceError, "cartesia", 429, 7.0).retry_s == 7


@pytest.mark.parametrize(
    ("status", "said"), [(400, True), (404, True), (408, False), (429, True), (503, False)]
)
def test_an_answer_says_that_nothing_was_done_or_says_nothing(status: int, said: bool) -> None:
    """A proxy's 503 may hide a server that is still at it."""
    assert undone(status) is said
