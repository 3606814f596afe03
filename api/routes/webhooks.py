"""Webhooks: endpoints that are told of jobs, and the log of what they were sent."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, FastAPI
from pydantic import BaseModel

from api.dependencies import Admin, Reader, SecretRoute, ServicesHere
from api.errors import TOO_LARGE, ErrorEnvelope
from api.pagination import ShortPages, encode_cursor
from schemas.jobs import Timestamp
from schemas.webhooks import (
    DeliveryStatus,
    EventType,
    JobEvent,
    SampleRequest,
    WebhookChange,
    WebhookRequest,
)
from workers.jobs.ledger.paging import Page
from workers.jobs.ledger.tables import Attempt, Delivery, Webhook
from workers.jobs.webhooks.endpoints import add_webhook, change_webhook, reveal_secret, rotate_secret

router = APIRouter(prefix="/webhooks", tags=["webhooks"], route_class=SecretRoute)

_DISABLED: dict[int | str, dict[str, Any]] = {
    409: {"model": ErrorEnvelope, "description": "The webhook is disabled"}
}


class WebhookView(BaseModel):
    """An endpoint, without its secret. ``disabled_reason`` says why Octavo disabled it."""

    id: str
    url: str
    name: str
    event_types: list[EventType]
    enabled: bool
    disabled_reason: str | None
    failing_since: Timestamp | None
    created_at: Timestamp
    updated_at: Timestamp

    @classmethod
    def of(cls, row: Webhook) -> WebhookView:
        """The view of a row."""
        return cls(**_columns(row))


class WebhookWithSecret(WebhookView):
    """An endpoint with the secret that its messages are signed with."""

    secret: str

    @classmethod
    def showing(cls, row: Webhook, secret: str) -> WebhookWithSecret:
        """The view of a row and its secret."""
        return cls(**{**_columns(row), "secret": secret})


def _columns(row: Webhook) -> dict[str, Any]:
    return {name: getattr(row, name) for name in WebhookView.model_fields}


class WebhookPage(BaseModel):
    """A page of endpoints, newest first."""

    items: list[WebhookView]
    has_more: bool
    next_cursor: str | None
    prev_cursor: str | None


class WebhookSecret(BaseModel):
    """What signs: `whsec_` and base64."""

    secret: str


class AttemptView(BaseModel):
    """One request: the status and the first 2 KB of the answer, or why there was none."""

    number: int
    attempted_at: Timestamp
    duration_ms: int
    status_code: int | None
    response: str | None
    error: str | None

    @classmethod
    def of(cls, row: Attempt) -> AttemptView:
        """The view of a row."""
        return cls(
            number=row.number,
            attempted_at=row.attempted_at,
            duration_ms=round(row.seconds * 1000),
            status_code=row.status_code,
            response=row.response,
            error=row.error,
        )


class DeliveryView(BaseModel):
    """An event for an endpoint; ``id`` goes with it as ``svix-id`` and ``webhook-id``.

    ``next_attempt_at`` is null once it has ended, and while it is being sent.
    """

    id: str
    webhook_id: str
    event_type: EventType
    job_id: str
    status: DeliveryStatus
    payload: dict[str, Any]
    created_at: Timestamp
    finished_at: Timestamp | None
    next_attempt_at: Timestamp | None
    attempts: list[AttemptView]

    @classmethod
    def of(cls, row: Delivery, attempts: list[Attempt]) -> DeliveryView:
        """The view of a row and its attempts."""
        waits = row.status == DeliveryStatus.PENDING and row.claim is None
        return cls(
            id=row.id,
            webhook_id=row.webhook_id,
            event_type=EventType(row.event_type),
            job_id=row.job_id,
            status=DeliveryStatus(row.status),
            payload=json.loads(row.body),
            created_at=row.created_at,
            finished_at=row.finished_at,
            next_attempt_at=row.due_at if waits else None,
            attempts=[AttemptView.of(attempt) for attempt in attempts],
        )


class DeliveryPage(BaseModel):
    """A page of deliveries, newest first."""

    items: list[DeliveryView]
    has_more: bool
    next_cursor: str | None
    prev_cursor: str | None


def describe_events(app: FastAPI) -> None:
    """Puts what endpoints are sent into the OpenAPI document."""
    for event in EventType:
        name = event.value.rsplit(".", 1)[-1]

        def receive(body: JobEvent) -> None:
            pass

        app.webhooks.add_api_route(
            event.value,
            receive,
            methods=["POST"],
            name=f"job_{name}",
            summary=f"A job was {name}" if event is not EventType.FAILED else "A job failed",
            description="Signed by Standard Webhooks. Any 2xx will do; `svix-id` tells repeats.",
            tags=["webhooks"],
        )


@router.post("", name="create_webhook", summary="Add a webhook", responses=TOO_LARGE)
def create(body: WebhookRequest, services: ServicesHere, caller: Admin) -> WebhookWithSecret:
    """Adds an endpoint that is told of the project's jobs from now on; shows its secret."""
    return WebhookWithSecret.showing(*add_webhook(services, caller.project, body))


@router.get("", name="list_webhooks", summary="List webhooks")
def list_webhooks(services: ServicesHere, caller: Reader, page: ShortPages) -> WebhookPage:
    """The project's endpoints, newest first."""
    found = services.webhooks.page(caller.project, page)
    return WebhookPage(items=[WebhookView.of(row) for row in found.items], **_place(found))


@router.get("/{webhook_id}", name="get_webhook", summary="A webhook")
def get(webhook_id: str, services: ServicesHere, caller: Reader) -> WebhookView:
    """One endpoint."""
    return WebhookView.of(services.webhooks.get(caller.project, webhook_id))


@router.put("/{webhook_id}", name="update_webhook", summary="Change a webhook", responses=TOO_LARGE)
def change(webhook_id: str, body: WebhookChange, services: ServicesHere, caller: Admin) -> WebhookView:
    """Changes what is given. Events that waited while it was disabled are sent once it is enabled."""
    return WebhookView.of(change_webhook(services, caller.project, webhook_id, body))


@router.delete("/{webhook_id}", name="delete_webhook", summary="Remove a webhook", status_code=204)
def delete(webhook_id: str, services: ServicesHere, caller: Admin) -> None:
    """Removes an endpoint with its log; what was not delivered yet is not sent any more."""
    services.webhooks.delete(caller.project, webhook_id)


@router.get("/{webhook_id}/secret", name="get_webhook_secret", summary="A webhook's secret")
def secret(webhook_id: str, services: ServicesHere, caller: Admin) -> WebhookSecret:
    """The secret that signs now."""
    return WebhookSecret(secret=reveal_secret(services, caller.project, webhook_id))


@router.post("/{webhook_id}/rotate", name="rotate_webhook_secret", summary="Give a webhook a new secret")
def rotate(webhook_id: str, services: ServicesHere, caller: Admin) -> WebhookWithSecret:
    """Makes a new secret; for 24 hours messages are signed by the one before it too."""
    return WebhookWithSecret.showing(*rotate_secret(services, caller.project, webhook_id))


@router.post(
    "/{webhook_id}/test",
    name="test_webhook",
    summary="Send a sample event",
    responses={**TOO_LARGE, **_DISABLED},
)
def send_sample(webhook_id: str, body: SampleRequest, services: ServicesHere, caller: Admin) -> DeliveryView:
    """Sends an event of a made-up job, within moments; its delivery tells what came of it."""
    row = services.deliveries.send_sample(caller.project, webhook_id, body.event_type)
    return DeliveryView.of(row, [])


@router.get("/{webhook_id}/deliveries", name="list_deliveries", summary="What a webhook was sent")
def list_deliveries(
    webhook_id: str, services: ServicesHere, caller: Reader, page: ShortPages
) -> DeliveryPage:
    """The endpoint's deliveries with their attempts, newest first."""
    found = services.deliveries.page(caller.project, webhook_id, page)
    attempts = services.deliveries.attempts(found.items)
    return DeliveryPage(
        items=[DeliveryView.of(row, attempts[row.id]) for row in found.items], **_place(found)
    )


@router.get("/{webhook_id}/deliveries/{delivery_id}", name="get_delivery", summary="One delivery")
def get_delivery(webhook_id: str, delivery_id: str, services: ServicesHere, caller: Reader) -> DeliveryView:
    """A delivery with its attempts."""
    row = services.deliveries.get(caller.project, webhook_id, delivery_id)
    return DeliveryView.of(row, services.deliveries.attempts([row])[row.id])


@router.post(
    "/{webhook_id}/deliveries/{delivery_id}/redeliver",
    name="redeliver",
    summary="Send an event again",
    responses=_DISABLED,
)
def redeliver(webhook_id: str, delivery_id: str, services: ServicesHere, caller: Admin) -> DeliveryView:
    """Sends the same message again, under the same id, with all attempts before it if need be."""
    row = services.deliveries.send_again(caller.project, webhook_id, delivery_id)
    return DeliveryView.of(row, services.deliveries.attempts([row])[row.id])


def _place(page: Page[Webhook] | Page[Delivery]) -> dict[str, Any]:
    """What an answer says of where its page is."""
    return {
        "has_more": page.next is not None,
        "next_cursor": encode_cursor(page.next),
        "prev_cursor": encode_cursor(page.prev),
    }
