"""Documents for clients of docling-serve: its requests, its answers, its document format.

``wire`` is what goes over it, ``options`` what its options are here, ``incoming`` how documents come in and
``tasks`` the jobs made of them; ``blocks`` is a result as pieces in reading order, which ``document`` (JSON),
``markdown``, ``html`` and ``doctags`` write out, and ``answers`` puts into answers.
"""
