"""The form by which a paper is made: what it is to hold, for whom it is offered."""

from collections.abc import Mapping
from dataclasses import dataclass

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from songnuan.journeys.make_sheets import KINDS, SheetKind, SheetOrder, may_show_in_full
from songnuan.organisation.permissions import Permission
from songnuan.plans.models import Plan
from songnuan.visits.models import Visit, VisitStatus
from songnuan.web.fields import BooleanField, Day, IntegerField, TypedChoiceField
from songnuan.web.forms import Form
from songnuan.web.views.shared import Reader, names_on

SHEETS, REGISTER, RECEIPTS = "visit_sheet", "visit_record", "receipts"
GIFTS, STORE = "gift_receipts", "stock_card"


class SheetForm(Form):
    """What a paper is to hold; `form`, the kind of file, is the button that was pressed."""

    asks = "paper"

    visit = IntegerField(fact="act:paper", widget=forms.HiddenInput, required=False)
    donation = IntegerField(fact="act:paper", widget=forms.HiddenInput, required=False)
    lead = TypedChoiceField(
        fact="act:paper", label=gettext_lazy("Lead office"), coerce=int, empty_value=None, required=False
    )
    day = Day(
        fact="act:paper",
        label=gettext_lazy("Day"),
        help_text=gettext_lazy("Only visits planned for this day; left empty, all that are to make."),
        required=False,
    )
    with_blanks = BooleanField(
        fact="act:paper", label=gettext_lazy("With rows for units that are still to sign"), required=False
    )
    is_full = BooleanField(
        fact="act:paper",
        label=gettext_lazy("Names and numbers in full"),
        help_text=gettext_lazy("Only where they are needed. That they were shown in full is noted."),
        required=False,
    )

    def __init__(
        self,
        data: Mapping[str, str] | QueryDict | None = None,
        *,
        kind: str,
        leads: Mapping[int, str],
        may_full: bool,
        initial: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(data, auto_id=f"id_{kind}_%s", initial=dict(initial or {}))
        unasked = {"with_blanks"} if kind != RECEIPTS else set()
        if len(leads) < 2:
            unasked.add("lead")
        if kind != SHEETS:
            unasked.add("day")
        if not may_full:
            unasked.add("is_full")
        for name in unasked:
            del self.fields[name]
        if "lead" in self.fields:
            choices = [("", pgettext_lazy("lead offices", "all")), *leads.items()]
            self.fields["lead"].choices = choices  # type: ignore[attr-defined]  # as every choice field has

    def order(self, kind: str, slug: str) -> SheetOrder:
        """Return what was asked for."""
        told = self.cleaned_data
        return SheetOrder(
            kind=kind,
            slug=slug,
            visit_id=told["visit"],
            donation_id=told["donation"],
            lead_id=told.get("lead"),
            day=told.get("day"),
            with_blanks=told.get("with_blanks", False),
            is_full=told.get("is_full", False),
        )


@dataclass(frozen=True, slots=True)
class Offer:
    """A paper of the list, with the form that makes it."""

    kind: str
    label: Promise
    about: Promise
    form: SheetForm


def visit_offer(reader: Reader, plan: Plan, *, pk: int, unit_id: int, is_recorded: bool) -> Offer:
    """Return the paper of one visit: the sheet to take along, or its record once it was made."""
    kind = REGISTER if is_recorded else SHEETS
    told = KINDS[kind]
    may_full = may_show_in_full(told, plan, unit_id=unit_id, actor=reader.actor, at=reader.at)
    form = SheetForm(kind=kind, leads={}, may_full=may_full, initial={"visit": pk})
    for name in {"lead", "day"} & form.fields.keys():
        del form.fields[name]
    return Offer(kind, told.label, told.about, form)


def gift_offer(reader: Reader, plan: Plan, *, pk: int) -> Offer:
    """Return the receipt of one gift."""
    told = KINDS[GIFTS]
    may_full = may_show_in_full(told, plan, unit_id=None, actor=reader.actor, at=reader.at)
    form = SheetForm(kind=GIFTS, leads={}, may_full=may_full, initial={"donation": pk})
    return Offer(GIFTS, told.label, told.about, form)


def kinds_for(reader: Reader, plan: Plan) -> Mapping[str, SheetKind]:
    """Return the papers that the reader may make of the plan."""
    sees_money = reader.may(Permission.FUND_VIEW, plan.unit_id)
    sees_visits = reader.may(Permission.VISIT_VIEW)
    return {key: kind for key, kind in KINDS.items() if (sees_money if kind.of_money else sees_visits)}


def form_of(reader: Reader, plan: Plan, kind: str, data: QueryDict | None = None) -> SheetForm:
    """Return the form of a paper, with what the reader may ask of it."""
    visit_id = data.get("visit", "") if data else ""
    unit_id = None
    if visit_id.isascii() and visit_id.isdigit() and len(visit_id) < 19:
        unit_id = Visit.objects.filter(pk=visit_id).values_list("unit_id", flat=True).first()
    may_full = may_show_in_full(KINDS[kind], plan, unit_id=unit_id, actor=reader.actor, at=reader.at)
    return SheetForm(data, kind=kind, leads=_leads(reader, plan) if kind == SHEETS else {}, may_full=may_full)


def _leads(reader: Reader, plan: Plan) -> dict[int, str]:
    """Return the lead offices whose visits are still to make, of those that the reader sees."""
    units = reader.reach_ids(Permission.VISIT_VIEW)
    to_do = Visit.objects.filter(measure__plan=plan, status=VisitStatus.PLANNED, unit__in=units)
    leads = set(to_do.values_list("lead_id", flat=True))
    return dict(sorted(names_on(leads, reader.day).items()))
