"""What children see of the environment; imported first in the fork server, which starts once more with that.

A list of what is allowed: what else is set may be a secret. Deleting variables would leave them in the memory
that every child gets a copy of.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from schemas.quiet import SILENT

_NAMES = frozenset(
    "PATH HOME TMPDIR LANG LANGUAGE TZ LD_LIBRARY_PATH DYLD_LIBRARY_PATH LD_PRELOAD VIRTUAL_ENV "
    "TESSDATA_PREFIX HF_HOME XDG_CACHE_HOME FONTCONFIG_PATH FONTCONFIG_FILE MALLOC_ARENA_MAX".split()
)
_BEGINNINGS = ("LC_", "PYTHON", "OMP_", "KMP_", "MKL_", "OPENBLAS_", "CUDA_", "NVIDIA_", "PYTORCH_")

_SILENT = {**SILENT, "HF_HUB_OFFLINE": "1"}
"""Libraries that would tell their makers of their use, or fetch something, do not."""


def allowed(environment: Mapping[str, str]) -> dict[str, str]:
    """Of ``environment`` what a child may know: where things are, how libraries calculate."""
    known = {
        name: value for name, value in environment.items() if name in _NAMES or name.startswith(_BEGINNINGS)
    }
    return known | _SILENT


def _start_again() -> None:
    """Becomes the same fork server with no more than that; its pipes stay open, its number the same."""
    bare = allowed(os.environ)
    if bare != dict(os.environ):
        os.execve(sys.executable, sys.orig_argv, bare)  # noqa: S606 - ourselves


if "multiprocessing.forkserver" in sys.orig_argv[-1]:
    if sys.version_info < (3, 14):
        _start_again()
    # Later versions have read a key from a pipe before they import anything: children forget what is left.
    os.environ.update(_SILENT)
    from multiprocessing import spawn

    # Else each child would run the imports of the script that its parent was started as.
    spawn._fixup_main_from_path = spawn._fixup_main_from_name = lambda _: None  # type: ignore[attr-defined]  # noqa: SLF001
