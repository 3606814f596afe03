"""What children see of the environment; imported first in the fork server, which starts once more with that.

A list of what is allowed: what else is set may be a secret. Deleting variables would leave them in the memory
that every child gets a copy of.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

_NAMES = frozenset(
    "PATH HOME TMPDIR LANG LANGUAGE TZ LD_LIBRARY_PATH DYLD_LIBRARY_PATH LD_PRELOAD VIRTUAL_ENV "
    "TESSDATA_PREFIX HF_HOME XDG_CACHE_HOME FONTCONFIG_PATH FONTCONFIG_FILE MALLOC_ARENA_MAX".split()
)
_BEGINNINGS = ("LC_", "PYTHON", "OMP_", "KMP_", "MKL_", "OPENBLAS_", "CUDA_", "NVIDIA_", "PYTORCH_")


def allowed(environment: Mapping[str, str]) -> dict[str, str]:
    """Of ``environment`` what a child may know: where things are, and how libraries calculate."""
    return {
        name: value for name, value in environment.items() if name in _NAMES or name.startswith(_BEGINNINGS)
    }


def _start_again() -> None:
    """Becomes the same fork server without the rest; its pipes stay open, the number of its process too."""
    bare = allowed(os.environ)
    if len(bare) < len(os.environ):
        os.execve(sys.executable, sys.orig_argv, bare)  # noqa: S606 - ourselves


# Later versions have read a key from a pipe before they import anything: there a child forgets variables.
if "multiprocessing.forkserver" in sys.orig_argv[-1] and sys.version_info < (3, 14):
    _start_again()
