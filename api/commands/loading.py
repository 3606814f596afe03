"""Loading much at once."""

from __future__ import annotations

import contextlib
import gc
import signal
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def loading() -> Iterator[None]:
    """Nothing is collected while modules are imported in the block, and what they make never is.

    It stays anyway: the collector would go over all of it again and again. Ctrl-C is heard at the end of the
    block: some modules catch everything that comes while they try what there is, and would swallow it.

    Raises:
        KeyboardInterrupt: it came meanwhile.
    """
    gc.disable()
    try:
        with _ctrl_c_at_the_end():
            yield
    finally:
        gc.freeze()
        gc.enable()


@contextlib.contextmanager
def _ctrl_c_at_the_end() -> Iterator[None]:
    default = signal.default_int_handler
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGINT) != default
    ):
        yield  # others hear of it
        return
    heard = threading.Event()
    signal.signal(signal.SIGINT, lambda *_: heard.set())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, default)
    if heard.is_set():
        raise KeyboardInterrupt
