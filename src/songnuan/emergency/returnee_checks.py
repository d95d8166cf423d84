"""What must hold of returnees and screening: what stands is what was told last, and nothing skips a step."""

from collections.abc import Iterator
from typing import Final

from django.db.models import Count, F, Max, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from songnuan.audit.findings import Finding
from songnuan.emergency.models import (
    DailyStatus,
    PeriodChange,
    Returnee,
    ReturneeStatus,
    ScreeningReport,
    ScreeningShare,
    StatusOutcome,
)
from songnuan.emergency.returnee_rules import last_day

_AT_ONCE: Final = 1000


def verify() -> Iterator[Finding]:
    """Yield what does not hold of returnees and of screening.

    Codes: `returnee_days` (the days of observation are not those set last, or its end is not reckoned from
    them), `returnee_status` (a version of a day is missing, or a day lies outside the observation),
    `returnee_released` (somebody is released whom nobody saw well at the end), `screening_share` (how far a
    unit is, is not what it reported last).
    """
    yield from _days()
    yield from _statuses()
    yield from _released()
    yield from _shares()


def _days() -> Iterator[Finding]:
    last = PeriodChange.objects.filter(returnee=OuterRef("pk")).order_by("-pk").values("days")[:1]
    rows = Returnee.objects.annotate(set_to=Subquery(last)).order_by("pk")
    for row in rows.only("days", "arrived_on", "until_on").iterator(chunk_size=_AT_ONCE):
        if row.set_to not in {None, row.days} or row.until_on != last_day(row.arrived_on, row.days):
            sentence = _("How long a returnee is observed is not what was set last.")
            yield Finding("returnee_days", _where(row.pk), sentence, {})


def _statuses() -> Iterator[Finding]:
    told = DailyStatus.objects.values("returnee_id", "day").annotate(last=Max("version"), many=Count("pk"))
    skipped = told.exclude(last=F("many")).values_list("returnee_id", flat=True)
    outside = DailyStatus.objects.filter(
        Q(returnee__first_due_on=None)
        | Q(day__lt=F("returnee__arrived_on"))
        | Q(returnee__ended_on__isnull=False, day__gt=F("returnee__ended_on"))
    ).values_list("returnee_id", flat=True)
    for pk in sorted({*skipped, *outside}):
        sentence = _("A daily status of a returnee is missing a version, or lies outside the observation.")
        yield Finding("returnee_status", _where(pk), sentence, {})


def _released() -> Iterator[Finding]:
    last = DailyStatus.objects.filter(returnee=OuterRef("pk")).order_by("-day", "-version")
    rows = Returnee.objects.filter(status=ReturneeStatus.RELEASED)
    rows = rows.annotate(last=Subquery(last.values("outcome")[:1]), last_on=Subquery(last.values("day")[:1]))
    odd = rows.filter(Q(last=None) | ~Q(last=StatusOutcome.WELL) | Q(last_on__lt=F("until_on")))
    for pk in odd.order_by("pk").values_list("pk", flat=True):
        sentence = _("A returnee is released whom nobody saw well at the end.")
        yield Finding("returnee_released", _where(pk), sentence, {})


def _where(pk: int) -> str:
    return f"emergency.returnee:{pk}"


def _shares() -> Iterator[Finding]:
    rows = ScreeningShare.objects.annotate(last=Max("reports__version"), many=Count("reports"))
    odd = set(
        rows.exclude(version=0, last=None)
        .exclude(version=F("last"), many=F("version"))
        .values_list("pk", flat=True)
    )
    valid = ScreeningReport.objects.filter(version=F("share__version"))
    odd |= set(
        valid.exclude(screened=F("share__screened"), unwell=F("share__unwell")).values_list(
            "share_id", flat=True
        )
    )
    for pk in sorted(odd):
        sentence = _("How far a unit is in a screening is not what it reported last.")
        yield Finding("screening_share", f"emergency.screening:{pk}", sentence, {})
