"""Everything a process needs to take in work and to do it, built once from the settings."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial

from schemas.settings import Settings
from workers.jobs.access import Access
from workers.jobs.blobs import BlobStore, blobs_of
from workers.jobs.configuration import Configuration
from workers.jobs.doorbell import CeleryDoorbell, Doorbell
from workers.jobs.ledger.audit import AuditLog
from workers.jobs.ledger.backlog import Backlog
from workers.jobs.ledger.datasets import Datasets
from workers.jobs.ledger.deliveries import Deliveries
from workers.jobs.ledger.dispatch import Dispatch
from workers.jobs.ledger.duties import Duties
from workers.jobs.ledger.engine import Ledger, open_engine
from workers.jobs.ledger.files import Files
from workers.jobs.ledger.jobs import Jobs
from workers.jobs.ledger.keys import Keys
from workers.jobs.ledger.meters import Meters
from workers.jobs.ledger.removals import Removals
from workers.jobs.ledger.repeats import Repeats
from workers.jobs.ledger.replay import Replays
from workers.jobs.ledger.retention import Retention
from workers.jobs.ledger.reuse import Reuse
from workers.jobs.ledger.shards import Shards
from workers.jobs.ledger.survey import Survey
from workers.jobs.ledger.unserved import Unserved
from workers.jobs.ledger.usage import ProjectUse
from workers.jobs.ledger.webhooks import Webhooks
from workers.jobs.ledger.windows import Windows
from workers.jobs.ledger.workers import Workers
from workers.jobs.metering import COLLECTED
from workers.jobs.news import News
from workers.jobs.quotas import Quotas
from workers.jobs.rates import Rates
from workers.jobs.strangers import Strangers
from workers.jobs.tenants import Limits
from workers.jobs.vault import Vault

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Services:
    """The ledger's parts, the blobs and the doorbell; may be used from any thread."""

    settings: Settings
    ledger: Ledger
    jobs: Jobs
    shards: Shards
    windows: Windows
    reuse: Reuse
    replays: Replays
    files: Files
    datasets: Datasets
    keys: Keys
    access: Access
    strangers: Strangers
    audit: AuditLog
    webhooks: Webhooks
    deliveries: Deliveries
    dispatch: Dispatch
    repeats: Repeats
    workers: Workers
    unserved: Unserved
    removals: Removals
    retention: Retention
    duties: Duties
    meters: Meters
    survey: Survey
    vault: Vault
    limits: Limits
    backlog: Backlog
    use: ProjectUse
    rates: Rates
    quotas: Quotas
    blobs: BlobStore
    doorbell: Doorbell
    news: News

    @classmethod
    def from_settings(cls, settings: Settings, doorbell: Doorbell | None = None) -> Services:
        """The services that ``settings`` describe. Opens no connection, but makes the data folder.

        Raises:
            ValueError: the database's URL is of a kind that is not known.
            BlobStoreUnusable: the blob store's URL is of no use.
        """
        settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        ledger, configuration = Ledger(open_engine(settings.database)), Configuration(settings)
        keys, limits, audit = Keys(ledger), Limits(settings, configuration), AuditLog(ledger)
        rates, use = Rates(settings.broker), ProjectUse(ledger)
        backlog = Backlog(ledger, settings.max_waiting_jobs, lambda name: limits.of(name).max_waiting_jobs)
        return cls(
            settings=settings,
            ledger=ledger,
            jobs=Jobs(ledger),
            shards=Shards(ledger, settings.max_attempts),
            windows=Windows(ledger, settings.max_attempts),
            reuse=Reuse(ledger),
            replays=Replays(ledger),
            files=Files(ledger),
            datasets=Datasets(ledger),
            keys=keys,
            access=Access(configuration, keys, audit),
            strangers=Strangers(rates),
            audit=audit,
            webhooks=Webhooks(ledger),
            deliveries=Deliveries(ledger),
            dispatch=Dispatch(ledger),
            repeats=Repeats(ledger),
            workers=Workers(ledger),
            unserved=Unserved(ledger),
            removals=Removals(ledger),
            retention=Retention(ledger),
            duties=Duties(ledger),
            meters=Meters(ledger),
            survey=Survey(ledger),
            vault=Vault.from_settings(settings),
            limits=limits,
            backlog=backlog,
            use=use,
            rates=rates,
            quotas=Quotas(limits, use, rates, backlog),
            blobs=blobs_of(settings),
            doorbell=doorbell or CeleryDoorbell(settings.broker),
            news=News(settings.broker),
        )

    def close(self) -> None:
        """Lets the last rings out, adds what was counted, and gives the connections back."""
        self.doorbell.close()
        for flush in (self.audit.flush, partial(COLLECTED.flush, self.meters)):
            try:
                flush()
            except Exception as error:
                log.warning("what was counted or looked at last is lost: %s", type(error).__name__)
        self.rates.close()
        self.news.close()
        self.ledger.close()
