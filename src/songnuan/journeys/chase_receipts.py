"""Who has not acknowledged a document in time is reminded, and who issued it is told who is missing."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.journeys.base import journey
from songnuan.journeys.telling import listed, tell
from songnuan.kernel.actor import Actor
from songnuan.kernel.days import written
from songnuan.organisation.models import User
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, holders, unit_names
from songnuan.records.models import IssuedDocument, Receipt
from songnuan.records.queries import open_receipts

EVERY_DAYS = 3
"""A reminder on the first day after the term, then one every so many days."""


@journey
def chase_receipts(*, actor: Actor, at: datetime) -> int:
    """Leave the reminders that are due today, once however often it runs.

    Only the newest document about a plan is chased: it takes the place of the one before. A unit that was
    dissolved since acknowledges nothing any more, and nobody is told that it has not.

    Returns:
        How many receipts are late.

    """
    day = day_of(at)
    missing = list(open_receipts(due_before=day))
    names = unit_names((receipt.unit_id for receipt in missing), day)
    late: dict[int, list[Receipt]] = defaultdict(list)
    for receipt in missing:
        if receipt.unit_id in names:
            late[receipt.document_id].append(receipt)
    for receipts in late.values():
        document = receipts[0].document
        turn = ((day - min(receipt.due_on for receipt in receipts)).days - 1) // EVERY_DAYS
        _remind(document, receipts, turn, names, actor, at)
    return sum(map(len, late.values()))


def _remind(  # noqa: PLR0917 - of one document, what its turn is told from
    document: IssuedDocument,
    receipts: list[Receipt],
    turn: int,
    names: Mapping[int, str],
    actor: Actor,
    at: datetime,
) -> None:
    mine: dict[int, list[Receipt]] = defaultdict(list)
    readers: dict[int, User] = {}
    for receipt in receipts:
        for user in holders(Permission.DOCUMENT_RECEIVE, receipt.unit_id, at):
            readers[user.pk] = user
            mine[user.pk].append(receipt)
    owners = {user.pk: user for user in holders(Permission.DOCUMENT_ISSUE, document.unit_id, at)}
    slug = document.subject.partition(":")[2].partition("@")[0]
    told = [(user, mine[pk], "ask") for pk, user in readers.items()]
    told += [(user, receipts, "tell") for user in owners.values()]
    for user, lacking, way in told:
        units = [names[receipt.unit_id] for receipt in lacking]
        tell(
            [user],
            partial(_asked if way == "ask" else _said, document, lacking[0], units),
            topic="document.late",
            key=f"document.late:{way}:{document.pk}:{turn}",
            url=f"/plans/{slug}/issue/",
            plan=document.title,
            actor=actor,
            at=at,
        )


def _asked(document: IssuedDocument, receipt: Receipt, units: list[str]) -> tuple[str, str]:
    facts = {"number": document.number, "day": written(receipt.due_on)}
    return _("%(number)s was to be acknowledged by %(day)s") % facts, listed(units)


def _said(document: IssuedDocument, _receipt: Receipt, units: list[str]) -> tuple[str, str]:
    title = ngettext(
        "%(number)s: %(count)s unit has not acknowledged it in time",
        "%(number)s: %(count)s units have not acknowledged it in time",
        len(units),
    )
    return title % {"number": document.number, "count": len(units)}, listed(units)
