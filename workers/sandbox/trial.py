"""Whether this kernel holds what it should: a process is started that tries."""

from __future__ import annotations

import logging
import subprocess
import sys

import msgspec

from schemas.settings import Sandbox, Settings
from workers.sandbox import Held

log = logging.getLogger(__name__)

_SECONDS = 60.0


def tried() -> Held:
    """What the kernel holds of a child."""
    command = [sys.executable, "-P", "-m", "workers.sandbox"]
    try:
        answer = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=True)  # noqa: S603 - ourselves
        return msgspec.json.decode(answer.stdout, type=Held)
    except (OSError, subprocess.SubprocessError, msgspec.MsgspecError) as error:
        return Held(why=(f"what the kernel holds could not be tried ({type(error).__name__})",))


def make_sure(settings: Settings) -> None:
    """Says in the log if children are held less than they could be.

    Raises:
        ConfigurationError: it is less than ``OCTAVO_SANDBOX=required`` asks for.
    """
    if settings.sandbox is Sandbox.OFF:
        log.warning("OCTAVO_SANDBOX is off: processes that open documents may do whatever this one may")
        return
    held = tried()
    if held.whole:
        return
    why = "; ".join(held.why)
    if settings.sandbox is Sandbox.REQUIRED:
        from workers.jobs.configuration import ConfigurationError  # the ledger is behind it

        raise ConfigurationError(f"OCTAVO_SANDBOX is required, but {why}. See docs/sandbox.md.")
    log.warning("processes that open documents are held by limits of memory and time, but: %s", why)
