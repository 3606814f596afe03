"""Whether children are held here: one is started and tells."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path
from typing import Protocol

from schemas.errors import DocumentError
from schemas.settings import Sandbox, Settings
from workers import sandbox
from workers.children.child import Child
from workers.children.limits import Limits
from workers.jobs.configuration import ConfigurationError
from workers.sandbox import Held
from workers.sandbox.rules import for_reader

log = logging.getLogger(__name__)

_SECONDS = 60.0


class Trial(Protocol):
    """What the child serves that is started only to try."""

    def held(self, folder: Path) -> Held:
        """What the kernel holds of this process, which may write ``folder`` only."""
        ...


class _Tried:
    """``Trial``; it puts the rules upon itself when asked, so that it can tell."""

    def held(self, folder: Path) -> Held:
        """See ``Trial``."""
        return sandbox.enter(for_reader(folder, folder, None))


def tried() -> Held:
    """What this kernel holds of a reader."""
    with tempfile.TemporaryDirectory() as folder:
        child = Child(_Tried, Trial, Limits())
        try:
            found: Held = child.call("held", Path(folder), timeout=_SECONDS)
            return found
        except DocumentError as error:
            return Held(why=(error.message,))
        finally:
            child.kill()


def make_sure(settings: Settings) -> None:
    """Says in the log if children are held less than they could be.

    Raises:
        ConfigurationError: less than ``OCTAVO_SANDBOX=required`` asks for.
    """
    if settings.sandbox is Sandbox.OFF:
        log.warning("OCTAVO_SANDBOX=off: processes that open documents may do whatever this one may")
        return
    held = tried()
    if held.whole:
        return
    why = "; ".join(held.why)
    if settings.sandbox is Sandbox.REQUIRED:
        raise ConfigurationError(
            f'OCTAVO_SANDBOX is required, but {why}. See "How documents are held" in docs/deployment.md.'
        )
    log.warning("processes that open documents are held by their limits only in part: %s", why)
