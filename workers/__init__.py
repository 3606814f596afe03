"""Jobs: kept (``workers.jobs``), run (``workers.run`` in a Celery worker) and announced."""

from schemas import quiet as quiet
