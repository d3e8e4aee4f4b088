"""The one place that builds objects. Read it to see which implementation stands behind each seam."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import secrets
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from gemelo.admin.services.cloning import Cloning
from gemelo.admin.services.desk import Desk
from gemelo.admin.services.house import House
from gemelo.admin.services.state import Shared
from gemelo.admin.services.tooling import NoCaller, Toolshed, signing
from gemelo.admin.services.voices import Voices
from gemelo.admin.wiring import vendors
from gemelo.admin.wiring.meaning import load_meaning
from gemelo.admin.wiring.settings import Settings
from gemelo.context.knowledge.twin import Library
from gemelo.context.policy.layers import Layer, parse_layer
from gemelo.context.state.memory import MemoryState
from gemelo.context.store.clock import now_ms
from gemelo.context.store.clones import SqlClones
from gemelo.context.store.database import Database
from gemelo.context.store.desk import SqlDesk
from gemelo.context.store.documents import SqlDocuments
from gemelo.context.store.fans import SqlFans
from gemelo.context.store.leads import SqlLeads
from gemelo.context.store.outbox import SqlOutbox
from gemelo.context.store.requests import SqlRequests
from gemelo.context.store.sessions import SqlSessions
from gemelo.context.store.sqlite import sqlite_url
from gemelo.context.store.talks import SqlTalks
from gemelo.context.store.turns import SqlRecords
from gemelo.context.store.twins import SqlTwins
from gemelo.context.store.uploads import SqlUploads
from gemelo.context.tools.toolbox import Services
from gemelo.engine.turns import TurnRules
from gemelo.models.adapters.apertium import Apertium
from gemelo.models.adapters.artifacts import load_path
from gemelo.models.adapters.local_ear import LocalEars
from gemelo.models.adapters.minilm import MiniLmEmbedder
from gemelo.models.adapters.reading.reader import DocumentReader
from gemelo.models.adapters.reading.recordings import ListeningReader
from gemelo.models.adapters.shared_embedder import SharedEmbedder
from gemelo.models.adapters.silero import SileroVoiceDetector
from gemelo.models.adapters.smart_turn import SmartTurnDetector
from gemelo.models.adapters.verbatim import VerbatimMind
from gemelo.models.clock import LoopClock
from gemelo.models.endpointing import ROUGH, EndpointingParameters
from gemelo.models.errors import StoreError, UsageError
from gemelo.models.seams import (
    Caller,
    Ears,
    Embedder,
    Judge,
    LanguageModel,
    Reader,
    Reranker,
    Restater,
    SpeechToText,
    TextToSpeech,
    Translator,
    TurnDetector,
)

if TYPE_CHECKING:
    from gemelo.context.state.redis import RedisState

log = logging.getLogger(__name__)


_LONGEST_TURN_S = 900
"""No reply is heard for longer: a turn that is still open after it was left by a process that died."""


@dataclass(frozen=True, slots=True)
class Instead:
    """What stands behind a seam in place of what the settings say; None leaves it as it is."""

    recogniser: SpeechToText | None = None
    turns: TurnDetector | None = None
    mind: LanguageModel | None = None
    voice: TextToSpeech | None = None


async def build(
    settings: Settings, *, recover: bool = False, instead: Instead | None = None, kind: type[House] = House
) -> House:
    """Builds the house.

    Args:
        recover: mark turns that an earlier process left open; only the server, which owns them, does.
        instead: other services behind some of the seams.
        kind: of house to build.

    Raises:
        ModelFileError: a model file is missing or changed; says what to run.
        StoreError: the database cannot be opened.
    """
    async with AsyncExitStack() as stack:
        database = await open_database(settings)
        stack.push_async_callback(database.close)
        records = SqlRecords(database)
        stack.push_async_callback(records.close)
        if recover:
            await records.recover(_LONGEST_TURN_S if settings.redis_url or settings.database_url else 0)
        shared = await _shared(settings)
        stack.push_async_callback(shared.close)
        desk = SqlDesk(database, lambda talent: shared.tell(frozenset({talent})))
        instead = instead or Instead()
        embedder, searching = await _embedders(settings, stack)
        house = kind(
            data=settings.data_dir,
            platform=platform_layer(),
            twins=SqlTwins(database),
            desk=desk,
            shared=shared,
            sessions=SqlSessions(database),
            records=records,
            fans=SqlFans(database),
            outbox=SqlOutbox(database),
            uploads=SqlUploads(database),
            documents=SqlDocuments(database),
            library=Library(settings.data_dir / "indexes", searching, _translator(stack)),
            reader=_reader(stack),
            meaning=load_meaning(settings.models_dir, embedder),
            mind=instead.mind or _mind(settings, stack),
            judge=_judge(settings, stack),
            reranker=_reranker(settings, stack),
            rerank_s=settings.rerank_s,
            restater=_restater(settings, stack),
            voices=_voices(settings, stack, instead, desk, shared),
            cloning=make_cloning(settings, stack, database, desk),
            ears=_ears(settings, stack, instead),
            clock=LoopClock(),
            rules=TurnRules(),
            wall=now_ms,
            requests=SqlRequests(database),
            talks=SqlTalks(database),
            leads=SqlLeads(database),
            toolshed=_toolshed(settings, stack, database),
            close=stack.pop_all().aclose,
        )
    gc.freeze()  # what is built now lives as long as the process: collections need not look at it
    return house


async def open_database(settings: Settings) -> Database:
    """The store alone, for what needs no model.

    Raises:
        StoreError: it cannot be opened.
    """
    _make_folder(settings.data_dir)
    if settings.database_url is None:
        return await Database.open(sqlite_url(settings.data_dir / "gemelo.sqlite"))
    owner = settings.database_owner_url
    return await Database.open(
        settings.database_url.get_secret_value(), owner=owner.get_secret_value() if owner else ""
    )


def make_cloning(settings: Settings, stack: AsyncExitStack, database: Database, desk: Desk) -> Cloning:
    """What has voices and faces made at vendors', for what needs no model."""
    makers = vendors.cloners(settings, stack)
    return Cloning(desk, SqlClones(database), makers, now_ms, lambda: secrets.token_hex(8))


def platform_layer() -> Layer:
    """The platform's own rules, which ship with the program."""
    text = files("gemelo.context.policy").joinpath("platform.yaml").read_text("utf-8")
    return parse_layer(text, "platform.yaml")


def secret(settings: Settings) -> str:
    """The key that signs session tokens; made once and kept beside the data where none is set."""
    if settings.secret:
        return settings.secret.get_secret_value()
    path = settings.data_dir / "secret"
    _make_folder(settings.data_dir)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(32))
    except FileExistsError:
        pass
    return path.read_text()


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"the data folder cannot be made: {error.strerror}: {path}") from None


async def _shared(settings: Settings) -> MemoryState | RedisState:
    if settings.redis_url is None:
        return MemoryState(time.monotonic)
    try:
        from gemelo.context.state.redis import RedisState
    except ModuleNotFoundError as error:
        raise UsageError(f"REDIS_URL needs {error.name}: install gemelo[redis]") from error
    return await RedisState.open(settings.redis_url.get_secret_value())


def _ears(settings: Settings, stack: AsyncExitStack, instead: Instead) -> Ears:
    def local(recogniser: SpeechToText, rough: EndpointingParameters | None = None) -> LocalEars:
        return LocalEars(detector, turns, recogniser, rough)

    detector = SileroVoiceDetector(load_path("silero-vad", settings.models_dir))
    turns = instead.turns or _turns(settings, stack)
    if instead.recogniser:
        return local(instead.recogniser)
    return vendors.ears(settings, stack, local, lambda: local(_recogniser(stack), ROUGH))


async def _embedders(settings: Settings, stack: AsyncExitStack) -> tuple[Embedder, Embedder]:
    """The encoder here, which the guard's rules were learned with, and the one that searches go by."""
    folder = settings.models_dir
    mini = MiniLmEmbedder(load_path("minilm", folder), load_path("minilm-tokenizer", folder))
    local = SharedEmbedder(mini)
    if not settings.embeddings_url:
        return local, local
    if not settings.embeddings_model:
        raise UsageError("GEMELO_EMBEDDINGS_URL needs a model: name it in GEMELO_EMBEDDINGS_MODEL")
    try:
        from gemelo.models.adapters.openai_embeddings import ServedEmbedder
    except ModuleNotFoundError as error:
        raise UsageError(f"GEMELO_EMBEDDINGS_URL needs {error.name}: install gemelo[llm]") from error
    key = settings.embeddings_key.get_secret_value()
    served = ServedEmbedder(local, settings.embeddings_url, settings.embeddings_model, key)
    stack.callback(served.close)
    await asyncio.to_thread(served.open)
    return local, SharedEmbedder(served)


def _turns(settings: Settings, stack: AsyncExitStack) -> TurnDetector:
    turns = SmartTurnDetector(load_path("smart-turn", settings.models_dir))
    stack.callback(turns.close)
    return turns


class _Closing(Protocol):
    async def close(self) -> None: ...


Closing = TypeVar("Closing", bound=_Closing)


def _kept(thing: Closing, stack: AsyncExitStack) -> Closing:
    """What ends with the house."""
    stack.push_async_callback(thing.close)
    return thing


def _mind(settings: Settings, stack: AsyncExitStack) -> LanguageModel:
    if not settings.llm_url:
        return VerbatimMind()
    return vendors.minds(settings, stack)


def _judge(settings: Settings, stack: AsyncExitStack) -> Judge | None:
    if not settings.judge_url:
        return None
    from gemelo.models.adapters.openai_judge import OpenAIJudge

    judge = OpenAIJudge(settings.judge_url, settings.judge_model, settings.judge_key.get_secret_value())
    return _kept(judge, stack)


def _translator(stack: AsyncExitStack) -> Translator:
    translator = Apertium()
    stack.callback(translator.close)
    return translator


def _reranker(settings: Settings, stack: AsyncExitStack) -> Reranker | None:
    if not settings.rerank_url:
        return None
    from gemelo.models.adapters.rerank import Reranking

    reranker = Reranking(settings.rerank_url, settings.rerank_model, settings.rerank_key.get_secret_value())
    return _kept(reranker, stack)


def _toolshed(settings: Settings, stack: AsyncExitStack, database: Database) -> Toolshed:
    hosts = frozenset(host for host in settings.tool_hosts.lower().replace(",", " ").split() if host)
    caller: Caller = NoCaller()
    if hosts:
        from gemelo.models.adapters.aiohttp_courier import AiohttpCourier

        caller = courier = AiohttpCourier(loopback=settings.webhooks_here)
        stack.push_async_callback(courier.close)
    services = Services(SqlLeads(database), caller, signing(secret(settings)), now_ms)
    return Toolshed(services, hosts, settings.webhooks_here)


def _restater(settings: Settings, stack: AsyncExitStack) -> Restater | None:
    if not settings.llm_url:
        return None
    from gemelo.models.adapters.openai_restater import OpenAIRestater

    url = settings.llm_url.replace("ws", "http", 1) if settings.llm_url.startswith("ws") else settings.llm_url
    restater = OpenAIRestater(url, settings.llm_model, settings.llm_key.get_secret_value())
    return _kept(restater, stack)


def _voices(
    settings: Settings, stack: AsyncExitStack, instead: Instead, desk: Desk, shared: Shared
) -> Voices:
    if instead.voice:
        return Voices(instead.voice, {}, desk, shared)
    speakers = vendors.Speakers(settings, stack, _voice(stack))
    return Voices(*speakers.installed(), desk, shared, speakers.cloned)


def _voice(stack: AsyncExitStack) -> TextToSpeech:
    from gemelo.models.adapters.espeak import EspeakVoice

    voice = EspeakVoice()
    return _kept(voice, stack)


def _reader(stack: AsyncExitStack) -> Reader:
    reader = ListeningReader(DocumentReader(), _recogniser(stack))
    return _kept(reader, stack)


def _recogniser(stack: AsyncExitStack) -> SpeechToText:
    from gemelo.models.adapters.pocketsphinx import PocketsphinxRecogniser

    recogniser = PocketsphinxRecogniser()
    return _kept(recogniser, stack)
