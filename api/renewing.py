"""``octavo reencrypt``: what is kept, under the present key."""

from __future__ import annotations

import typer
from rich.markup import escape

from api.reading import notes, settings_or_exit, stop
from schemas.errors import OctavoError


def reencrypt() -> None:
    """Encrypt all that is kept under the first key of OCTAVO_SECRET_KEY, so that older ones may go."""
    from workers.jobs.ledger.engine import migrate
    from workers.jobs.renewal import renew
    from workers.jobs.services import Services

    settings = settings_or_exit()
    if not settings.secret_keys:
        stop("There is no key to encrypt with: set OCTAVO_SECRET_KEY.")
    services = Services.from_settings(settings)
    try:
        migrate(services.ledger.engine)
        with notes.status("Encrypting…"):
            done = renew(services)
    except OctavoError as error:
        stop(error.message)
    finally:
        services.close()
    notes.print(f"Encrypted anew: {done.renewed} blobs, and the secrets of {done.webhooks} webhooks.")
    if not settings.encrypt_blobs:
        notes.print("Blobs are not to be encrypted: OCTAVO_ENCRYPT_BLOBS is not set.")
    for key, reason in done.unreadable.items():
        notes.print(f"[red]{key} is left as it is:[/red] {escape(reason)}")
    if done.young:
        notes.print(f"{done.young} blobs of the last hour are left: run this again in an hour.")
    elif not done.unreadable:
        notes.print("Older keys are needed for a day more, by answers that are kept for repeated requests.")
    raise typer.Exit(1 if done.unreadable else 0)
