"""The page of the burden (填报负担): what the house asked of people, by week, unit, post and form."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from django import forms
from django.contrib.auth.decorators import login_required
from django.forms.utils import pretty_name
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from songnuan.journeys.burden_beside import compare
from songnuan.organisation.permissions import Permission, role_label
from songnuan.organisation.queries import require
from songnuan.plans.queries import visible_plans
from songnuan.reporting.queries import Burden, BurdenRow, by_form, by_unit, by_week, total
from songnuan.web.facts import ACT, LINES, label_of
from songnuan.web.forms import Form
from songnuan.web.plan_forms import RowsForm
from songnuan.web.views.shared import names_on, reader_of

_FEW = 2  # inputs of a form that asks next to nothing


@dataclass(frozen=True, slots=True)
class Line:
    """What was asked of one unit and post, or by one form, in words."""

    label: str
    role: str
    burden: Burden


@dataclass(frozen=True, slots=True)
class Input:
    """An input of a form: what it is called, the fact it asks, empty for a wish that is not kept."""

    label: str
    fact: str
    is_needed: bool = False


@dataclass(frozen=True, slots=True)
class Blank:
    """A form as it stands empty, with its inputs, and those that it has for each line."""

    label: str
    inputs: tuple[Input, ...]
    lines: tuple[Input, ...]

    @property
    def needed(self) -> int:
        """How many inputs are needed."""
        return sum(one.is_needed for one in self.inputs)

    @property
    def optional(self) -> int:
        """How many inputs may be left empty."""
        return len(self.inputs) - self.needed

    @property
    def is_short(self) -> bool:
        """Whether it asks next to nothing."""
        return len(self.inputs) + len(self.lines) <= _FEW


@login_required
@require_safe
def burden(request: HttpRequest) -> HttpResponse:
    """Show what was asked of the units that the reader looks after, ever or in one week."""
    reader = reader_of(request)
    require(reader.actor, Permission.PLAN_VIEW, at=reader.at)
    units = reader.reach(Permission.PLAN_VIEW)
    weeks = by_week(units)
    week = _week(request, weeks)
    chosen = None if week is None else [week]
    rows = by_unit(units, chosen)
    names, found = names_on((row.unit_id for row in rows), reader.day), blanks()
    context = {
        "weeks": weeks,
        "week": week,
        "total": total(units, chosen),
        "units": [
            Line(names[row.unit_id], str(role_label(row.role)), row.burden)
            for row in rows
            if row.unit_id is not None
        ],
        "forms": [Line(label_of(row.form), "", row.burden) for row in by_form(units, chosen)],
        "blanks": [blank for blank in found if not blank.is_short],
        "short": [blank for blank in found if blank.is_short],
    }
    return render(request, "web/burden.html", context)


@login_required
@require_safe
def plan_burden(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what a plan asked of the units that the reader looks after, beside its tables on paper."""
    reader = reader_of(request)
    require(reader.actor, Permission.PLAN_VIEW, at=reader.at)
    plan = get_object_or_404(visible_plans(reader.actor, reader.at), slug=slug)
    found = compare(plan, reader.reach(Permission.PLAN_VIEW), reader.day)
    names = names_on((unit_id for unit_id, _role, _row in found.units), reader.day)
    context = {
        "plan": plan,
        "found": found,
        "units": [(names[unit_id], str(role_label(role)), row) for unit_id, role, row in found.units],
    }
    return render(request, "web/plan_burden.html", context)


def _week(request: HttpRequest, weeks: Iterable[BurdenRow]) -> date | None:
    """Return the week asked for, if anything was asked of anybody in it."""
    try:
        wanted = parse_date(request.GET.get("week", ""))
    except ValueError:
        wanted = None
    return next((row.week for row in weeks if row.week == wanted), None)


@cache
def kinds() -> tuple[type[Form], ...]:
    """Return every form there is whose inputs stand in its class, in the order of their names."""
    found: list[type[Form]] = []
    open_ones = [Form]
    while open_ones:
        for kind in open_ones.pop().__subclasses__():
            open_ones.append(kind)
            if kind.asks:
                found.append(kind)
    return tuple(sorted(found, key=lambda kind: (kind.asks, kind.__qualname__)))


def blanks() -> list[Blank]:
    """Return what each form asks as it stands empty, the longest first."""
    found = {}
    for kind in kinds():
        inputs = tuple(
            _input(name, field) for name, field in kind.base_fields.items() if not _is_hidden(field)
        )
        found[kind.asks] = Blank(label_of(kind.asks), inputs, _lines(kind))
    shown = (blank for blank in found.values() if blank.inputs or blank.lines)
    return sorted(shown, key=lambda blank: (-len(blank.inputs) - len(blank.lines), blank.label))


def _input(name: str, field: forms.Field) -> Input:
    fact = str(getattr(field, "fact", ""))
    label = str(field.label or pretty_name(name))
    return Input(label, "" if fact.startswith(ACT) else fact, field.required)


def _lines(kind: type[Form]) -> tuple[Input, ...]:
    """Return what each line of a form asks; lists of rows say so in their class."""
    if issubclass(kind, RowsForm):
        return tuple(_input(name, one) for columns in kind.ROWS.values() for name, one in columns.items())
    return tuple(
        Input(str(label), "" if fact.startswith(ACT) else fact) for label, fact in LINES.get(kind.asks, ())
    )


def _is_hidden(field: forms.Field) -> bool:
    return bool(field.widget.is_hidden)


urlpatterns: list[URLPattern] = [
    path("burden/", burden, name="burden"),
    path("plans/<slug:slug>/burden/", plan_burden, name="plan_burden"),
]
