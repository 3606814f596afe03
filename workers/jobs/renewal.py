"""What is kept under older keys, or under none, encrypted anew: then the older keys may be forgotten."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain

from workers.jobs.blobs import BlobDamaged, BlobMissing, BlobsLocked, EncryptedBlobs, open_blobs
from workers.jobs.blobs.base import INSTALLATION
from workers.jobs.services import Services

YOUNG = timedelta(hours=1)
"""A blob that was just stored may be stored again by whoever works on it, and is left to the next time."""


@dataclass(slots=True)
class Renewal:
    """What was done, and was not: counts of blobs and webhooks, and why blobs cannot be read."""

    renewed: int = 0
    young: int = 0
    unreadable: dict[str, str] = field(default_factory=dict)
    webhooks: int = 0


def renew(services: Services) -> Renewal:
    """Encrypts webhooks' secrets, and blobs if they are to be, under the first key; beside a running service.

    Raises:
        VaultLocked: a secret of a webhook was sealed with a key that is not here.
        BlobStoreAway: the store does not answer.
    """
    done = Renewal(webhooks=services.webhooks.renew(services.vault.renewed))
    settings = services.settings
    if not settings.encrypt_blobs:
        return done
    blobs = open_blobs(settings.blobs, settings.s3_endpoint_url, keys=settings.secret_keys, encrypt=True)
    before = services.ledger.now() - YOUNG
    for blob in chain.from_iterable(map(blobs.walk, ("files", "jobs"))):
        _renew(blobs, blob.key, done, young=blob.stored_at > before)
    _renew(blobs, INSTALLATION, done, young=False)
    return done


def _renew(blobs: EncryptedBlobs, key: str, done: Renewal, *, young: bool) -> None:
    try:
        if blobs.is_current(key):
            return
        if young:
            done.young += 1
        else:
            blobs.renew(key)
            done.renewed += 1
    except BlobMissing:  # deleted meanwhile
        pass
    except (BlobsLocked, BlobDamaged) as error:
        done.unreadable[key] = error.message
