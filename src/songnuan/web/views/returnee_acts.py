"""What is posted about returnees: a status by one tap or in words, corrections, answers, periods, the end."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from songnuan.emergency.models import StatusOutcome
from songnuan.emergency.returnee_rules import Found
from songnuan.journeys.chase_returnees import chase_missed, chase_returnee
from songnuan.journeys.keep_returnees import (
    confirm_returnee,
    name_contact_person,
    set_returnee_aside,
    show_returnee,
)
from songnuan.journeys.observe_returnees import (
    apply_policy,
    end_observation,
    release_returnee,
    set_observation,
)
from songnuan.journeys.record_daily_status import answer_daily_status, record_daily_status
from songnuan.journeys.telling import listed
from songnuan.kernel.refusal import Refusal
from songnuan.web.forms import Form
from songnuan.web.returnee_forms import (
    AnswerForm,
    AsideForm,
    EndForm,
    HelperForm,
    PeriodForm,
    PolicyForm,
    StatusCorrectionForm,
    StatusForm,
)
from songnuan.web.returnee_page import LATE, helper_choices, measure_seen, returnee_seen
from songnuan.web.views.returnees import board_page, returnee_page
from songnuan.web.views.shared import Reader, key_of, only_posted, reader_of

_DIGITS: Final = 19  # fewer than these make a number that both databases hold


@login_required
@never_cache
@only_posted
def returnee_well(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in by one tap that somebody was seen well just now."""
    reader = reader_of(request)
    row, _reach = returnee_seen(pk, reader)
    found = Found(reader.day, StatusOutcome.WELL.value, reader.at)
    try:
        record_daily_status(
            returnee_id=pk, found=found, key=key_of(request), actor=reader.actor, at=reader.at
        )
        messages.success(request, _("No. %(number)s: seen well.") % {"number": row.number})
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    back = request.POST.get("back") == "list"
    return redirect(reverse("returnees") + f"#p{pk}" if back else reverse("returnee", args=(pk,)))


@login_required
@never_cache
@only_posted
def returnee_status(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in how somebody was found, in words, or a correction of it."""
    reader = reader_of(request)
    returnee_seen(pk, reader)
    is_correction = "reason" in request.POST
    form = StatusCorrectionForm(request.POST) if is_correction else StatusForm(request.POST)
    if form.is_valid():
        reason = form.cleaned_data["reason"] if is_correction else None
        with form.refusals():
            record_daily_status(
                returnee_id=pk,
                found=form.found(reason=reason),
                key=key_of(request),
                actor=reader.actor,
                at=reader.at,
            )
            if form.cleaned_data["outcome"] == StatusOutcome.UNWELL:
                messages.success(request, _("Recorded. The office has been told."))
            else:
                messages.success(request, _("Recorded."))
            if request.POST.get("back") == "list":
                return redirect(reverse("returnees") + f"#p{pk}")
            return redirect("returnee", pk)
    where = "correction" if is_correction else "status"
    return returnee_page(request, reader, pk, {where: form})


@login_required
@never_cache
@only_posted
def returnee_show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show telephone and address in full; the look is recorded."""
    reader = reader_of(request)
    returnee_seen(pk, reader)
    plain = show_returnee(returnee_id=pk, actor=reader.actor, at=reader.at)
    return returnee_page(request, reader, pk, {"plain": plain})


@dataclass(frozen=True, slots=True)
class _Posted:
    """What was posted about whom, and by whom."""

    request: HttpRequest
    reader: Reader
    pk: int

    def do(self, name: str, form: Form, act: Callable[..., Any], said: str) -> HttpResponse:
        """Do what a form asks for; what is refused stands beside its field."""
        if form.is_valid():
            with form.refusals():
                act(actor=self.reader.actor, at=self.reader.at, **form.cleaned_data)
                messages.success(self.request, said)
                return redirect("returnee", self.pk)
        return returnee_page(self.request, self.reader, self.pk, {name: form})


Act = Callable[[_Posted], HttpResponse]


@login_required
@never_cache
@only_posted
def returnee_act(request: HttpRequest, pk: int, which: str) -> HttpResponse:
    """Do what was posted about somebody."""
    reader = reader_of(request)
    returnee_seen(pk, reader)
    if which not in _ACTS:
        raise Http404
    return _ACTS[which](_Posted(request, reader, pk))


def _helper(posted: _Posted) -> HttpResponse:
    row, _reach = returnee_seen(posted.pk, posted.reader)
    form = HelperForm(helper_choices(row.unit_id, posted.reader), posted.request.POST)

    def act(helper: int, **by: Any) -> object:  # noqa: ANN401 - who and when, handed on
        return name_contact_person(returnee_id=posted.pk, helper_id=helper, **by)

    return posted.do("helper_form", form, act, _("The contact person has been told."))


def _confirm(posted: _Posted) -> HttpResponse:
    row, _reach = returnee_seen(posted.pk, posted.reader)
    form = HelperForm(helper_choices(row.unit_id, posted.reader), posted.request.POST)
    form.fields["helper"].required = False

    def act(helper: int | str, **by: Any) -> object:  # noqa: ANN401 - as above
        return confirm_returnee(returnee_id=posted.pk, helper_id=int(helper) if helper else None, **by)

    return posted.do("helper_form", form, act, _("Taken under observation."))


def _aside(posted: _Posted) -> HttpResponse:
    act = partial(set_returnee_aside, returnee_id=posted.pk)
    return posted.do("aside", AsideForm(posted.request.POST), act, _("The registration is set aside."))


def _answer(posted: _Posted) -> HttpResponse:
    status_id = posted.request.POST.get("status", "")
    if not (status_id.isascii() and status_id.isdigit() and len(status_id) < _DIGITS):
        raise Http404
    act = partial(answer_daily_status, status_id=int(status_id))
    return posted.do("answer", AnswerForm(posted.request.POST), act, _("Answered; who reported it is told."))


def _period(posted: _Posted) -> HttpResponse:
    act = partial(set_observation, returnee_id=posted.pk)
    return posted.do("period", PeriodForm(posted.request.POST), act, _("The observation is set anew."))


def _end(posted: _Posted) -> HttpResponse:
    act = partial(end_observation, returnee_id=posted.pk)
    return posted.do("end", EndForm(posted.request.POST), act, _("The observation has ended."))


def _release(posted: _Posted) -> HttpResponse:
    try:
        release_returnee(returnee_id=posted.pk, actor=posted.reader.actor, at=posted.reader.at)
        messages.success(posted.request, _("Released."))
    except Refusal as refusal:
        messages.error(posted.request, refusal.sentence)
    return redirect("returnee", posted.pk)


_ACTS: dict[str, Act] = {
    "helper": _helper,
    "confirm": _confirm,
    "aside": _aside,
    "answer": _answer,
    "period": _period,
    "end": _end,
    "release": _release,
}


@login_required
@never_cache
@only_posted
def returnees_policy(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Set the days that the plan says now for who was entered before."""
    reader = reader_of(request)
    measure_seen(measure_id, reader)
    form = PolicyForm(request.POST)
    if form.is_valid():
        with form.refusals():
            reason = form.cleaned_data["reason"]
            count = apply_policy(measure_id=measure_id, reason=reason, actor=reader.actor, at=reader.at)
            words = ngettext(
                "The observation of %(count)s person is set anew.",
                "The observation of %(count)s people is set anew.",
                count,
            )
            messages.success(request, words % {"count": count})
            return redirect("returnees_board", measure_id)
    return board_page(request, reader, measure_id, {"policy_form": form})


@login_required
@never_cache
@only_posted
def returnee_chase(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask after somebody whose status is missing, by a notice."""
    reader = reader_of(request)
    row, _reach = returnee_seen(pk, reader)
    try:
        if chase_returnee(returnee_id=pk, actor=reader.actor, at=reader.at):
            messages.success(request, _("It is asked after No. %(number)s.") % {"number": row.number})
        else:
            words = _("It was asked after No. %(number)s less than ten minutes ago.")
            messages.info(request, words % {"number": row.number})
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return _to_late(row.measure_id)


@login_required
@never_cache
@only_posted
def returnees_chase(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Ask after all whose status is missing."""
    reader = reader_of(request)
    measure_seen(measure_id, reader)
    try:
        told = chase_missed(measure_id=measure_id, actor=reader.actor, at=reader.at)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return _to_late(measure_id)
    sentence = ngettext(
        "It is asked after %(count)s returnee.", "It is asked after %(count)s returnees.", told.asked
    )
    said = [sentence % {"count": told.asked}] if told.asked else []
    if told.before:
        words = _("After %(count)s it was asked less than ten minutes ago.")
        said.append(words % {"count": told.before})
    if told.unreached:
        words = _("Nobody to be reminded; name contact persons for No. %(numbers)s.")
        said.append(words % {"numbers": listed([str(number) for number in told.unreached])})
    if told.left:
        words = _("%(count)s more are still to be asked after: press once more.")
        said.append(words % {"count": told.left})
    (messages.success if told.asked else messages.info)(request, "".join(said))
    return _to_late(measure_id)


def _to_late(measure_id: int) -> HttpResponse:
    return redirect(reverse("returnees_board", args=(measure_id,)) + f"?show={LATE}")


urlpatterns: list[URLPattern] = [
    path("returnees/<int:pk>/well/", returnee_well, name="returnee_well"),
    path("returnees/<int:pk>/status/", returnee_status, name="returnee_status"),
    path("returnees/<int:pk>/show/", returnee_show, name="returnee_show"),
    path("returnees/<int:pk>/acts/<str:which>/", returnee_act, name="returnee_act"),
    path("returnees/<int:pk>/chase/", returnee_chase, name="returnee_chase"),
    path("returnees/measures/<int:measure_id>/chase/", returnees_chase, name="returnees_chase"),
    path("returnees/measures/<int:measure_id>/policy/", returnees_policy, name="returnees_policy"),
]
