"""``octavo reencrypt``: what is kept, under the present key."""

from __future__ import annotations

import typer
from rich.markup import escape

from api.commands.console import working
from api.commands.terminal import notes, stop


def reencrypt() -> None:
    """Encrypt all that is kept under the first key of OCTAVO_SECRET_KEY, so that older ones may go.

    In the database and the blob store that the settings of this machine name: write the new key before the
    old one, OCTAVO_SECRET_KEY=new,old, have all machines use it, run this, take the old one away a day later.
    """
    from workers.jobs.renewal import renew

    with working() as services, notes.status("Encrypting…"):
        settings = services.settings
        if not settings.secret_keys:
            stop("There is no key to encrypt with: set OCTAVO_SECRET_KEY.")
        done = renew(services)
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
