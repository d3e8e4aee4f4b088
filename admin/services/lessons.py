"""Learning what a twin's people have sent, in the background: one round of it.

    claim: one twin's documents ─▶ study each ─▶ store ─▶ one index ─▶ settle each with its verdict

A round that died is done again by whoever comes after its lease: a document is put in place of itself, and
an index that is there is not built anew.
"""

from __future__ import annotations

import logging
from base64 import b64decode
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from gemelo.admin.services.learn import School, reindex, study
from gemelo.context.hooks.webhook import MAX_TRIES, wait_ms
from gemelo.context.knowledge.uploads import Upload, UploadState
from gemelo.models.errors import BadDocument, GemeloError

log = logging.getLogger(__name__)

LEASE_MS = 1_800_000
"""How long learning a few documents may take before somebody else may think that it has died."""
ROUND_S = LEASE_MS // 1000


class Uploads(Protocol):
    """Documents on their way; see `context.store.uploads`. Every method may raise `StoreError`."""

    async def claim(self, lease_ms: int, limit: int = 20) -> tuple[tuple[Upload, int], ...]:
        """Takes what waits for one twin, in the order of sending, each with which try this is."""
        ...

    async def settle(self, upload: Upload, tries: int, again_in_ms: int | None = None) -> bool:
        """Keeps what became of it; still waiting: tried again after a while. False: others have it now."""
        ...

    async def withdraw(self, twin: str, path: str) -> int:
        """What waits to be learned under a path is not learned any more; returns how many those were."""
        ...

    async def withdrawn(self, upload: Upload) -> bool:
        """Whether one that was claimed was withdrawn since."""
        ...


async def _nobody(twin: str) -> None:
    """Where nobody shares what a twin learns."""


async def teach(
    uploads: Uploads,
    school: School,
    folder: Callable[[str], Path],
    then: Callable[[str], Awaitable[object]] = _nobody,
) -> int:
    """Learns what waits, twin by twin; returns how many documents are settled.

    Args:
        folder: of a twin's index (`Library.folder`).
        then: told of each twin that has learned, before its documents are settled.

    Raises:
        StoreError: the rest is the next round's.
    """
    settled = 0
    while claimed := await uploads.claim(LEASE_MS):
        settled += await _teach_one(claimed, uploads, school, folder, then)
    return settled


async def _teach_one(
    claimed: tuple[tuple[Upload, int], ...],
    uploads: Uploads,
    school: School,
    folder: Callable[[str], Path],
    then: Callable[[str], Awaitable[object]],
) -> int:
    twin = claimed[0][0].twin
    for upload, tries in claimed:
        if tries > MAX_TRIES:  # whoever tried it has died of it
            await uploads.settle(*_again(upload, tries))
    claimed = tuple(one for one in claimed if one[1] <= MAX_TRIES)
    try:
        learned = [(await _learned(upload, uploads, school), tries) for upload, tries in claimed]
        await reindex(twin, school.documents, school.embedder, folder(twin))
        await then(twin)
    except GemeloError as error:
        log.warning("what was sent to a twin could not be learned: %s", error.code)
        for upload, tries in claimed:
            await uploads.settle(*_again(upload, tries))
        return 0
    return sum([await uploads.settle(upload, tries) for upload, tries in learned])


async def _learned(upload: Upload, uploads: Uploads, school: School) -> Upload:
    """An upload whose document is stored, or refused; one that was forgotten meanwhile is not kept."""
    try:
        document = await study(upload.path, b64decode(upload.content), school)
    except BadDocument as error:
        return replace(upload, state=UploadState.ERROR, note=str(error))
    await school.documents.put(upload.twin, document)
    if await uploads.withdrawn(upload):  # asked last: who forgets withdraws first, and removes then
        await school.documents.remove(upload.twin, upload.path)
    state = UploadState.WARNED if document.note else UploadState.INDEXED
    return replace(upload, state=state, passages=len(document.passages), note=document.note)


def _again(upload: Upload, tries: int) -> tuple[Upload, int, int | None]:
    """When to try again after a failure that is none of the document's; at some time no more."""
    again = wait_ms(tries)
    if again is None:
        failed = "it could not be learned, though it was tried for a day: send it again"
        return replace(upload, state=UploadState.ERROR, note=failed), tries, None
    return upload, tries, again
