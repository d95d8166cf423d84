"""Pages of returnees: the contact person's phone, the board of a plan, one person, and entering them."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from songnuan.emergency.models import Returnee, ReturneeStatus, StatusOutcome
from songnuan.emergency.returnee_access import Reach, is_office, reached
from songnuan.emergency.returnee_queries import KIND, codes_of, unanswered
from songnuan.emergency.returnee_rules import Tally
from songnuan.journeys.enter_returnees import enter_returnee, enter_workbook
from songnuan.journeys.measures.returnees import counted
from songnuan.journeys.returnee_settings import policy_of
from songnuan.kernel.clock import CHINA
from songnuan.organisation.permissions import Permission
from songnuan.plans.models import Measure, MeasureStatus
from songnuan.web.paging import before_of, page_of
from songnuan.web.returnee_forms import (
    AnswerForm,
    AsideForm,
    CodeForm,
    EndForm,
    HelperForm,
    PeriodForm,
    PolicyForm,
    ReturneeForm,
    ReturneesFileForm,
    StatusCorrectionForm,
    StatusForm,
)
from songnuan.web.returnee_page import (
    LATE,
    helper_choices,
    measure_seen,
    own_units,
    person_rows,
    rate_words,
    returnee_seen,
    tabs_of,
    told_lines,
    unit_lines,
    with_chases,
)
from songnuan.web.views.shared import PAGE, Reader, key_of, names_on, reader_of


@login_required
@never_cache
@require_safe
def returnees(request: HttpRequest) -> HttpResponse:
    """Show whom the reader asks after today, on a phone; and the boards that they may see."""
    reader = reader_of(request)
    own = Returnee.objects.filter(helper=reader.user, status=ReturneeStatus.OBSERVED)
    rows = person_rows(own.select_related("measure__plan", "helper").order_by("number"), reader)
    seen = reader.reach_ids(Permission.EMERGENCY_VIEW) | reader.reach_ids(Permission.RETURNEE_KEEP)
    boards = Measure.objects.filter(kind=KIND, plan__unit__in=seen).exclude(opened_at=None)
    context = {
        "rows": sorted(rows, key=lambda one: (not one.is_due, not one.missed, one.row.number)),
        "left": sum(one.is_due for one in rows),
        "form": _status_form(reader),
        "boards": boards.select_related("plan").order_by("-pk"),
    }
    return render(request, "web/returnees.html", context)


def _status_form(reader: Reader) -> StatusForm:
    moment = reader.at.astimezone(CHINA)
    form = StatusForm(initial={"day": reader.day, "time": moment.time()})
    form.auto_id = False  # one stands beside each person, and the button beside it says well
    outcomes = [one for one in StatusOutcome.choices if one[0] != StatusOutcome.WELL]
    form.fields["outcome"].choices = outcomes  # type: ignore[attr-defined]  # it is one of a few words
    return form


@login_required
@never_cache
@require_safe
def board(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Show the register of a plan: counts for all, people for who works with them."""
    return board_page(request, reader_of(request), measure_id)


def board_page(
    request: HttpRequest, reader: Reader, measure_id: int, more: Mapping[str, object] | None = None
) -> HttpResponse:
    """Show the board, with a form of `more` that could not be taken."""
    measure = measure_seen(measure_id, reader)
    policy, units = policy_of(measure), own_units(measure, reader)
    is_open = measure.status == MeasureStatus.OPEN
    office = is_open and is_office(measure.plan, reader.actor, reader.at)
    show = request.GET.get("show", "")
    by_unit = counted(measure, reader.at)
    rows = reached(reader.actor, reader.at).filter(measure=measure).order_by("-number")
    people = person_rows(rows, reader)
    tabs, chosen = tabs_of(people, show)
    others = [one for one in chosen if one.row.helper_id != reader.user.pk]
    before = before_of(request)
    chosen = [row for row in chosen if before is None or row.row.number < before]
    shown, older = page_of(chosen, PAGE, lambda row: row.row.number)
    codes = [one for one in codes_of(measure.pk) if one.unit_id in units]
    names = names_on((one.unit_id for one in codes), reader.day)
    total = sum(by_unit.values(), Tally())
    context: dict[str, object] = {
        "measure": measure,
        "plan": measure.plan,
        "policy": policy,
        "total": total,
        "rate": rate_words(total),
        "units": [(line, rate_words(line.tally)) for line in unit_lines(by_unit, reader.day)],
        "rows": with_chases(shown) if show == LATE else shown,
        "chases": len(others) if office and show == LATE else 0,
        "me": reader.user.pk,
        "older": older,
        "tabs": tabs if people else [],
        "works": bool(people) or bool(units),
        "keeps": is_open and bool(units),
        "codes": [(one, names[one.unit_id]) for one in codes],
        "code_form": CodeForm(units),
    }
    if office:
        other_days = Returnee.objects.filter(measure=measure, status=ReturneeStatus.OBSERVED)
        context["other_days"] = other_days.exclude(days=policy.days).count()
        context["policy_form"] = PolicyForm()
    context |= more or {}
    return render(request, "web/returnees_board.html", context, status=422 if more else 200)


@login_required
@never_cache
def returnee_new(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Show the form that enters somebody, and enter them."""
    reader = reader_of(request)
    measure, units = _to_keep(measure_id, reader)
    helpers = helper_choices(measure.plan.unit_id, reader)
    if request.method == "POST":
        form = ReturneeForm(units, helpers, request.POST)
    else:
        form = ReturneeForm(units, helpers, initial={"arrived_on": reader.day})
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            made = enter_returnee(
                measure_id=measure_id,
                unit_id=form.cleaned_data["unit"],
                told=form.told(),
                helper_id=form.cleaned_data["helper"],
                key=key_of(request),
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("Entered. The last day of observation stands on this page."))
            return redirect("returnee", made)
    context = {"measure": measure, "plan": measure.plan, "form": form, "policy": policy_of(measure)}
    return render(request, "web/returnee_new.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
def returnees_file(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Show the form that takes a workbook in, and take it in."""
    reader = reader_of(request)
    measure, _units = _to_keep(measure_id, reader)
    form = ReturneesFileForm()
    if request.method == "POST":
        form = ReturneesFileForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            with form.refusals():
                done = enter_workbook(
                    measure_id=measure_id,
                    content=file.read(),
                    name=file.name,
                    actor=reader.actor,
                    at=reader.at,
                )
                words = ngettext("%(count)s person entered.", "%(count)s people entered.", done.entered)
                words %= {"count": done.entered}
                if done.standing:
                    words += _("%(count)s stood in the register already.") % {"count": done.standing}
                messages.success(request, words)
                return redirect("returnees_board", measure_id)
    context = {"measure": measure, "plan": measure.plan, "form": form}
    return render(request, "web/returnees_file.html", context, status=422 if form.errors else 200)


def _to_keep(measure_id: int, reader: Reader) -> tuple[Measure, dict[int, str]]:
    """Return the measure and the units for which the reader enters people.

    Raises:
        Http404: Where there are none.

    """
    measure = measure_seen(measure_id, reader)
    units = own_units(measure, reader)
    if not units or measure.status != MeasureStatus.OPEN:
        raise Http404
    return measure, units


@login_required
@never_cache
@require_safe
def returnee(request: HttpRequest, pk: int) -> HttpResponse:
    """Show somebody: how they were found, what is due, and what the reader may do."""
    return returnee_page(request, reader_of(request), pk)


def returnee_page(
    request: HttpRequest, reader: Reader, pk: int, more: Mapping[str, Any] | None = None
) -> HttpResponse:
    """Show somebody, with what `more` brings: a form that could not be taken, or what was looked up."""
    row, reach = returnee_seen(pk, reader)
    [one] = person_rows([row], reader)
    context: dict[str, Any] = {
        "one": one,
        "row": row,
        "plan": row.measure.plan,
        "measure": row.measure,
        "history": told_lines(row),
        "open_unwell": unanswered([row.pk]),
        "periods": row.periods.select_related("by").order_by("-pk"),
        "keeps": reach >= Reach.KEEP,
        "office": reach is Reach.OFFICE,
    }
    if one.is_observed:
        day = one.missed[0] if one.missed and not one.is_due else reader.day
        moment = reader.at.astimezone(CHINA)
        context["status"] = StatusForm(initial={"day": day, "time": moment.time()})
        newest = one.newest
        if newest is not None:
            told = {"day": newest.day, "outcome": newest.outcome, "words": newest.words or ""}
            if newest.found_at:
                told["time"] = newest.found_at.astimezone(CHINA).time()
            context["correction"] = StatusCorrectionForm(initial=told)
    if reach >= Reach.KEEP and row.status in {ReturneeStatus.OBSERVED, ReturneeStatus.WAITING}:
        context["helper_form"] = HelperForm(helper_choices(row.unit_id, reader))
        context["aside"] = AsideForm()
    if reach is Reach.OFFICE:
        context |= {"answer": AnswerForm()}
        if one.is_observed:
            context |= {"period": PeriodForm(initial={"days": row.days}), "end": EndForm()}
    context |= more or {}
    is_wrong = any(getattr(form, "errors", None) for form in context.values())
    return render(request, "web/returnee.html", context, status=422 if is_wrong else 200)


urlpatterns: list[URLPattern] = [
    path("returnees/", returnees, name="returnees"),
    path("returnees/measures/<int:measure_id>/", board, name="returnees_board"),
    path("returnees/measures/<int:measure_id>/new/", returnee_new, name="returnee_new"),
    path("returnees/measures/<int:measure_id>/file/", returnees_file, name="returnees_file"),
    path("returnees/<int:pk>/", returnee, name="returnee"),
]
