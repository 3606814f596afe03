"""Endpoints made and changed: judged, with secrets sealed before they reach the ledger."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from schemas.errors import InvalidConfiguration
from schemas.settings import Settings
from schemas.webhooks import WebhookChange, WebhookRequest
from workers.jobs.addresses import AddressRefused, Allowed, judge_url, parse_url
from workers.jobs.ledger.audit import Action
from workers.jobs.ledger.tables import Webhook
from workers.jobs.services import Services
from workers.jobs.webhooks.signing import new_secret

OLD_SECRETS_SIGN = timedelta(hours=24)
"""How long a rotated secret signs beside the new one."""


def allowed_hosts(settings: Settings) -> Allowed:
    """The hosts that may be endpoints.

    Raises:
        ValueError: an entry of the setting is no host, address or network.
    """
    return Allowed(settings.webhook_allow, "OCTAVO_WEBHOOK_ALLOW")


def add_webhook(services: Services, project: str, wanted: WebhookRequest) -> tuple[Webhook, str]:
    """Makes an endpoint; returns it with its secret.

    Raises:
        InvalidConfiguration: its URL may not be sent to, or secrets cannot be kept.
        QuotaExceeded: see ``Webhooks.create``.
    """
    _judge_url(services, wanted.url)
    secret = new_secret()
    webhook = services.webhooks.create(
        project,
        url=wanted.url,
        name=wanted.name,
        event_types=[event.value for event in wanted.event_types],
        enabled=wanted.enabled,
        secret=services.vault.seal(secret),
    )
    return webhook, secret


def change_webhook(services: Services, project: str, webhook_id: str, wanted: WebhookChange) -> Webhook:
    """Changes what is given.

    Raises:
        InvalidConfiguration: its new URL may not be sent to.
        NotFound: there is no such endpoint.
    """
    if wanted.url is not None:
        _judge_url(services, wanted.url)
    changes: dict[str, Any] = wanted.model_dump(mode="json", exclude_none=True)
    return services.webhooks.change(project, webhook_id, changes)


def reveal_secret(services: Services, project: str, webhook_id: str) -> str:
    """The secret that signs now.

    Raises:
        NotFound: there is no such endpoint.
        VaultLocked: see ``Vault.unseal``.
    """
    secret = services.vault.unseal(services.webhooks.get(project, webhook_id).secret)
    services.audit.write(Action.WEBHOOK_REVEALED, project, webhook_id)
    return secret


def rotate_secret(services: Services, project: str, webhook_id: str) -> tuple[Webhook, str]:
    """Gives an endpoint a new secret, which is returned; for a day both sign.

    Raises:
        NotFound: there is no such endpoint.
        InvalidConfiguration: secrets cannot be kept.
    """
    secret = new_secret()
    until = services.ledger.now() + OLD_SECRETS_SIGN
    return services.webhooks.rotate(project, webhook_id, services.vault.seal(secret), until), secret


def _judge_url(services: Services, url: str) -> None:
    try:
        judge_url(parse_url(url), allowed_hosts(services.settings))
    except AddressRefused as error:
        raise InvalidConfiguration(f"url cannot be a webhook: {error}") from None
