"""What was found, as it is told."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Finding(BaseModel):
    """One thing that was tried. Where it is not ``ok``, ``detail`` says why and ``fix`` what to do."""

    model_config = ConfigDict(frozen=True)

    name: str
    ok: bool
    detail: str = ""
    fix: str = ""


class Diagnosis(BaseModel):
    """``machine`` and ``engines`` must be in order, ``extras`` make more formats readable or read better."""

    model_config = ConfigDict(frozen=True)

    machine: list[Finding] = []
    engines: list[Finding] = []
    extras: list[Finding] = []
    formats: list[Finding] = []

    @property
    def healthy(self) -> bool:
        """Whether the service can work as it is configured."""
        return all(finding.ok for finding in (*self.machine, *self.engines))
