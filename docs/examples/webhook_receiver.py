"""Takes webhooks in: makes sure that they come from Octavo, fetches the results, keeps their Markdown.

    pip install fastapi uvicorn standardwebhooks httpx
    octavo webhook add http://localhost:9000/octavo --event completed --event failed    # prints the secret
    OCTAVO_WEBHOOK_SECRET=whsec_… python webhook_receiver.py results

An address that is not public has to be allowed first: ``OCTAVO_WEBHOOK_ALLOW=localhost`` in the service's
environment. ``OCTAVO_SERVER`` (http://127.0.0.1:8700) and ``OCTAVO_API_KEY`` say where the results are.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import BackgroundTasks, FastAPI, HTTPException, Request
from standardwebhooks import Webhook, WebhookVerificationError

SERVER = os.environ.get("OCTAVO_SERVER", "http://127.0.0.1:8700")
KEY = os.environ.get("OCTAVO_API_KEY", "anything")


def create_app(secret: str, results: Path) -> FastAPI:
    """The receiver: ``secret`` is that of the webhook, what it fetches goes into the folder ``results``."""
    results.mkdir(parents=True, exist_ok=True)
    webhook = Webhook(secret)
    app = FastAPI()

    @app.post("/octavo", status_code=204)
    async def receive(request: Request, tasks: BackgroundTasks) -> None:
        """Answers at once and works afterwards: Octavo waits for some seconds only."""
        body = await request.body()  # as it came: the signature is over these bytes
        try:
            event = webhook.verify(body, dict(request.headers))
        except WebhookVerificationError:
            raise HTTPException(401) from None
        # The same message may come again, so it leads to what is harmless twice: a file by the job's name.
        if event["status"] in ("successful", "failure"):
            tasks.add_task(keep, event, results)

    return app


def keep(event: dict[str, Any], results: Path) -> None:
    """Fetches the result of a job that has ended, or notes why there is none."""
    target = results / event["job_id"]
    if event["status"] == "failure":
        target.with_suffix(".error.txt").write_text(event["error"] or "", encoding="utf-8")
        return
    url = f"{SERVER}/documents/v2/parse/{event['job_id']}"
    answer = httpx.get(url, headers={"Authorization": f"Bearer {KEY}"}, timeout=60).raise_for_status()
    target.with_suffix(".md").write_text(answer.json()["document_markdown"], encoding="utf-8")


if __name__ == "__main__":
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "results")
    uvicorn.run(create_app(os.environ["OCTAVO_WEBHOOK_SECRET"], folder), host="127.0.0.1", port=9000)
