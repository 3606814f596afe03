"""Organizations, projects and keys as the operator wrote them: a YAML file and ``OCTAVO_API_KEYS``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from schemas.errors import OctavoError
from schemas.settings import Settings
from workers.jobs.ledger.keys import ConfiguredKey, Scope
from workers.jobs.services import Services

DEFAULT_PROJECT = "default/default"

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


class _Key(BaseModel):
    key: SecretStr = Field(min_length=8)
    scopes: list[Scope] = [Scope.USE, Scope.ADMIN]

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        return {"key": value} if isinstance(value, str) else value


class _Project(BaseModel):
    id: TenantId
    api_keys: list[_Key] = []


class _Organization(BaseModel):
    id: TenantId
    projects: list[_Project] = []


class OnPremise(BaseModel):
    """The YAML: ``organizations[].projects[].api_keys[]``, at the top or under ``on_prem``.

    A key is text, or ``{key, scopes}`` to give it fewer rights; each must be unique.
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
        raise ConfigurationError(f"OCTAVO_CONFIG: {path}: {place}: {first['msg']}") from None


def install_keys(services: Services) -> None:
    """Makes the configured keys the valid ones.

    Raises:
        ConfigurationError: see ``configured_keys``.
    """
    services.keys.configure(configured_keys(services.settings))


def is_open(services: Services) -> bool:
    """Whether no key has ever existed: then anybody on this machine is let in, and nobody else."""
    return not services.keys.any_ever()
