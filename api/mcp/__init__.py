"""Documents for language models: the Model Context Protocol, over standard input or HTTP.

``server`` puts it together. Tools (``tools``) ask a ``library`` for readings: ``local`` makes them here,
``service`` asks a running service for them. What a model is told is in ``answers``.
"""
