"""Signatures, by the words of the contract and by the library that receivers use."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook as StandardWebhook
from svix.webhooks import Webhook, WebhookVerificationError

from workers.jobs.ledger.engine import utc_now
from workers.jobs.webhooks.signing import new_secret, signed_headers


def test_the_contracts_vector() -> None:
    headers = signed_headers(
        "msg_2f8XcontractVector01",
        datetime.fromtimestamp(1767225600, UTC),
        '{"job_id":"parse_6789BCDFGHJKLMNPQRTWb","status":"successful"}',
        ["whsec_Y29udHJhY3QtdGVzdC1zZWNyZXQtMzItYnl0ZXMtb2s="],
    )
    assert headers == {
        f"{family}-{name}": value
        for family in ("svix", "webhook")
        for name, value in {
            "id": "msg_2f8XcontractVector01",
            "timestamp": "1767225600",
            "signature": "v1,8qiiQTj25DuaBW3K9+6WS6x3R1rz8NfRd0GAjhaU5rY=",
        }.items()
    }


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8"))))
def test_the_real_libraries_verify_any_body(payload: dict[str, str]) -> None:
    body = json.dumps(payload, ensure_ascii=False)
    old, new, foreign = new_secret(), new_secret(), new_secret()
    headers = signed_headers("msg_1", utc_now(), body, [new, old])
    for secret in (old, new):
        for family in ("svix", "webhook"):
            own = {name: value for name, value in headers.items() if name.startswith(family)}
            Webhook(secret).verify(body.encode(), own)
        assert StandardWebhook(secret).verify(body.encode(), headers) == payload
    with pytest.raises(WebhookVerificationError):
        Webhook(foreign).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new).verify(body + " ", headers)


def test_a_secret_is_as_long_as_it_must_be() -> None:
    secrets = {new_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert {len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) for secret in secrets} == {32}
