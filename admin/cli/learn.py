"""`gemelo learn`: teaches a twin documents."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from tqdm import tqdm

from gemelo.admin.cli.workshop import Commands, Workshop, add_json, add_twin, answer, show, tell
from gemelo.admin.services.create import create, create_beside, open_portal
from gemelo.admin.services.house import House
from gemelo.admin.services.learn import DocumentVerdict, Progress, Step, learn
from gemelo.admin.services.search import known
from gemelo.admin.services.sharing import Sharing, sharing_at
from gemelo.context.persona.kept import Subset
from gemelo.context.tenancy.people import THE_HOUSE
from gemelo.models.errors import Unknown, UsageError

_DESCRIPTION = """\
Teaches a twin documents: txt, md, html, pdf, docx, odt, epub, srt, vtt, csv and json, recordings and films
(wav, flac, mp3, ogg, opus, m4a, mp4, mov, webm, mkv: what is said in them, as the ear that is installed
hears it), and folders of all these; text in any encoding. One verdict a file: indexed, warned (indexed,
but look at it) or error with the reason; a refused file never stops the others.

With --create a twin that does not exist is made first: a talent and a live twin of this id, and a
portal whose key is the id, in the languages of the texts:

    gemelo learn --twin my-twin --create texts/
    gemelo say --deployment my-twin "Who are you?"

Another twin of the same talent can have a part of what this one has learned, chosen by patterns of
documents' names or by language; it follows whenever this one learns or forgets:

    gemelo learn --twin my-twin--sales --create --from my-twin --only 'courses/*' --language es

Learning again reads what has changed; stopped in the middle, it goes on where it was. --forget takes
a document out of everything that is kept, its index and the store's files included.
"""


def add(commands: Commands) -> None:
    parser = commands.add_parser(
        "learn",
        help="teach a twin documents",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_twin(parser)
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="a file, or a folder of files")
    parser.add_argument(
        "--create", action="store_true", help="make the twin, and a portal for it, if missing"
    )
    parser.add_argument("--from", dest="source", metavar="TWIN", help="share the documents of this twin")
    parser.add_argument(
        "--only", action="append", default=[], metavar="PATTERN", help="of those that are shared, these"
    )
    parser.add_argument(
        "--language", action="append", default=[], metavar="CODE", help="of those that are shared, in these"
    )
    parser.add_argument(
        "--forget",
        action="append",
        default=[],
        metavar="DOCUMENT",
        help="forget a document for good, by the name that it was learned under",
    )
    add_json(parser)
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace, workshop: Workshop) -> int:
    source: str | None = arguments.source
    if not arguments.paths and not arguments.forget and not source:
        raise UsageError("name a file or a folder to learn, or a document to --forget")
    if (arguments.only or arguments.language) and not source:
        raise UsageError(
            "--only and --language choose among the documents of another twin: name it by --from"
        )
    house = await workshop.house()
    twin = arguments.twin
    if arguments.create:
        await (create_beside(house, twin, source) if source else create(house, twin))
    await known(house, twin)
    if source:
        return await _share(house, arguments)
    verdicts = await _learn(house, twin, arguments)
    if arguments.create:
        await open_portal(house, twin)
    if arguments.json:
        answer({"documents": [verdict.row() for verdict in verdicts]})
        return 0
    for verdict in verdicts:
        passages = f"{verdict.passages} passages" if verdict.passages else ""
        told = "  ".join(part for part in (passages, verdict.reason) if part)
        show(f"{verdict.verdict.value:8} {verdict.document}  {told}")
    if arguments.paths and not verdicts:
        tell("there is no file in there to learn from")
    return 0


async def _learn(house: House, twin: str, arguments: argparse.Namespace) -> Sequence[DocumentVerdict]:
    sharing = sharing_at(house)
    if subset := await sharing.of(twin):
        raise UsageError(f"{twin} shares the documents of {subset.source}: teach or forget them there")
    await _forget(sharing, twin, arguments.forget)
    with _Bars() as bars:
        verdicts = await learn(twin, arguments.paths, house.school, house.library.folder(twin), bars.told)
    for synced in await sharing.follow(twin):
        tell(f"{synced.twin} shares {synced.kept} of its documents")
    return verdicts


async def _share(house: House, arguments: argparse.Namespace) -> int:
    subset = Subset(arguments.twin, arguments.source, tuple(arguments.only), tuple(arguments.language))
    synced = await sharing_at(house).share(THE_HOUSE, subset, "at the command line")
    if arguments.create:
        await open_portal(house, arguments.twin)
    if arguments.json:
        answer({"twin": synced.twin, "documents": synced.kept, "taken": synced.taken, "gone": synced.gone})
    else:
        show(f"{synced.twin} shares {synced.kept} documents of {subset.source}")
    return 0


async def _forget(sharing: Sharing, twin: str, documents: Sequence[str]) -> None:
    for path in documents:
        if not await sharing.forget(twin, path):
            raise Unknown(f"this twin has learned no document {path[:200]!r}")
        tell(f"forgotten {path}")


class _Bars:
    """One bar a step, with the time that is left; nothing where no person looks."""

    def __init__(self) -> None:
        self._step: Step | None = None
        self._bar: tqdm[NoReturn] | None = None

    def __enter__(self) -> _Bars:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def told(self, progress: Progress) -> None:
        if progress.step is not self._step:
            self.__exit__()
            unit = " documents" if progress.step is Step.READING else " texts"
            self._step = progress.step
            self._bar = tqdm(total=progress.total, desc=progress.step, unit=unit, disable=None)
        if self._bar is not None:
            self._bar.set_postfix_str(f"{progress.passages} passages", refresh=False)
            self._bar.update(progress.done - self._bar.n)
