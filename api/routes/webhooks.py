"""Webhooks: not available in this version; every route says so."""

from __future__ import annotations

from fastapi import APIRouter

from api.dependencies import ApiRoute, CallerHere
from api.routes.parse import not_available

router = APIRouter(prefix="/webhooks", tags=["webhooks"], route_class=ApiRoute)


def refuse(_caller: CallerHere) -> None:
    """Webhooks are not available in this version of Octavo."""
    raise not_available("Sending webhooks")


for _method, _path, _name in (
    ("POST", "", "create_webhook"),
    ("GET", "", "list_webhooks"),
    ("GET", "/{webhook_id}", "get_webhook"),
    ("PUT", "/{webhook_id}", "update_webhook"),
    ("DELETE", "/{webhook_id}", "delete_webhook"),
    ("GET", "/{webhook_id}/secret", "get_webhook_secret"),
    ("POST", "/{webhook_id}/rotate", "rotate_webhook_secret"),
    ("POST", "/{webhook_id}/test", "test_webhook"),
    ("GET", "/{webhook_id}/deliveries", "list_deliveries"),
    ("POST", "/{webhook_id}/deliveries/{delivery_id}/redeliver", "redeliver"),
):
    # Not in the OpenAPI document: they have no other answer in this version.
    router.add_api_route(_path, refuse, methods=[_method], name=_name, include_in_schema=False)
