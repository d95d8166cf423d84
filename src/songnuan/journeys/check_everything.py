"""Asks every app whether what it promises holds."""

from collections.abc import Callable, Iterator, Mapping

from songnuan.approvals import checks as approvals
from songnuan.audit.findings import Finding
from songnuan.casework import checks as casework
from songnuan.emergency import checks as emergency
from songnuan.funds import checks as funds
from songnuan.goods import checks as goods
from songnuan.jobs import checks as jobs
from songnuan.journeys.check_trail import check_trail
from songnuan.organisation import checks as organisation
from songnuan.outreach import checks as outreach
from songnuan.payments import checks as payments
from songnuan.people import checks as people
from songnuan.plans import checks as plans
from songnuan.records import checks as records
from songnuan.tasks import checks as tasks
from songnuan.visits import checks as visits

APPS: Mapping[str, Callable[[], list[Finding]]] = {
    "audit": check_trail,
    **{
        app.__name__.split(".")[1]: app.verify
        for app in (
            *(organisation, records, jobs, tasks, approvals),
            *(plans, people, funds, goods, emergency, casework, payments, visits, outreach),
        )
    },
}


def check_everything() -> Iterator[tuple[str, list[Finding]]]:
    """Yield each app's name with what its checks find, from the ground up."""
    for name, verify in APPS.items():
        yield name, verify()
