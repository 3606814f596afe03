"""One attempt to deliver: a signed POST to an address that was judged, its answer read to a bound."""

from __future__ import annotations

import time
from contextlib import suppress

import httpx

from workers.jobs.addresses import AddressRefused, Allowed
from workers.jobs.ledger.dispatch import Outcome, Outgoing
from workers.jobs.ledger.engine import Ledger
from workers.jobs.transport import Resolve, guarded_client
from workers.jobs.vault import Vault, VaultLocked
from workers.jobs.webhooks.signing import signed_headers

MAX_RESPONSE_BYTES = 2048


class Courier:
    """Makes attempts of at most ``timeout`` seconds at public hosts and those in ``allowed``."""

    def __init__(
        self,
        ledger: Ledger,
        vault: Vault,
        allowed: Allowed,
        timeout: float,
        resolve: Resolve | None = None,
    ) -> None:
        self._now = ledger.now
        self._vault = vault
        self._allowed = allowed
        self._timeout = timeout
        self._resolve = resolve

    def attempt(self, outgoing: Outgoing) -> Outcome:
        """Sends ``outgoing`` once; never raises for what lies beyond this process."""
        attempted_at, began = self._now(), time.monotonic()
        status_code = response = error = None
        try:
            signed = signed_headers(outgoing.id, attempted_at, outgoing.body, self._opened(outgoing.secrets))
            status_code, response = self._post(outgoing, signed)
        except (AddressRefused, VaultLocked) as refused:
            error = refused.message
        except httpx.TimeoutException:
            error = f"The endpoint did not answer within {self._timeout:g} seconds."
        except (httpx.TransportError, httpx.InvalidURL) as failed:
            error = _reason(failed)
        return Outcome(attempted_at, time.monotonic() - began, status_code, response, error)

    def _opened(self, sealed: list[str]) -> list[str]:
        present, *old = sealed
        secrets = [self._vault.unseal(present)]
        for secret in old:
            # Whoever rotates a secret because it cannot be opened any more is not held up by it.
            with suppress(VaultLocked):
                secrets.append(self._vault.unseal(secret))
        return secrets

    def _post(self, outgoing: Outgoing, signed: dict[str, str]) -> tuple[int, str]:
        headers = {"Content-Type": "application/json", **signed}
        body = outgoing.body.encode()
        with (
            guarded_client(self._allowed, self._timeout, self._resolve) as client,
            client.stream("POST", outgoing.url, content=body, headers=headers) as response,
        ):
            return response.status_code, _beginning(response)


def _beginning(response: httpx.Response) -> str:
    """What can be had of the answer's first bytes; the status already says whether it was taken."""
    kept = b""
    with suppress(httpx.TransportError):
        for piece in response.iter_raw():
            kept += piece[: MAX_RESPONSE_BYTES - len(kept)]
            if len(kept) >= MAX_RESPONSE_BYTES:
                break
    return kept.decode("utf-8", "replace").replace("\0", "")


def _reason(failed: Exception) -> str:
    if "CERTIFICATE_VERIFY_FAILED" in str(failed):
        return "The endpoint's certificate is not valid."
    return f"The connection failed ({type(failed).__name__})."
