"""Organizations, projects, keys and limits: the form of the YAML, and the limits that follow from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, SecretStr, model_validator

from schemas.settings import Settings
from workers.jobs.ledger.keys import ALL_SCOPES, ConfiguredKey, Scope, digest

if TYPE_CHECKING:
    from workers.jobs.configuration import Configuration

DEFAULT_PROJECT = "default/default"
MOST_DAYS = 36_500

_TENANT_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._=-]{0,99}")


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
    scopes: list[Scope] = Field(list(ALL_SCOPES), min_length=1)
    name: str | None = None
    expires_at: AwareDatetime | None = None

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        return {"key": value} if isinstance(value, str) else value


class _Limits(_Strict):
    max_waiting_jobs: int = Field(0, ge=0)
    requests_per_minute: int = Field(0, ge=0)
    pages_per_day: int = Field(0, ge=0)
    stored_bytes: int = Field(0, ge=0)


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

    A key is text, or ``{key, scopes, name, expires_at}``, to give it fewer rights and an end. ``limits`` and
    ``retention`` may be given to an organization and to a project, whose own words win.
    """

    model_config = ConfigDict(extra="ignore")

    organizations: list[_Organization] = []

    @model_validator(mode="before")
    @classmethod
    def _unwrapped(cls, value: Any) -> Any:
        inner = value.get("on_prem") if isinstance(value, dict) else None
        return inner if isinstance(inner, dict) else value

    def api_keys(self) -> Iterator[tuple[str, ConfiguredKey]]:
        """All keys by the digests of their secrets; one may come twice."""
        for organization in self.organizations:
            for project in organization.projects:
                path = project_path(organization.id, project.id)
                for key in project.api_keys:
                    told = ConfiguredKey(path, tuple(key.scopes), key.name, key.expires_at)
                    yield digest(key.key.get_secret_value()), told

    def rules(self) -> dict[str, dict[str, Any]]:
        """What is said of each project's limits and retention, by its organization or itself."""
        return {
            project_path(o.id, p.id): {**o.rules(), **p.rules()}
            for o in self.organizations
            for p in o.projects
        }


@dataclass(frozen=True, slots=True)
class ProjectLimits:
    """What a project may use (0: any number), and how long what it has is kept (None: for ever)."""

    max_waiting_jobs: int
    jobs_kept: timedelta | None
    files_kept: timedelta | None
    requests_per_minute: int = 0
    pages_per_day: int = 0
    stored_bytes: int = 0


class Limits:
    """The limits of all projects, as they are configured now; may be used from any thread."""

    def __init__(self, settings: Settings, configuration: Configuration) -> None:
        self._configuration = configuration
        self._default = {
            "max_waiting_jobs": 0,
            "requests_per_minute": settings.requests_per_minute,
            "pages_per_day": settings.pages_per_day,
            "stored_bytes": settings.stored_bytes,
            "jobs_days": settings.retention_days,
            "files_days": settings.file_retention_days,
        }

    def of(self, project: str) -> ProjectLimits:
        """The limits of ``project``, whether or not the YAML names it.

        Raises:
            ConfigurationError: the YAML was never of any use.
        """
        rules = {**self._default, **self._configuration.now().rules.get(project, {})}
        jobs_kept, files_kept = _days(rules.pop("jobs_days")), _days(rules.pop("files_days"))
        return ProjectLimits(jobs_kept=jobs_kept, files_kept=files_kept, **rules)


def _days(days: float | None) -> timedelta | None:
    return None if days is None else timedelta(days=days)
