"""The ledger of families (家属需求台账) as a workbook: a row for each need, and the contacts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from songnuan.casework import actions as casework
from songnuan.casework.case_models import Case, Contact
from songnuan.casework.case_queries import NeedRow, cases_of, need_rows, needs_of
from songnuan.casework.case_rules import printed
from songnuan.casework.special_models import Looked
from songnuan.documents.account_book import Cell, Field, Sheet, write_book
from songnuan.goods.handed import IssueCard, issue_cards
from songnuan.journeys.base import journey
from songnuan.journeys.case_find import find_families
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.organisation.queries import day_of, names_then
from songnuan.people.models import Relation
from songnuan.people.queries import Household, Member
from songnuan.people.queries.families import FamilyFacts, family_facts, households_of
from songnuan.plans.models import Measure

_BREAK = "\n"


@journey
def case_ledger(*, measure_id: int, to: BinaryIO, actor: Actor, at: datetime) -> Measure:
    """Write the ledger of a measure's families, numbers and addresses masked; return the measure.

    Raises:
        Refusal: `measure_unknown`, `not_permitted`.

    """
    measure = find_families(measure_id)
    cases = list(cases_of([measure_id]))
    for case in cases:
        if case.is_special:  # a row is a look at the family, though its name is not there
            casework.note_look(case=case, what=Looked.LEDGER, actor=actor, at=at)
    needs: dict[int, list[NeedRow]] = defaultdict(list)
    for row in need_rows(needs_of([case.pk for case in cases])):
        needs[row.need.case_id].append(row)
    ledger = _ledger(cases, needs, at)
    casework.note_ledger(measure=measure, rows=len(ledger), actor=actor, at=at)
    when = at.astimezone(CHINA)
    unit = names_then({measure.plan.unit_id}, when.date()).get(measure.plan.unit_id, "")
    head = (
        _("Unit: %(unit)s   Plan: %(plan)s") % {"unit": unit, "plan": measure.plan.title},
        _("Amounts in yuan   Printed on: %(day)s") % {"day": written(when.date(), "full")},
    )
    name, log = _("Needs of families"), _("Contacts with families")
    sheets = (
        Sheet(name, name, head, _fields(), ledger, total=_("Total")),
        Sheet(log, log, head, _log_fields(), _contacts(measure_id)),
    )
    write_book(name, sheets, when, to)
    return measure


def _fields() -> tuple[Field, ...]:
    return (
        Field(pgettext("ledger of families", "File number"), 12),
        Field(_("Name"), 10),
        Field(_("Identity number"), 12),
        Field(_("Unit"), 20),
        Field(pgettext("ledger of families", "Phone"), 14),
        Field(_("Home address"), 18),
        Field(pgettext("ledger of families", "Family members"), 26),
        Field(pgettext("ledger of families", "At the front"), 30),
        Field(pgettext("ledger of families", "Need"), 30),
        Field(pgettext("ledger of families", "What was done"), 34),
        Field(pgettext("ledger of families", "Responsible"), 12),
        Field(pgettext("ledger of families", "Help (yuan)"), 12, "money"),
        Field(pgettext("ledger of families", "Closed"), 24),
        Field(pgettext("ledger of families", "Feedback of the family"), 24),
    )


def _ledger(cases: Sequence[Case], needs: Mapping[int, list[NeedRow]], at: datetime) -> list[Sequence[Cell]]:
    employees = {case.employee_id for case in cases if case.employee_id is not None}
    facts, households = family_facts(employees), households_of(employees, at)
    units = names_then({case.unit_id for case in cases}, day_of(at))
    cards = issue_cards([pk for some in needs.values() for row in some for pk in row.goods])
    rows: list[Sequence[Cell]] = []
    for case in cases:
        employee_id = case.employee_id or 0
        household = households.get(employee_id)
        head = _head(case, facts.get(employee_id), units.get(case.unit_id, ""), household)
        helper = case.helper.name if case.helper else ""
        found = needs.get(case.pk, [])
        rows += [(*head, *_need(row, helper, cards)) for row in found]
        if not found:
            rows.append((*head, "", "", helper, None, "", ""))
    return rows


def _head(case: Case, facts: FamilyFacts | None, unit: str, household: Household | None) -> tuple[Cell, ...]:
    return (
        printed(case.number),
        facts.name if facts else "",
        facts.id_number if facts else "",
        unit,
        facts.phone if facts else "",
        facts.address if facts else "",
        _members(household),
        _front(household),
    )


def _members(household: Household | None) -> str:
    if household is None:
        return ""
    return _BREAK.join(f"{Relation(kin.relation).label} {kin.member.name}" for kin in household.kin)


def _front(household: Household | None) -> str:
    if household is None:
        return ""
    members = (household.employee, *(kin.member for kin in household.kin))
    return _BREAK.join(filter(None, map(_served, members)))


def _served(member: Member) -> str:
    lines = []
    for service in member.serves:
        last = service.ends_on.isoformat() if service.ends_on else ""
        days = f"{service.starts_on.isoformat()}—{last}"
        lines.append(" ".join(filter(None, (member.name, service.place, service.post, days))))
    return _BREAK.join(lines)


def _need(row: NeedRow, helper: str, cards: Mapping[int, IssueCard]) -> tuple[Cell, ...]:
    need = row.need
    what = f"[{need.get_category_display()}·{need.get_urgency_display()}] {need.words.text}"
    done = _BREAK.join(f"{one.done_on.isoformat()} {one.words.text}" for one in row.actions)
    closed = ""
    if row.closing is not None:
        day = row.closing.at.astimezone(CHINA).date().isoformat()
        closed = f"{day} {row.closing.get_outcome_display()} {row.closing.words.text}"
    said = ""
    if row.feedback is not None:
        words = row.feedback.words.text if row.feedback.words else ""
        said = f"{row.feedback.said_on.isoformat()} {row.feedback.get_satisfied_display()} {words}".strip()
    return f"{row.number} {what}", done, helper, _given(row, cards), closed, said


def _given(row: NeedRow, cards: Mapping[int, IssueCard]) -> int | None:
    """Return what the goods that were given for a need are worth, in fen; None where none were."""
    stand = [card for pk in row.goods if (card := cards[pk]).withdrawn_at is None]
    return sum(card.total_minor for card in stand) if stand else None


def _log_fields() -> tuple[Field, ...]:
    return (
        Field(pgettext("ledger of families", "File number"), 12),
        Field(_("Day"), 12, "day"),
        Field(_("How"), 12),
        Field(pgettext("ledger of families", "Reached"), 10),
        Field(_("What was said, or tried"), 50),
        Field(pgettext("ledger of families", "Who"), 12),
    )


def _contacts(measure_id: int) -> list[Sequence[Cell]]:
    rows = Contact.objects.filter(case__measure=measure_id).select_related(
        "case", "words", "by", "home_visit__living", "home_visit__brought", "home_visit__difficulties"
    )
    return [
        (
            printed(row.case.number),
            row.happened_on,
            str(row.get_way_display()),
            _("yes") if row.reached else _("no"),
            _said(row),
            row.by.name,
        )
        for row in rows.order_by("case__number", "happened_on", "pk")
    ]


def _said(row: Contact) -> str:
    texts = [row.words.text if row.words else ""]
    visit = getattr(row, "home_visit", None)
    if visit is not None:
        parts = (visit.living, visit.difficulties, visit.brought)
        texts += [one.text for one in parts if one is not None]
    return _BREAK.join(filter(None, texts))
