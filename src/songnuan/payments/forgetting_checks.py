"""Proves that lines of lists are what was frozen, erased or not, and that nothing due is left of anybody."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final

from django.utils.translation import gettext as _

from songnuan.audit.findings import Finding
from songnuan.kernel.clock import CHINA
from songnuan.payments import retention
from songnuan.payments.forgetting import objectors, words
from songnuan.payments.freezing import line_digest, told_of
from songnuan.payments.models import PaymentLine, PaymentList
from songnuan.payments.pending import pending_among
from songnuan.payments.rules import list_number, places, subject_of
from songnuan.people.models import Roster, RosterStatus
from songnuan.people.queries import lingering
from songnuan.people.queries.erasure import waits_alone

_LATE: Final = timedelta(days=2)


def verify(on: date) -> list[Finding]:
    """Return what is wrong with what payments keep and forget.

    Codes: `line_differs` (a line is not what its digest was made of), `payee_left` (something of an erased
    payee is still kept that should have gone two days ago or more), `answer_left` (a file of the bank),
    `erasure_stuck` (a roster waits for payments that are over).
    """
    return [*_lines(), *_words(on), *_papers(on), *_stuck(on)]


def _lines() -> Iterator[Finding]:
    """Hold each line against its digest: an erased one by the index of the name that went."""
    for row in PaymentList.objects.order_by("pk").iterator():
        wrong = [pk for pk, digest, told in told_of(row.pk) if line_digest(told) != digest]
        if wrong:
            found = PaymentLine.objects.filter(pk__in=wrong).order_by("position")
            sentence = _("Lines of list %(list)s are not what was frozen: %(lines)s.")
            words_of = {
                "list": list_number(row.number),
                "lines": places(list(found.values_list("position", flat=True))),
            }
            yield Finding("line_differs", subject_of(row.pk), sentence % words_of, {"count": len(wrong)})


def _words(on: date) -> Iterator[Finding]:
    since = _since(on)
    left = {pk for told in words(since) for pk in told.rows.values_list(told.list_of, flat=True)}
    left.update(objectors(since).values_list("objection__notice__payment_list", flat=True))
    for list_id in sorted(left):
        yield _payee_left(list_id)


def _papers(on: date) -> Iterator[Finding]:
    day, since = on - _LATE, _since(on)
    for list_id in retention.lists_over(day):
        if retention.erasable(list_id).filter(payee__changed_at__lt=since).exists():
            yield _payee_left(list_id)
        if retention.unanswered(list_id, day) and retention.is_settled(list_id):
            sentence = _(
                "The bank's files about list %(list)s should be erased by now. Is the worker running?"
            )
            words_of = {"list": _number(list_id)}
            yield Finding("answer_left", subject_of(list_id), sentence % words_of)


def _payee_left(list_id: int) -> Finding:
    sentence = _(
        "List %(list)s still keeps something of people who are erased, and whose time is over. Is the worker"
        " running?"
    )
    return Finding("payee_left", subject_of(list_id), sentence % {"list": _number(list_id)})


def _stuck(on: date) -> Iterator[Finding]:
    late = Roster.objects.filter(status=RosterStatus.ERASING, retain_until__lt=on - _LATE)
    for one in late.order_by("pk"):
        if waits_alone(one) and not pending_among(lingering(one.pk)):
            sentence = _("This roster waited for payments that are over by now. Is the worker running?")
            yield Finding("erasure_stuck", f"people.roster:{one.key}", sentence)


def _number(list_id: int) -> str:
    return list_number(PaymentList.objects.values_list("number", flat=True).get(pk=list_id))


def _since(on: date) -> datetime:
    return datetime.combine(on - _LATE, time.min, CHINA)
