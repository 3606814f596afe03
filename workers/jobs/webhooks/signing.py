"""Signatures by Standard Webhooks, under its own header names and under Svix's."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable
from datetime import datetime

from standardwebhooks import Webhook as Signer

_SECRET_BYTES = 32
_FAMILIES = ("webhook", "svix")


def new_secret() -> str:
    """``whsec_`` and 32 random bytes in base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def signed_headers(
    message_id: str, sent_at: datetime, body: str, signing_secrets: Iterable[str]
) -> dict[str, str]:
    """Id, time (UTC) and a signature by each secret, for ``body`` as it is sent in UTF-8."""
    values = {
        "id": message_id,
        "timestamp": str(int(sent_at.timestamp())),
        "signature": " ".join(Signer(secret).sign(message_id, sent_at, body) for secret in signing_secrets),
    }
    return {f"{family}-{name}": value for family in _FAMILIES for name, value in values.items()}
