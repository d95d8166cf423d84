"""Pages of special families: put down and corrected, the deputy, the end, and the inspector's look."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from songnuan.casework.case_access import Reach, require_manager
from songnuan.casework.case_models import Case
from songnuan.casework.noting import require_running
from songnuan.casework.special_models import Looked, SpecialFamily
from songnuan.journeys.case_settings import SPECIAL
from songnuan.journeys.end_special_family import end_special_family
from songnuan.journeys.look_at_family import inspect_family, look_at_family
from songnuan.journeys.name_deputy import name_deputy
from songnuan.journeys.register_special_family import correct_special_family, register_special_family
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import refuse, subtree
from songnuan.plans.models import Measure
from songnuan.web.case_page import family_rows
from songnuan.web.counting import taken
from songnuan.web.special_forms import (
    DeputyForm,
    EndForm,
    InspectForm,
    NewSpecialForm,
    SpecialForm,
    told_of,
)
from songnuan.web.views.families import families_seen, helper_choices
from songnuan.web.views.family_cases import case_page, case_seen
from songnuan.web.views.shared import Reader, key_of, names_on, only_posted, reader_of


@login_required
@never_cache
def special_new(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Put a special family down."""
    reader = reader_of(request)
    measure = families_seen(reader, measure_id)
    if measure.kind != SPECIAL:
        raise Http404
    require_manager(measure, reader.actor, reader.at)
    require_running(measure)
    form = NewSpecialForm(_units(measure, reader), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            pk = register_special_family(
                measure_id=measure_id,
                unit_id=form.cleaned_data["unit"],
                told=form.told,
                key=key_of(request),
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("The family is put down. Ask a contact person, and name a deputy."))
            return redirect("family_case", pk)
    context = {"measure": measure, "plan": measure.plan, "form": form}
    return render(request, "web/special_family.html", context, status=422 if form.errors else 200)


def _units(measure: Measure, reader: Reader) -> list[tuple[int, str]]:
    units = list(subtree(measure.plan.unit_id, reader.day).values_list("pk", flat=True))
    names = names_on(units, reader.day)
    return [(pk, names[pk]) for pk in units if pk in names]


@login_required
@never_cache
def special_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct who a special family is; what stands there is shown, which is a look."""
    reader = reader_of(request)
    case = _led(reader, pk)
    look_at_family(case_id=pk, what=Looked.CASE, actor=reader.actor, at=reader.at)
    told = told_of(SpecialFamily.objects.get(case=case))
    form = SpecialForm(request.POST if request.method == "POST" else None, initial=told)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            correct_special_family(case_id=pk, told=form.told, actor=reader.actor, at=reader.at)
            messages.success(request, _("It is corrected."))
            return redirect("family_case", pk)
    [row] = family_rows([case], reader.day)
    context = {"measure": case.measure, "plan": case.plan, "row": row, "case": case, "form": form}
    return render(request, "web/special_family.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@only_posted
def special_deputy(request: HttpRequest, pk: int) -> HttpResponse:
    """Name the deputy of a special family."""
    reader = reader_of(request)
    case = _led(reader, pk)
    form = DeputyForm(helper_choices(case.measure, reader), request.POST)
    if form.is_valid():
        with form.refusals():
            name_deputy(
                case_id=pk,
                deputy_id=form.cleaned_data["deputy"],
                reason=form.cleaned_data["deputy_reason"],
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("The deputy is named."))
            return redirect("family_case", pk)
    return case_page(request, reader, case, Reach.MANAGE, {"deputy": form})


@login_required
@never_cache
@only_posted
def special_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End the case of a special family."""
    reader = reader_of(request)
    case = _led(reader, pk)
    form = EndForm(request.POST)
    if form.is_valid():
        with form.refusals():
            reason = form.cleaned_data["end_reason"]
            end_special_family(case_id=pk, reason=reason, actor=reader.actor, at=reader.at)
            messages.success(request, _("The case has ended."))
            return redirect("family_case", pk)
    return case_page(request, reader, case, Reach.MANAGE, {"ending": form})


@login_required
@never_cache
@only_posted
def special_inspect(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an inspector one special family, this once; the look is recorded with its reason."""
    reader = reader_of(request)
    case, reach = case_seen(reader, pk)
    if reach != Reach.COUNTED:
        refuse(Permission.TRAIL_VIEW, unit_id=case.plan.unit_id)
    form = InspectForm(request.POST)
    if form.is_valid():
        with form.refusals():
            inspect_family(case_id=pk, reason=form.cleaned_data["reason"], actor=reader.actor, at=reader.at)
            taken()
            return case_page(request, reader, case, Reach.VIEW, status=200, is_inspected=True)
    return case_page(request, reader, case, reach, {"inspect": form})


def _led(reader: Reader, pk: int) -> Case:
    """Return a special family that the reader's office leads.

    Raises:
        Http404: Where it is none, or they may not know of it.
        NotPermitted: Where they may only see it.

    """
    case, reach = case_seen(reader, pk)
    if not case.is_special:
        raise Http404
    if reach != Reach.MANAGE:
        refuse(Permission.CASE_LEAD, unit_id=case.lead_id)
    return case


urlpatterns: list[URLPattern] = [
    path("families/measures/<int:measure_id>/new/", special_new, name="special_new"),
    path("families/cases/<int:pk>/correct/", special_correct, name="special_correct"),
    path("families/cases/<int:pk>/deputy/", special_deputy, name="special_deputy"),
    path("families/cases/<int:pk>/end/", special_end, name="special_end"),
    path("families/cases/<int:pk>/inspect/", special_inspect, name="special_inspect"),
]
