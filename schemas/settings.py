"""Settings: every one from the environment (``OCTAVO_…``), a secret also from the file that ``…_FILE`` names.

This is the only file that reads the environment.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from schemas.cores import cores
from schemas.llm import LlmName
from schemas.ocr import OcrEngineName, OcrSetup
from schemas.queues import Queue, parse_queues
from schemas.vision import VisionTask, VisionUse

_HttpUrl = Annotated[str | None, Field(pattern=r"^https?://")]
_SITE = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::[0-9]{1,5})?")
_LANGUAGE = re.compile(r"[A-Za-z][A-Za-z0-9_/-]*")
_SHORTEST_KEY = 32
_LONGEST_SOCKET = 100
"""Bytes in a unix socket's path; the least that any system allows is 104, its end included."""
_LLM_SLOTS = 8
"""Documents that wait for answers of language models at the same time: little else is done for them."""
_CORES_A_MODEL_CHILD = 4
"""Models use more cores than these ever less well, and a single page waits longer for fewer."""


_LLM_SETTINGS = [
    f"llm{of}_{name}"
    for of in ("", *(f"_{name}" for name in LlmName if name is not LlmName.TENSORLAKE))
    for name in ("base_url", "model", "api_key", "vision")
]


class Device(StrEnum):
    """Where the models run."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"


class Sandbox(StrEnum):
    """How much holds the processes that open documents."""

    AUTO = "auto"
    REQUIRED = "required"
    OFF = "off"


class LogFormat(StrEnum):
    """How log lines are written."""

    TEXT = "text"
    JSON = "json"


class _SecretFiles(PydanticBaseSettingsSource):
    """``OCTAVO_X_FILE=/run/secrets/x`` gives the setting ``x`` that file's content."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        path = os.environ.get(f"OCTAVO_{field_name.upper()}_FILE")
        return (Path(path).read_text(encoding="utf-8").strip() if path else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        values = {
            name: self.get_field_value(f, name)[0] for name, f in self.settings_cls.model_fields.items()
        }
        return {name: value for name, value in values.items() if value is not None}


class Settings(BaseSettings):
    """How this installation runs. The defaults are right for a laptop."""

    model_config = SettingsConfigDict(env_prefix="OCTAVO_", extra="ignore", frozen=True)

    data_dir: Path = Field(
        Path("octavo-data"), description="Where everything is kept that has no URL of its own."
    )
    host: str = Field("127.0.0.1", description="Address the API listens on.")
    port: int = Field(8700, ge=0, le=65535, description="Port the API listens on.")
    config: Path | None = Field(None, description="The on-premise YAML: organizations, projects, keys.")
    api_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (), description="Keys of the default project, separated by commas."
    )
    database_url: SecretStr | None = Field(
        None, description="`sqlite:///…` or `postgresql://…`; default: SQLite in the data folder."
    )
    blob_url: str | None = Field(
        None, description="`file:///…` or `s3://bucket/prefix`; default: the data folder."
    )
    s3_endpoint_url: str | None = Field(None, description="An S3-compatible server other than Amazon's.")
    broker_url: SecretStr | None = Field(
        None, description="`redis://…`; default: a Valkey of its own, on a socket in the data folder."
    )
    device: Device = Field(Device.AUTO, description="`auto`, `cpu` or `cuda`.")
    workers: int = Field(
        0,
        ge=0,
        description="Documents, and parts of long ones, that one worker or `octavo parse` reads at the same"
        " time; 0: one a core.",
    )
    queues: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="What a worker does, and how much of it at once: `cpu=4,gpu=1,llm=8,notify`; default: all"
        " of it, `llm` 8 at once, `cpu` and `gpu` as `OCTAVO_WORKERS` says.",
    )
    worker_max_shards: int = Field(
        5000, ge=0, description="A worker starts anew after so many pieces of work; 0: never."
    )
    worker_memory_bytes: int = Field(
        2 << 30, ge=0, description="A worker starts anew when it holds more itself; 0: never."
    )
    gpu_memory_bytes: int = Field(
        2 << 30, ge=0, description="Models wait until a GPU has so much memory free, before they load there."
    )
    gpu_batch: int = Field(
        8, ge=1, description="Most pages, of several documents, that go through a model on a GPU at once."
    )
    gpu_batch_seconds: float = Field(
        0.005,
        ge=0,
        description="How long a page waits for others before it goes through a model on a GPU alone.",
    )
    gpu_half: bool = Field(
        False, description="On a GPU, models calculate in 16 bits where that was tried (needs `onnx`)."
    )
    max_waiting_jobs: int = Field(
        100_000,
        ge=0,
        description="Most jobs that have not ended; a submit beyond is refused with 429. 0: no limit.",
    )
    requests_per_minute: int = Field(
        0, ge=0, description="Most requests of one project in a minute; 0: any number."
    )
    pages_per_day: int = Field(
        0, ge=0, description="Most pages read for one project in a day (UTC); 0: any number."
    )
    stored_bytes: int = Field(
        0, ge=0, description="Most bytes of uploaded files that one project may keep; 0: any number."
    )
    audit_days: float = Field(365, gt=0, le=36_500, description="Days that the audit log is kept.")
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Sites whose pages may call this API from a browser (`https://app.example.com`),"
        " separated by commas; default: none.",
    )
    encrypt_blobs: bool | Literal["required"] = Field(
        False,
        description="`true`: encrypt files, results and checkpoints under `OCTAVO_SECRET_KEY` where they are"
        " stored; `required`: and read nothing that is not encrypted.",
    )
    sandbox: Sandbox = Field(
        Sandbox.AUTO,
        description="How processes that open documents are held: `auto` (all that this kernel can do),"
        " `required` (refuse to start with less) or `off` (limits of memory and time only).",
    )
    reuse_results: bool = Field(
        False,
        description="Give a job the result of an earlier one of its project, of the same bytes and options.",
    )
    retention_days: float | None = Field(
        None,
        gt=0,
        le=36_500,
        description="Days after its end that a job is deleted with its result; default: never.",
    )
    file_retention_days: float | None = Field(
        None, gt=0, le=36_500, description="Days after its upload that a file is deleted; default: never."
    )
    checkpoint_days: float = Field(
        7,
        gt=0,
        le=36_500,
        description="Days after its job's end that finished windows of pages are kept, for replays: they may"
        " be several times as large as results.",
    )
    log_format: LogFormat = Field(LogFormat.TEXT, description="`text` or `json`.")
    file_url_allow: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Hosts and networks that are not public but may be fetched from, separated by commas."
    )
    secret_key: SecretStr | None = Field(
        None,
        validate_default=True,
        description="What secrets in the database, and blobs if you like, are encrypted with, 32 characters"
        " or more; needed where machines share a database, else one for the database is made in the data"
        " folder. After a comma: older ones.",
    )
    webhook_allow: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Hosts and networks that are not public but may be webhooks, separated by commas."
    )
    webhook_timeout: float = Field(15.0, gt=0, description="Seconds a webhook's endpoint has to answer.")
    webhook_threads: int = Field(
        16,
        ge=1,
        description="Webhooks a worker sends at once, and as many to endpoints that fail.",
    )
    webhook_parallel: int = Field(
        4, ge=1, description="Webhooks sent to one endpoint at once, by all workers."
    )
    webhook_log_days: int = Field(30, ge=2, description="Days that deliveries of webhooks are kept.")
    convert_wait_seconds: float = Field(
        600,
        ge=0,
        le=86_400,
        description="Seconds that `/v1/convert/…` and `/v1/chunk/…` wait for a result before they answer 504;"
        " the job goes on.",
    )
    max_upload_bytes: int = Field(1 << 30, description="Largest upload or download.")
    max_unpacked_bytes: int = Field(
        2 << 30, ge=0, description="Most bytes that a document may have once it is unpacked."
    )
    max_page_pixels: int = Field(100_000_000, description="Largest page picture, in pixels.")
    max_pages: int = Field(10_000, description="Most pages read of one document.")
    download_timeout: float = Field(120.0, description="Seconds a download may take as a whole.")
    page_timeout: float = Field(120.0, description="Seconds one step of one page may take.")
    soffice: Path | None = Field(
        None, description="LibreOffice's program, for older office formats; default: the one on the `PATH`."
    )
    office_layout: bool = Field(
        True,
        description="Lay Word documents out by LibreOffice, where it is installed, so that they have pages "
        "and boxes; without, they are read faster and have one page.",
    )
    reader_memory_bytes: int = Field(2 << 30, description="Most memory of a process that opens documents.")
    model_processes: int = Field(
        0,
        ge=0,
        description="Processes with models on the CPU, of one worker, which share its cores; 0: one for each"
        " four cores. One a core reads many scans soonest, and holds most memory.",
    )
    model_memory_bytes: int = Field(3 << 30, description="A model process is restarted when it holds more.")
    lease_seconds: float = Field(30.0, description="How long a silent worker keeps its work.")
    sweep_seconds: float = Field(10.0, description="How often lost work is looked for.")
    max_attempts: int = Field(
        3, description="Attempts at a piece of work, with no progress between them, before its job fails."
    )
    page_window: int = Field(8, ge=1, description="Pages read, checkpointed and freed together.")
    shard_pages: int = Field(
        64,
        ge=1,
        description="Most pages of a document that are claimed at once; "
        "fewer, whole windows, where nothing else waits.",
    )
    max_bad_page_share: float = Field(0.5, description="A job fails when a larger share of its pages failed.")
    ocr_engine: OcrEngineName = Field(
        OcrEngineName.PPOCR,
        description="What reads scans: `ppocr` (built in), `tesseract` (if the program is installed) or "
        "`remote` (a server of your own).",
    )
    ocr_models: Path | None = Field(
        None,
        description="For `ppocr`: a folder of further PP-OCR recognition models (`*.onnx`), for scripts "
        "other than Latin, Greek, Chinese and Japanese. Each line is read by all, the surest reading stays.",
    )
    ocr_languages: Annotated[tuple[str, ...], NoDecode] = Field(
        ("eng",), description="For `tesseract`: its names of the languages to read, separated by commas."
    )
    ocr_url: _HttpUrl = Field(None, validate_default=True, description="For `remote`: where pages are sent.")
    ocr_api_key: SecretStr | None = Field(None, description="For `remote`: the key, sent as a bearer token.")
    ocr_timeout: float = Field(
        60.0, gt=0, description="Seconds that `tesseract` or `remote` may take for a page."
    )
    vision_base_url: _HttpUrl = Field(
        None, description="An OpenAI-compatible server with a vision model, such as `http://gpu:8000/v1`."
    )
    vision_model: str | None = Field(
        None, validate_default=True, description="The name of the model on that server."
    )
    vision_api_key: SecretStr | None = Field(None, description="The key of that server.")
    vision_local_model: str | None = Field(
        None,
        description="Instead of a server: a checkpoint's folder, or the hub id of one that was fetched before"
        " (`hf download`), run by the worker (`vlm` extra).",
    )
    vision_serves: Annotated[tuple[VisionUse, ...], NoDecode] = Field(
        (VisionUse.GEMINI3, VisionUse.TABLES),
        description="What the vision model is for: `gemini3` and `model03` (whole pages of jobs with this "
        "`ocr_model`), `tables` (with `table_parsing_format=vlm`), `formulas` (of all jobs), "
        "`charts` (with `chart_extraction`, those that are not read locally).",
    )
    vision_page_prompt: str | None = Field(
        None,
        description="What the vision model is told of a page, for one that was trained on words of its own.",
    )
    vision_table_prompt: str | None = Field(None, description="The same of a table.")
    vision_formula_prompt: str | None = Field(None, description="The same of a formula.")
    vision_chart_prompt: str | None = Field(None, description="The same of a chart.")
    vision_timeout: float = Field(120.0, gt=0, description="Seconds the vision model may take for an answer.")
    vision_max_tokens: int = Field(8192, ge=1, description="Longest answer of the vision model.")
    vision_longest_side: int = Field(1800, ge=64, description="Longest side of a picture sent, in pixels.")
    vision_parallel: int = Field(4, ge=1, description="Pictures sent to the server at the same time.")
    llm_base_url: _HttpUrl = Field(
        None,
        description="An OpenAI-compatible server with a language model: it serves `model_provider: "
        "tensorlake`, and the other names of models unless they have one of their own below.",
    )
    llm_model: str | None = Field(
        None, validate_default=True, description="The name of the model on that server."
    )
    llm_api_key: SecretStr | None = Field(None, description="The key of that server.")
    llm_vision: bool | None = Field(None, description="`true` if that model sees pictures.")
    llm_gpt_4o_mini_base_url: _HttpUrl = Field(
        None, description="The server for `gpt_4o_mini`; default: `OCTAVO_LLM_BASE_URL` with its key."
    )
    llm_gpt_4o_mini_model: str | None = Field(
        None, validate_default=True, description="The model for it; default: `OCTAVO_LLM_MODEL`."
    )
    llm_gpt_4o_mini_api_key: SecretStr | None = Field(None, description="The key of its server.")
    llm_gpt_4o_mini_vision: bool | None = Field(
        None, description="Whether it sees pictures; default: `OCTAVO_LLM_VISION`."
    )
    llm_sonnet_base_url: _HttpUrl = Field(None, description="The same for `sonnet`.")
    llm_sonnet_model: str | None = Field(None, validate_default=True, description="The same for `sonnet`.")
    llm_sonnet_api_key: SecretStr | None = Field(None, description="The same for `sonnet`.")
    llm_sonnet_vision: bool | None = Field(None, description="The same for `sonnet`.")
    llm_gemini3_base_url: _HttpUrl = Field(None, description="The same for `gemini3`.")
    llm_gemini3_model: str | None = Field(None, validate_default=True, description="The same for `gemini3`.")
    llm_gemini3_api_key: SecretStr | None = Field(None, description="The same for `gemini3`.")
    llm_gemini3_vision: bool | None = Field(None, description="The same for `gemini3`.")
    llm_timeout: float = Field(120.0, gt=0, description="Seconds a language model may take for an answer.")
    llm_context_tokens: int = Field(
        32_768,
        ge=2048,
        description="Tokens that question and answer may have together: longer documents are asked in parts.",
    )
    llm_max_tokens: int = Field(8192, ge=256, description="Longest answer of a language model, in tokens.")
    llm_job_tokens: int = Field(
        10_000_000,
        ge=0,
        description="Most tokens that language models may use for putting one job together, and for each"
        " `OCTAVO_SHARD_PAGES` of its pages; the rest is done without them. 0: any number.",
    )
    llm_parallel: int = Field(4, ge=1, description="Questions to one server at the same time.")
    llm_requests_per_minute: int = Field(
        0, ge=0, description="Requests to one server in a minute, tries included; 0: any number."
    )
    source_url: str | None = Field(
        None, description="Where users get the source of this installation (shown by `/version`)."
    )
    metrics_key: SecretStr | None = Field(
        None,
        min_length=8,
        description="The bearer token that `/metrics` asks for; without one it answers this machine only.",
    )
    log_level: str = Field(
        "INFO",
        pattern=r"(?i)^(DEBUG|INFO|WARNING|ERROR)$",
        description="`DEBUG`, `INFO`, `WARNING` or `ERROR`.",
    )

    @field_validator(
        "api_keys",
        "queues",
        "cors_origins",
        "file_url_allow",
        "webhook_allow",
        "vision_serves",
        "ocr_languages",
        mode="before",
    )
    @classmethod
    def _split(cls, value: Any) -> Any:
        return (
            [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
        )

    @field_validator(
        "vision_base_url",
        "vision_model",
        "vision_api_key",
        "vision_local_model",
        "ocr_models",
        "ocr_url",
        "ocr_api_key",
        "vision_page_prompt",
        "vision_table_prompt",
        "secret_key",
        "retention_days",
        "file_retention_days",
        "vision_chart_prompt",
        *_LLM_SETTINGS,
        "metrics_key",
        "secret_key",
        mode="before",
    )
    @classmethod
    def _empty_is_unset(cls, value: Any) -> Any:
        return None if value == "" else value

    @field_validator("secret_key")
    @classmethod
    def _keys_cannot_be_guessed(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is None and info.data.get("encrypt_blobs"):
            raise ValueError(
                "OCTAVO_ENCRYPT_BLOBS needs a key here, the same for every API and worker: openssl rand -hex"
                " 32 makes one. Keep it well: what is encrypted cannot be read without it"
            )
        if value and any(len(key.strip()) < _SHORTEST_KEY for key in value.get_secret_value().split(",")):
            raise ValueError(f"a key has at least {_SHORTEST_KEY} characters; openssl rand -hex 32 makes one")
        return value

    @field_validator("cors_origins")
    @classmethod
    def _sites_by_name(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(_SITE.fullmatch(site) for site in value):
            raise ValueError(
                "write sites as browsers name them, https://app.example.com: in small letters and without a"
                " path; * is not taken"
            )
        return value

    @field_validator("queues")
    @classmethod
    def _known_queues(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        parse_queues(value)
        return value

    @field_validator("ocr_languages")
    @classmethod
    def _names_of_languages(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value or not all(_LANGUAGE.fullmatch(name) for name in value):
            raise ValueError("name languages as tesseract does, such as eng,deu,chi_sim")
        return value

    @field_validator("ocr_url")
    @classmethod
    def _remote_needs_a_server(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("ocr_engine") is OcrEngineName.REMOTE:
            raise ValueError("OCTAVO_OCR_ENGINE=remote needs the address of its server here")
        return value

    @field_validator("vision_model")
    @classmethod
    def _a_server_needs_a_model(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("vision_base_url"):
            raise ValueError("name the model that the server of OCTAVO_VISION_BASE_URL has")
        return value

    @field_validator(*(name for name in _LLM_SETTINGS if name.endswith("_model")))
    @classmethod
    def _a_language_model_needs_a_server_and_a_name(
        cls, value: str | None, info: ValidationInfo
    ) -> str | None:
        server = str(info.field_name).removesuffix("model") + "base_url"
        name = value or info.data.get("llm_model")
        if info.data.get(server) and not name:
            raise ValueError(f"name the model that the server of OCTAVO_{server.upper()} has")
        if value and not info.data.get(server) and not info.data.get("llm_base_url"):
            raise ValueError(f"give the address of its server in OCTAVO_{server.upper()}")
        return value

    @field_validator("llm_max_tokens")
    @classmethod
    def _answers_leave_room_for_questions(cls, value: int, info: ValidationInfo) -> int:
        if value > info.data.get("llm_context_tokens", value) / 2:
            raise ValueError("an answer may have no more than half of OCTAVO_LLM_CONTEXT_TOKENS")
        return value

    @field_validator("vision_local_model")
    @classmethod
    def _one_vision_model(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and info.data.get("vision_base_url"):
            raise ValueError("set either this or OCTAVO_VISION_BASE_URL, not both")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then the environment, then the ``_FILE`` variants."""
        return init_settings, env_settings, _SecretFiles(settings_cls)

    @property
    def ocr_setup(self) -> OcrSetup:
        """What the OCR engines are told."""
        models = self.ocr_models.expanduser().absolute() if self.ocr_models else None
        return OcrSetup(self.ocr_engine, models, self.ocr_languages, self.ocr_timeout)

    @cached_property
    def folder(self) -> Path:
        """The data folder, absolute."""
        return self.data_dir.expanduser().absolute()

    @property
    def database(self) -> str:
        """The SQLAlchemy URL of the ledger."""
        if self.database_url is None:
            return f"sqlite:///{self.folder / 'octavo.db'}"
        return self.database_url.get_secret_value()

    @property
    def blobs(self) -> str:
        """The URL of the blob store."""
        return self.blob_url or (self.folder / "blobs").as_uri()

    @property
    def broker(self) -> str:
        """The broker as Celery names it: the one that was given, or this installation's own Valkey."""
        return self.broker_url.get_secret_value() if self.broker_url else f"redis+socket://{self.socket}"

    @property
    def shares_database(self) -> bool:
        """Whether other machines may work on the same ledger: they have other data folders."""
        return not self.database.startswith("sqlite")

    @property
    def secret_keys(self) -> list[str]:
        """The keys for secrets in the ledger, the one in use first."""
        keys = self.secret_key.get_secret_value().split(",") if self.secret_key else []
        return [key.strip() for key in keys]

    @property
    def socket(self) -> Path:
        """The unix socket of our own Valkey: in the data folder, unless that lies too deep for one."""
        socket = self.folder / "run" / "valkey.sock"
        if len(os.fsencode(socket)) <= _LONGEST_SOCKET:
            return socket
        name = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"octavo-{name}" / "valkey.sock"

    def vision_prompt(self, task: VisionTask) -> str | None:
        """What the operator has the vision model told; None where it is Octavo's own prompt."""
        return {
            VisionTask.PAGE: self.vision_page_prompt,
            VisionTask.TABLE: self.vision_table_prompt,
            VisionTask.FORMULA: self.vision_formula_prompt,
            VisionTask.CHART: self.vision_chart_prompt,
        }[task]

    @property
    def vision_uses(self) -> frozenset[VisionUse]:
        """What the vision model is for; empty when none is configured."""
        return frozenset(self.vision_serves if self.vision_base_url or self.vision_local_model else ())

    @property
    def has_llm(self) -> bool:
        """Whether a language model is set up, under any name."""
        return any(getattr(self, name) for name in _LLM_SETTINGS if name.endswith("base_url"))

    @property
    def slots(self) -> dict[Queue, int]:
        """The queues that a worker serves, and how much of each it does at once."""
        asked = parse_queues(self.queues or Queue)
        usual = {Queue.LLM: _LLM_SLOTS, Queue.NOTIFY: self.webhook_threads}
        return {queue: number or usual.get(queue, self.concurrency) for queue, number in asked.items()}

    @property
    def concurrency(self) -> int:
        """Documents, and parts of long ones, read at once by one process."""
        return self.workers or cores()

    @property
    def model_children(self) -> int:
        """Processes with models on the CPU of one process that reads: no more than may be asked at once."""
        return max(1, min(self.model_processes or cores() // _CORES_A_MODEL_CHILD, self.concurrency))


class Cuda(BaseSettings):
    """CUDA's own variable: the cards that this process sees, the first of which models use."""

    model_config = SettingsConfigDict(env_prefix="CUDA_", extra="ignore", frozen=True)

    visible_devices: str = ""


class Tracing(BaseSettings):
    """What Octavo itself asks of OpenTelemetry's standard variables; the others are for its SDK."""

    model_config = SettingsConfigDict(env_prefix="OTEL_", extra="ignore", frozen=True)

    exporter_otlp_endpoint: str = ""
    exporter_otlp_traces_endpoint: str = ""
    traces_exporter: str = "otlp"
    sdk_disabled: str = "false"

    @property
    def endpoint(self) -> str | None:
        """Where traces are sent; None: nowhere."""
        exporters = [name.strip() for name in (self.traces_exporter or "otlp").split(",")]
        if self.sdk_disabled.strip().lower() == "true" or "otlp" not in exporters:
            return None
        return self.exporter_otlp_traces_endpoint or self.exporter_otlp_endpoint or None
