"""Pages of one request for flexible work: asking for it, deciding about it, and looking at it again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from songnuan.approvals.models import Request, RequestStatus, StepKind
from songnuan.approvals.queries import latest, may_act
from songnuan.casework.actions.flexible import may_review
from songnuan.casework.flexible_models import (
    Dependant,
    FlexibleAct,
    FlexibleRequest,
    FlexibleStatus,
    FlexibleVerb,
)
from songnuan.casework.flexible_queries import (
    Arrangement,
    acts_of,
    employee_accounts,
    families,
    name_shown,
    requests_of,
    standing,
    terms_in,
)
from songnuan.casework.flexible_rules import assess, flexible_number, subject_of
from songnuan.casework.flexible_words import kin_words, mend_words, reason_words, terms_words
from songnuan.journeys.ask_flexible import ask_flexible
from songnuan.journeys.decide_flexible import approve_flexible, return_flexible, withdraw_flexible
from songnuan.journeys.flexible import employee_of, limits_of
from songnuan.journeys.measures.flexible_work import settings_of, staff_office
from songnuan.journeys.review_flexible import review_flexible
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.web.approval_page import course_lines
from songnuan.web.decided import say_request_decided
from songnuan.web.flexible_forms import AskForm, ReviewForm
from songnuan.web.flexible_page import due_words, may_see, measure_seen, request_rows
from songnuan.web.views.shared import Reader, key_of, names_on, reader_of

_DIGITS = 18
_SAID = frozenset({"already_acted", "own_flexible", "not_the_maker"})
"""What stands against one person alone is said on the page; a missing right has a page of its own."""


@login_required
def flexible_ask(request: HttpRequest, measure_id: int, key: str) -> HttpResponse:
    """Show what the family data tell of an employee, and ask for flexible work."""
    reader = reader_of(request)
    measure = measure_seen(measure_id, reader)
    standing_row = employee_of(measure, key, reader.actor, reader.at)
    if standing_row is None:
        raise Http404
    family = families([standing_row.person_id], reader.day)[standing_row.person_id]
    limits = limits_of(settings_of(measure))
    verdict = assess(family, limits, reader.day)
    home = [kin for kin in family.kin if not kin.serves]
    alone = {kin.key for kin in verdict.alone}
    form = AskForm(
        request.POST if request.method == "POST" else None,
        people=[(kin.key, f"{kin_words(kin, reader.day)} · {kin.kind.label}") for kin in home],
        is_eligible=verdict.is_eligible,
        initial={"starts_on": reader.day, "dependants": sorted(alone)},
    )
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            pk = ask_flexible(
                measure_id=measure.pk,
                person_key=key,
                wish=form.wish(),
                key=key_of(request),
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(
                request, _("The request is handed in: the department decides first, then the staff office.")
            )
            return redirect("flexible_request", pk)
    context = {
        "measure": measure,
        "person": standing_row.person,
        "unit": names_on([standing_row.unit_id], reader.day)[standing_row.unit_id],
        "form": form,
        "verdict": verdict,
        "reason": reason_words(verdict, limits, reader.day),
        "mend": mend_words(verdict),
        "longest": settings_of(measure).longest_days,
    }
    return render(request, "web/flexible_ask.html", context, status=422 if form.errors else 200)


@dataclass(frozen=True, slots=True)
class ActLine:
    """A decision about an arrangement, in words."""

    verb: str
    by: str
    at: datetime
    from_on: date
    how: str
    words: str
    review_on: date | None
    is_eligible: bool
    service_over: bool


@login_required
def flexible_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a request with its approval and what was decided since, and carry out what was posted about it."""
    reader = reader_of(request)
    row = _seen(reader, pk)
    if request.method != "POST":
        return _page(request, reader, row)
    name = request.POST.get("act", "")
    if name == "review":
        return _review(request, reader, row)
    act = _acts(request, reader, row).get(name)
    if act is None:
        return redirect("flexible_request", pk)
    try:
        act[0]()
    except Refusal as refusal:
        if name in {"approve", "return"} and say_request_decided(request, subject_of(pk), reader.user):
            return redirect("flexible_request", pk)
        if isinstance(refusal, NotPermitted) and refusal.code not in _SAID:
            raise
        return _page(request, reader, _seen(reader, pk), refusal=refusal)
    messages.success(request, act[1])
    return redirect("flexible_request", pk)


def _seen(reader: Reader, pk: int) -> FlexibleRequest:
    """Return the request; one that the reader may not see is not there.

    Raises:
        Http404: Without a word on whether it exists.

    """
    rows = FlexibleRequest.objects.select_related("measure__plan", "person", "made_by")
    row = get_object_or_404(rows, pk=pk)
    if not may_see(row, reader):
        raise Http404
    return row


def _acts(
    request: HttpRequest, reader: Reader, row: FlexibleRequest
) -> dict[str, tuple[Callable[[], object], str]]:
    """Return what may be posted: the act, and what is said then."""
    who: dict[str, Any] = {"request_id": row.pk, "actor": reader.actor, "at": reader.at}
    remark, step = request.POST.get("remark", ""), request.POST.get("step", "")
    at_step = int(step) if step.isascii() and step.isdigit() and len(step) < _DIGITS else None
    seen: dict[str, Any] = {"digest": request.POST.get("digest", ""), "remark": remark, "step": at_step}
    noted = {
        StepKind.REVIEW.value: _("The department's approval is noted. The staff office decides next."),
        StepKind.SIGN.value: _("Flexible work is approved, and stands from its first day on."),
    }
    here = _kind(latest(subject_of(row.pk)))
    return {
        "approve": (
            lambda: approve_flexible(**seen, **who),
            noted.get(here, _("Your approval is noted.")),
        ),
        "return": (
            lambda: return_flexible(**seen, **who),
            _("The request went back to who made it. It can be made anew."),
        ),
        "withdraw": (lambda: withdraw_flexible(remark=remark, **who), _("The request is withdrawn.")),
    }


def _review(request: HttpRequest, reader: Reader, row: FlexibleRequest) -> HttpResponse:
    form = ReviewForm(request.POST, may_change=_may_review(row, reader, changes=True))
    if form.is_valid():
        try:
            with form.refusals():
                review_flexible(request_id=row.pk, review=form.review(), actor=reader.actor, at=reader.at)
                messages.success(request, _("Your decision is noted."))
                return redirect("flexible_request", row.pk)
        except NotPermitted as refusal:
            if refusal.code not in _SAID:
                raise
            return _page(request, reader, row, refusal=refusal)
    return _page(request, reader, _seen(reader, row.pk), form=form)


def _page(
    request: HttpRequest,
    reader: Reader,
    row: FlexibleRequest,
    *,
    refusal: Refusal | None = None,
    form: ReviewForm | None = None,
) -> HttpResponse:
    asked = latest(subject_of(row.pk))
    waits = asked if asked is not None and asked.status == RequestStatus.PENDING else None
    accounts = employee_accounts(row.person)
    own = reader.user.pk in accounts
    office = may_act(reader.actor, waits, reader.at) if waits is not None and not own else None
    if office is not None and office.holder_id in accounts:
        office = None
    stands = next(iter(standing(requests_of([row.measure_id]).filter(pk=row.pk), reader.day)), None)
    acts = acts_of([row])[row.pk]
    posted = request.POST.get("act", "") if refusal else ""
    field = refusal.field if refusal is not None else ""
    context = {
        "row": row,
        "one": request_rows([row], reader, [stands] if stands else [])[0],
        "number": flexible_number(row.number),
        "asked_for": terms_words(terms_in(row)),
        "dependants": _dependants(row, reader.day),
        "course": course_lines([asked], reader)[0] if asked is not None else None,
        "step": waits.step if waits is not None else 0,
        "kind": _kind(waits),
        "in_stead_of": office.holder.label if office is not None and office.delegation is not None else "",
        "may_decide": office is not None,
        "is_own": own and (waits is not None or stands is not None),
        **_taking_back(row, reader, has_office=office is not None),
        "acts": list(map(_line, acts)),
        "due": due_words(stands, reader.day) if stands else "",
        "now": _now(row, reader) if waits is not None or stands is not None else "",
        "form": _review_form(row, reader, stands, form) if not own else None,
        "refusal": refusal if not field else None,
        "errors": {posted: refusal.sentence} if refusal is not None and field else {},
        "typed": request.POST.get("remark", "") if refusal else "",
    }
    status = 422 if form is not None and form.errors else 200
    if refusal is not None:
        status = 403 if isinstance(refusal, NotPermitted) else 409
    return render(request, "web/flexible_request.html", context, status=status)


def _review_form(
    row: FlexibleRequest, reader: Reader, stands: Arrangement | None, form: ReviewForm | None
) -> ReviewForm | None:
    """Return the form of a review, where there is something to look at and the reader may."""
    if stands is None or not _may_review(row, reader):
        return None
    if form is not None:
        return form
    act = stands.act
    initial = {
        "seen": act.pk,
        "form": act.form,
        "weekdays": list(act.weekdays),
        "begins": act.begins,
        "ends": act.ends,
        "pattern": act.pattern,
    }
    return ReviewForm(initial=initial, may_change=_may_review(row, reader, changes=True))


def _may_review(row: FlexibleRequest, reader: Reader, *, changes: bool = False) -> bool:
    staff_id = staff_office(row.measure, reader.at)
    return may_review(row, staff_id, reader.actor, reader.at, changes=changes)


def _now(row: FlexibleRequest, reader: Reader) -> str:
    """Return what the family data tell today, where that is something else than what was frozen."""
    if not row.reason:
        return ""  # it was emptied
    limits = limits_of(settings_of(row.measure))
    family = families([row.person_id], reader.day)[row.person_id]
    told = reason_words(assess(family, limits, reader.day), limits, reader.day)
    return "" if told == row.reason else told


def _line(act: FlexibleAct) -> ActLine:
    return ActLine(
        verb=str(FlexibleVerb(act.verb).label),
        by=act.by.name or act.by.username,
        at=act.at,
        from_on=act.from_on,
        how=terms_words(terms_in(act)),
        words=act.words,
        review_on=act.review_on,
        is_eligible=act.is_eligible,
        service_over=act.service_over,
    )


def _dependants(row: FlexibleRequest, on: date) -> list[str]:
    """Return for whom it was asked, a child's name masked."""
    return [
        f"{name_shown(one.person, one.kind, on) or '—'} · {Dependant(one.kind).label}"
        for one in row.dependants.select_related("person").order_by("pk")
    ]


def _kind(waits: Request | None) -> str:
    """Return what is done at the step where a request lies: review, countersign or sign."""
    here = waits.steps.filter(position=waits.step).first() if waits is not None else None
    return here.kind if here is not None else ""


def _taking_back(row: FlexibleRequest, reader: Reader, *, has_office: bool) -> dict[str, bool]:
    """Return whether the reader may end the request: who made it, or approves without deciding now."""
    is_maker, is_waiting = row.made_by_id == reader.user.pk, row.status == FlexibleStatus.PENDING
    decides = reader.may(Permission.FLEXIBLE_DECIDE, row.unit_id) and not has_office
    return {"is_maker": is_maker, "may_withdraw": is_waiting and (is_maker or decides)}


urlpatterns: list[URLPattern] = [
    path("flexible/<int:measure_id>/ask/<str:key>/", flexible_ask, name="flexible_ask"),
    path("flexible/requests/<int:pk>/", flexible_request, name="flexible_request"),
]
