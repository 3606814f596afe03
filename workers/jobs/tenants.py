"""Organizations, projects, keys and limits as the operator wrote them: a YAML file and the settings."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from schemas.errors import OctavoError
from schemas.settings import Settings
from workers.jobs.ledger.keys import ALL_SCOPES, ConfiguredKey, Scope

if TYPE_CHECKING:
    from workers.jobs.services import Services

log = logging.getLogger(__name__)

DEFAULT_PROJECT = "default/default"
MOST_DAYS = 36_500

_TENANT_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._=-]{0,99}")


class ConfigurationError(OctavoError):
    """The operator's configuration cannot be used; the message says what to change."""


def is_tenant_id(text: str) -> bool:
    """Whether ``text`` may be an organization's or a project's id."""
    return bool(_TENANT_ID.fullmatch(text))


def project_path(organization: str, project: str) -> str:
    """How ledger and blobs name a project: its id is unique in its organization only."""
    return f"{organization}/{project}"


def _checked_id(value: str) -> str:
    if not is_tenant_id(value):
        raise ValueError("an id has letters, digits and . _ = - only, at most 100, and starts with no sign")
    return value


TenantId = Annotated[str, AfterValidator(_checked_id)]


Days = Annotated[float | None, Field(gt=0, le=MOST_DAYS)]


class _Strict(BaseModel):
    """A misspelt word must not leave a key all rights, or documents where they are to be deleted."""

    model_config = ConfigDict(extra="forbid")


class _Key(_Strict):
    key: SecretStr = Field(min_length=8)
    scopes: list[Scope] = list(ALL_SCOPES)

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        return {"key": value} if isinstance(value, str) else value


class _Limits(_Strict):
    max_waiting_jobs: int = Field(0, ge=0)


class _Retention(_Strict):
    jobs_days: Days = None
    files_days: Days = None


class _Ruled(_Strict):
    limits: _Limits = _Limits()
    retention: _Retention = _Retention()

    def rules(self) -> dict[str, Any]:
        """What is written here, and nothing that is not."""
        return {
            **self.limits.model_dump(exclude_unset=True),
            **self.retention.model_dump(exclude_unset=True),
        }


class _Project(_Ruled):
    id: TenantId
    api_keys: list[_Key] = []


class _Organization(_Ruled):
    id: TenantId
    projects: list[_Project] = []


class OnPremise(BaseModel):
    """The YAML: ``organizations[].projects[].api_keys[]``, at the top or under ``on_prem``.

    A key is text, or ``{key, scopes}`` to give it fewer rights; each must be unique. ``limits`` and
    ``retention`` may be given to an organization and to a project, whose own words win.
    """

    model_config = ConfigDict(extra="ignore")

    organizations: list[_Organization] = []

    @model_validator(mode="before")
    @classmethod
    def _unwrapped(cls, value: Any) -> Any:
        inner = value.get("on_prem") if isinstance(value, dict) else None
        return inner if isinstance(inner, dict) else value

    def keys(self) -> list[ConfiguredKey]:
        """All keys with the project that each opens."""
        return [
            ConfiguredKey(key.key.get_secret_value(), project_path(o.id, p.id), tuple(key.scopes))
            for o in self.organizations
            for p in o.projects
            for key in p.api_keys
        ]

    def rules(self) -> dict[str, dict[str, Any]]:
        """What is said of each project's limits and retention, by its organization or itself."""
        return {
            project_path(o.id, p.id): {**o.rules(), **p.rules()}
            for o in self.organizations
            for p in o.projects
        }


def configured_keys(settings: Settings) -> list[ConfiguredKey]:
    """All keys the settings name.

    Raises:
        ConfigurationError: the YAML cannot be read or used, or a key opens two projects.
    """
    keys = [ConfiguredKey(key.get_secret_value(), DEFAULT_PROJECT) for key in settings.api_keys]
    if settings.config is not None:
        keys += read_configuration(settings.config).keys()
    projects: dict[str, str] = {}
    for key in keys:
        if projects.setdefault(key.secret, key.project) != key.project:
            raise ConfigurationError(
                f"One API key opens both {projects[key.secret]} and {key.project}: a key names its project,"
                " so give each project keys of its own."
            )
    return keys


def read_configuration(path: Path) -> OnPremise:
    """The YAML file at ``path``.

    Raises:
        ConfigurationError: it is not there, not YAML or not of the form of ``OnPremise``.
    """
    try:
        return OnPremise.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except OSError as error:
        raise ConfigurationError(f"OCTAVO_CONFIG: {path} cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        # The parser's own words would quote the line, and with it a key.
        raise ConfigurationError(f"OCTAVO_CONFIG: {path} is not YAML.") from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        what = "is not a setting here" if first["type"] == "extra_forbidden" else first["msg"]
        raise ConfigurationError(f"OCTAVO_CONFIG: {path}: {place}: {what}") from None


@dataclass(frozen=True, slots=True)
class ProjectLimits:
    """What a project may have waiting (0: any number), and how long it is kept (None: for ever)."""

    max_waiting_jobs: int
    jobs_kept: timedelta | None
    files_kept: timedelta | None


class Limits:
    """The limits of all projects. The YAML is read anew when it has changed; may be used from any thread."""

    def __init__(self, settings: Settings) -> None:
        self._path = settings.config
        self._default = {
            "max_waiting_jobs": 0,
            "jobs_days": settings.retention_days,
            "files_days": settings.file_retention_days,
        }
        self._rules: dict[str, dict[str, Any]] | None = None
        self._seen: tuple[int, ...] | None = None

    def of(self, project: str) -> ProjectLimits:
        """The limits of ``project``, whether or not the YAML names it.

        Raises:
            ConfigurationError: the YAML was never of any use; one that is damaged later is not taken.
        """
        rules = {**self._default, **self._written().get(project, {})}
        return ProjectLimits(rules["max_waiting_jobs"], _days(rules["jobs_days"]), _days(rules["files_days"]))

    def _written(self) -> dict[str, dict[str, Any]]:
        if self._path is None:
            return {}
        seen = _state(self._path)
        if self._rules is None or seen != self._seen:
            try:
                self._rules = read_configuration(self._path).rules()
            except ConfigurationError as error:
                if self._rules is None:
                    raise
                log.error("the limits stay as they were: %s", error.message)
            self._seen = seen
        return self._rules


def _state(path: Path) -> tuple[int, ...]:
    """What differs when the file was written anew or put in another's place."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino


def _days(days: float | None) -> timedelta | None:
    return None if days is None else timedelta(days=days)


def install_keys(services: Services) -> None:
    """Makes the configured keys the valid ones.

    Raises:
        ConfigurationError: see ``configured_keys``.
    """
    services.keys.configure(configured_keys(services.settings))


def is_open(services: Services) -> bool:
    """Whether no key has ever existed: then anybody on this machine is let in, and nobody else."""
    return not services.keys.any_ever()
