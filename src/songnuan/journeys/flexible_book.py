"""The workbook of flexible work (弹性工作台账): what was approved, how, until when, and what came of it."""

from datetime import datetime
from typing import BinaryIO

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from songnuan.approvals.models import Act, Verb
from songnuan.casework.actions import flexible
from songnuan.casework.flexible_models import (
    Dependant,
    FlexibleAct,
    FlexibleRequest,
    FlexibleStatus,
    FlexibleVerb,
)
from songnuan.casework.flexible_queries import acts_of, terms_in
from songnuan.casework.flexible_rules import flexible_number, subject_of
from songnuan.casework.flexible_words import terms_words
from songnuan.documents.account_book import Cell, Field, Sheet, write_book
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import among_texts
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.organisation.queries import names_then, unit_names
from songnuan.plans.models import Measure


@journey
def flexible_book(
    *, measure: Measure, rows: QuerySet[FlexibleRequest], to: BinaryIO, actor: Actor, at: datetime
) -> None:
    """Write the approved arrangements among these requests, in the order of their numbers; it is noted.

    `rows` are requests that the actor sees. For whom it is asked stands as a count: names of children have
    no place in a workbook that goes round.
    """
    when = at.astimezone(CHINA)
    decided = (FlexibleStatus.APPROVED, FlexibleStatus.ENDED)
    found = list(rows.filter(status__in=decided).prefetch_related("dependants").order_by("number"))
    flexible.note_book(measure=measure, rows=len(found), actor=actor, at=at)
    acts, signed = acts_of(found), _signed(found)
    units = unit_names({row.unit_id for row in found}, when.date())
    unit = names_then({measure.plan.unit_id}, when.date()).get(measure.plan.unit_id, "")
    sheet = Sheet(
        name=_("Flexible work"),
        title=_("Ledger of flexible work"),
        notes=(
            _("Unit: %(unit)s   Plan: %(plan)s") % {"unit": unit, "plan": measure.plan.title},
            _("Printed on: %(day)s") % {"day": written(when.date(), "full")},
        ),
        fields=_fields(),
        rows=[
            _row(place, row, units.get(row.unit_id, ""), acts[row.pk], signed.get(subject_of(row.pk), []))
            for place, row in enumerate(found, 1)
        ],
    )
    write_book(_("Ledger of flexible work"), [sheet], when, to)


def _fields() -> list[Field]:
    return [
        Field(pgettext("line of a list", "No."), 6),
        Field(pgettext("flexible work", "Number"), 10),
        Field(_("Name"), 10),
        Field(_("Unit"), 18),
        Field(_("For whom"), 14),
        Field(_("Why the family data allow it"), 40),
        Field(_("How work is done"), 28),
        Field(_("From"), 12, "day"),
        Field(_("To"), 12, "day"),
        Field(pgettext("flexible work", "Department"), 12),
        Field(_("Staff office"), 12),
        Field(_("Approved on"), 12, "day"),
        Field(_("Next review"), 12, "day"),
        Field(_("Standing"), 14),
        Field(_("Result of reviews"), 30),
    ]


def _row(
    place: int, row: FlexibleRequest, unit: str, acts: list[FlexibleAct], signed: list[str]
) -> list[Cell]:
    newest = acts[-1]
    kinds = [one.kind for one in row.dependants.all()]
    whom = [f"{Dependant(kind).label} {kinds.count(kind)}" for kind in Dependant.values if kind in kinds]
    reviews = [
        f"{written(act.at.astimezone(CHINA).date(), 'full')} {FlexibleVerb(act.verb).label}：{act.words}"
        for act in acts[1:]
    ]
    return [
        str(place),
        flexible_number(row.number),
        row.person.name or "—",
        unit,
        "、".join(whom),
        row.reason if row.is_eligible else _("Exception: %(words)s") % {"words": row.exception},
        terms_words(terms_in(newest)),
        row.starts_on,
        newest.from_on if newest.verb == FlexibleVerb.END else row.ends_on,
        signed[0] if len(signed) > 1 else "",
        signed[-1] if signed else "",
        acts[0].at.astimezone(CHINA).date(),
        newest.review_on,
        str(FlexibleStatus(row.status).label),
        "；".join(reviews),
    ]


def _signed(rows: list[FlexibleRequest]) -> dict[str, list[str]]:
    """Return who approved each, in order."""
    found: dict[str, list[str]] = {}
    subjects = among_texts(subject_of(row.pk) for row in rows)
    acts = Act.objects.filter(request__subject__in=subjects, verb=Verb.APPROVE)
    for subject, name in acts.order_by("pk").values_list("request__subject", "person__name"):
        found.setdefault(subject, []).append(name)
    return found
