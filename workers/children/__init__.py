"""Child processes: readers, which open a document's bytes, and the model child, which gets arrays only.

A child serves the methods of one interface, one call at a time, over a pipe of typed messages
(``workers.codec``), held by ``limits`` and by the ``sandbox``. It may crash, hang or outgrow its limits: the
call then raises ``ReaderLost``, and the next call finds a fresh child. Children are forked from a server that
has the heavy imports done (``multiprocessing`` forkserver), so one starts in milliseconds; a reader serves
one piece of work and ends.
"""

from __future__ import annotations

from workers.children.child import Child, warm_up
from workers.children.engines import EngineChild
from workers.children.limits import Limits
from workers.children.readers import ReaderChild, Readers

__all__ = ["Child", "EngineChild", "Limits", "ReaderChild", "Readers", "warm_up"]
