"""Every setting, read in one place: `GEMELO_*` variables over defaults that work on a laptop."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from gemelo.models.errors import UsageError
from gemelo.models.usage import Price

_ROOT = Path(__file__).parents[2]


def _checkout() -> Path | None:
    """The source tree this program runs from, or None where it was installed from a wheel."""
    return _ROOT if (_ROOT / "pyproject.toml").is_file() else None


def _default(inside: str, variable: str, outside: str) -> Path:
    tree = _checkout()
    if tree:
        return tree / inside
    return Path(os.environ.get(variable) or Path.home() / outside) / "gemelo"


class OtherMind(BaseModel):
    """One of `Settings.llm_others`."""

    model_config = ConfigDict(extra="forbid")

    url: str
    model: str
    key: SecretStr = SecretStr("none")
    vllm: bool = False
    name: str = ""


class Plugin(BaseModel):
    """One of `Settings.plugins`.

    Attributes:
        plugin: the last part of the package `livekit.plugins.*`.
        stt, tts: options of its recogniser and voice; keys of vendors it reads from their own variables.
        voice: the option that takes the id of a voice.
        languages: that its recogniser hears.
    """

    model_config = ConfigDict(extra="forbid")

    plugin: str
    stt: dict[str, Any] | None = None
    tts: dict[str, Any] | None = None
    voice: str = "voice_id"
    languages: list[str] = ["en", "es"]


def _elevenlabs() -> dict[str, Plugin]:
    return {"elevenlabs": Plugin(plugin="elevenlabs", tts={"encoding": "pcm_24000"})}


class Settings(BaseSettings):
    """Settings of one process.

    Attributes:
        data_dir: database, indexes and the secret; must not be lost.
        models_dir: model files; can be fetched again.
        slots: sessions that this process serves at once; past them fans are told to come back.
        token_s: how long a session token opens a socket (s).
        drain_s: how long a stopping server waits for replies to end (s).
        llm_url, llm_model, llm_key: an OpenAI-compatible server; without them the verbatim mind answers.
        llm_vllm: send vLLM's own fields too.
        llm_others: JSON of servers that answer where the first does not, in order, e.g.
            [{"url": "https://llm.example/v1", "model": "m", "key": "k"}]; `vllm` as above; `name` for prices.
        llm_patience_s: how long one may be silent at first where another is left that does not rest (s).
        database_url: a PostgreSQL database that servers share, as `postgresql://user:password@host/name`;
            without it everything is kept in a file of `data_dir`. Read from `DATABASE_URL` too.
        database_owner_url: the same database for the owner of its tables, who makes and changes them; the
            role of `database_url` then only works with them. Read from `DATABASE_OWNER_URL` too.
        redis_url: what several processes of one house share; without it a process shares with nobody. Read
            from `REDIS_URL` too.
        livekit_api_key, livekit_api_secret: of the server whose rooms `gemelo worker` talks in. Read from
            `LIVEKIT_API_KEY` and `LIVEKIT_API_SECRET` too.
        territory_header: in which a proxy says the country of a fan (ISO 3166, e.g. `cf-ipcountry`). Set it
            only behind a proxy that sets or removes it; without it nobody knows where fans are.
        quotas: whether fans have so many interactions a month as layers say; off to measure load.
        admin_rate: requests a minute that one principal may send to the admin API and the console, over all
            servers; 0: as many as they like.
        webhooks_here: webhooks may be posted to this machine itself, over http too; for tests and laptops.
        rerank_url, rerank_model, rerank_key: a server with a `/rerank` endpoint as vLLM and Cohere have it;
            without it found passages stay in their first order.
        rerank_s: after which that order stands (s).
        embeddings_url, embeddings_model, embeddings_key: an OpenAI-compatible server whose vectors the search
            goes by, beside the encoder here; with another one what was learned is read again.
        tool_hosts: that tools of layers may ask, commas between them ("club.example,*.shop.example"); empty:
            none.
        ears: who hears fans, the first that can be had, commas between: deepgram (Flux), nova (Deepgram's
            nova-3, turns decided here), cartesia (ink-2), local. Unset: those whose keys are set, then local.
        voices: who speaks, likewise: cartesia (sonic), local.
        voice_ids: JSON of voices by name, vendor, language, e.g. {"neutral": {"cartesia": {"en": "0834"}}};
            `neutral` is nobody's, a person's is TALENT/NAME, by the name that layers and consents have.
        voice_patience_s: where a voice owes a clause for so long the next one goes on (s).
        deepgram_key, deepgram_url: read from `DEEPGRAM_API_KEY` too; an address of one's own.
        cartesia_key, cartesia_url: likewise, of `CARTESIA_API_KEY`.
        tavus_key, tavus_url: likewise, of `TAVUS_API_KEY`.
        tavus_pal: one of your own for LiveKit rooms, in echo mode; unset: Tavus' stock one.
        plugins: JSON of LiveKit Agents' plugins by the names that `ears`, `voices` and `voice_ids` call them
            (see `Plugin`); unset: `elevenlabs`, whose key is `ELEVEN_API_KEY`.
        prices: JSON of what services cost, in any one currency: a `minute` of sound, a million `characters`
            or tokens (`prompt`, `cached`, `written`), e.g. {"deepgram": {"minute": 0.0077}}.
        judge_url, judge_model, judge_key: an OpenAI-compatible server that looks at finished turns once
            more and flags what a person should see; without them nobody does.
    """

    model_config = SettingsConfigDict(env_prefix="GEMELO_", extra="ignore")

    data_dir: Path = _default(".data", "XDG_DATA_HOME", ".local/share")
    models_dir: Path = _default(".cache/models", "XDG_CACHE_HOME", ".cache")
    secret: SecretStr | None = None
    slots: int = 100
    token_s: int = 60
    drain_s: float = 30
    llm_url: str = ""
    llm_model: str = ""
    llm_key: SecretStr = SecretStr("none")
    llm_vllm: bool = False
    llm_others: list[OtherMind] = Field(default_factory=list["OtherMind"])
    llm_patience_s: Annotated[float, Field(gt=0)] = 0.4
    rerank_url: str = ""
    rerank_model: str = ""
    rerank_key: SecretStr = SecretStr("")
    rerank_s: Annotated[float, Field(gt=0)] = 0.15
    embeddings_url: str = ""
    embeddings_model: str = ""
    embeddings_key: SecretStr = SecretStr("none")
    tool_hosts: str = ""
    judge_url: str = ""
    judge_model: str = ""
    judge_key: SecretStr = SecretStr("none")
    ears: str = ""
    deepgram_key: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("GEMELO_DEEPGRAM_KEY", "DEEPGRAM_API_KEY")
    )
    deepgram_url: str = ""
    cartesia_key: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("GEMELO_CARTESIA_KEY", "CARTESIA_API_KEY")
    )
    cartesia_url: str = ""
    tavus_key: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("GEMELO_TAVUS_KEY", "TAVUS_API_KEY")
    )
    tavus_url: str = ""
    tavus_pal: str = ""
    voices: str = ""
    voice_ids: dict[str, dict[str, dict[str, str]]] = Field(
        default_factory=dict[str, dict[str, dict[str, str]]]
    )
    voice_patience_s: Annotated[float, Field(gt=0)] = 0.5
    plugins: dict[str, Plugin] = Field(default_factory=_elevenlabs)
    prices: dict[str, Price] = Field(default_factory=dict[str, Price])
    database_url: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("GEMELO_DATABASE_URL", "DATABASE_URL")
    )
    database_owner_url: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("GEMELO_DATABASE_OWNER_URL", "DATABASE_OWNER_URL")
    )
    redis_url: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("GEMELO_REDIS_URL", "REDIS_URL")
    )
    livekit_api_key: str = Field(
        default="", validation_alias=AliasChoices("GEMELO_LIVEKIT_API_KEY", "LIVEKIT_API_KEY")
    )
    livekit_api_secret: SecretStr = Field(
        default=SecretStr(""),
        validation_alias=AliasChoices("GEMELO_LIVEKIT_API_SECRET", "LIVEKIT_API_SECRET"),
    )
    territory_header: str = ""
    quotas: bool = True
    admin_rate: Annotated[int, Field(ge=0)] = 1200
    webhooks_here: bool = False


def read_settings() -> Settings:
    """Those of the environment.

    Raises:
        UsageError: a variable is wrong; the sentence says which, and not what stands in it.
    """
    try:
        return Settings()
    except ValidationError as error:
        faults = (f"GEMELO_{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in error.errors())
        raise UsageError("; ".join(faults)) from None
    except SettingsError as error:  # names the field, and not its value
        name = re.search(r'field "(\w+)"', str(error))
        variable = f"GEMELO_{name[1].upper()}" if name else "a variable GEMELO_*"
        raise UsageError(f"{variable} is not valid JSON: see docs/vendors.md") from None
