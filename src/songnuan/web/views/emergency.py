"""Pages of an emergency plan: what is in force, setting it in motion, the leading group."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from songnuan.emergency.command_queries import (
    activations_of,
    in_force,
    measures_of_member,
    offer_of,
    open_orders,
)
from songnuan.emergency.models import ActivationStatus, Asks, Position, StandIn
from songnuan.emergency.order_task_queries import unfinished
from songnuan.emergency.warning_queries import open_alerts
from songnuan.journeys.activate_plan import activate_plan
from songnuan.journeys.appoint_member import appoint_member, end_member
from songnuan.journeys.measures.response import number_of, settings_of
from songnuan.journeys.stand_in import end_stand_in, record_stand_in
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import Post, User
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import subtree
from songnuan.organisation.rules import live
from songnuan.plans.models import Measure
from songnuan.web.emergency_forms import ActivateForm, MemberForm, StandInForm
from songnuan.web.emergency_page import emergency_seen, group_rows, role_of
from songnuan.web.order_task_page import rows_of
from songnuan.web.views.shared import (
    Reader,
    key_of,
    names_on,
    only_posted,
    posted_from,
    reader_of,
    was_received,
)
from songnuan.web.warning_page import measures_seen

_SHOWN = 20
"""Responses of the past on the page."""


@login_required
@never_cache
@require_safe
def emergencies(request: HttpRequest) -> HttpResponse:
    """List the emergency plans that the reader reaches; the only one opens at once."""
    reader = reader_of(request)
    rows = Measure.objects.filter(kind="response").exclude(opened_at=None).select_related("plan")
    reached = rows.filter(plan__unit__in=reader.reach_ids(Permission.EMERGENCY_VIEW))
    own = rows.filter(pk__in=measures_of_member(reader.user.pk, reader.day))
    measures = list((reached | own).distinct().order_by("-pk"))
    if len(measures) == 1:
        return redirect("emergency", measures[0].pk)
    units = names_on([one.plan.unit_id for one in measures], reader.day)
    active = in_force([one.pk for one in measures])
    context = {
        "rows": [
            (one, units[one.plan.unit_id], [row for row in active if row.measure_id == one.pk])
            for one in measures
        ]
    }
    return render(request, "web/emergencies.html", context)


@login_required
@never_cache
@require_safe
def emergency(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Show what is in force, what waits, who is in the group, and what was."""
    reader = reader_of(request)
    measure = emergency_seen(measure_id, reader)
    role = role_of(measure, reader)
    past = activations_of([measure.pk]).filter(status=ActivationStatus.ENDED)[:_SHOWN]
    active = [(row, number_of(row), offer_of(row.pk)) for row in in_force([measure.pk])]
    context = {
        "measure": measure,
        "plan": measure.plan,
        "role": role,
        "active": active,
        "is_active": any(not row.is_drill for row, _number, _offer in active),
        "has_drill": any(row.is_drill for row, _number, _offer in active),
        "orders": list(open_orders([measure.pk])),
        "now": reader.at,
        "tasks": rows_of(list(unfinished([measure.pk])), reader.day, reader.at) if role.takes_in else [],
        "group": group_rows(measure, reader),
        "warned": _warned(measure, reader),
        "sees_board": role.member is not None or reader.may(Permission.EMERGENCY_VIEW, measure.plan.unit_id),
        "past": [(row, number_of(row)) for row in past],
    }
    return render(request, "web/emergency.html", context)


def _warned(measure: Measure, reader: Reader) -> int | None:
    """Return how many alerts of the plan's early warning are open; None where the reader sees none."""
    watching = measures_seen(reader).filter(plan=measure.plan)
    return open_alerts(watching.values_list("pk", flat=True)).count() if watching.exists() else None


@login_required
@never_cache
def activate(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Show the form that sets a plan in motion, and carry it out."""
    reader = reader_of(request)
    measure = emergency_seen(measure_id, reader)
    is_drill = request.GET.get("drill") == "1"
    role = role_of(measure, reader)
    if was_received(request):
        return redirect("emergency", measure.pk)
    orders = open_orders([measure.pk]).filter(asks=Asks.ACTIVATE)
    choices = [(str(one.pk), f"{one.issuer} {one.number} {one.text[:40]}") for one in orders]
    settings = settings_of(measure)
    known = {str(one.pk): one for one in orders}
    chosen = known.get(request.GET.get("order", ""))
    form = ActivateForm(
        request.POST if request.method == "POST" else None,
        levels=[(level.key, level.title) for level in settings.levels],
        orders=[] if is_drill else choices,
        initial={
            "scope": names_on([measure.plan.unit_id], reader.day)[measure.plan.unit_id],
            "order": str(chosen.pk) if chosen else "",
            "reason": chosen.text if chosen else "",
        },
    )
    if request.method == "POST" and form.is_valid():
        with form.refusals(("emergency_not_entitled",)):
            pk = activate_plan(
                measure_id=measure.pk,
                launch=form.launch(is_drill=is_drill),
                key=key_of(request),
                actor=reader.actor,
                at=reader.at,
            )
            messages.success(request, _("Set in motion. The leading group and the office have been told."))
            return redirect("activation", pk)
    context = {"measure": measure, "form": form, "role": role, "is_drill": is_drill}
    return render(request, "web/emergency_activate.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
def group(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Show the leading group to who keeps it, and give places in it."""
    reader = reader_of(request)
    measure = emergency_seen(measure_id, reader)
    role = role_of(measure, reader)
    posted = request.POST if request.method == "POST" else None
    is_stand_in = request.POST.get("what") == "stand_in"
    members = _member_form(measure, reader, None if is_stand_in else posted)
    stand_ins = _stand_in_form(measure, reader, posted if is_stand_in else None)
    if posted is not None and (stand_ins if is_stand_in else members).is_valid():
        with (stand_ins if is_stand_in else members).refusals(("own_place",)):
            if is_stand_in:
                told = stand_ins.cleaned_data
                record_stand_in(
                    measure_id=measure.pk,
                    absent_id=int(told["absent"]),
                    deputy_id=int(told["member"]),
                    starts_at=told["starts_at"],
                    ends_at=told["ends_at"],
                    reason=told["reason"],
                    actor=reader.actor,
                    at=reader.at,
                )
                messages.success(request, _("Noted. The leading group has been told."))
            else:
                told = members.cleaned_data
                appoint_member(
                    measure_id=measure.pk,
                    member_id=int(told["user"]),
                    position=told["position"],
                    turn=told["turn"],
                    duty=told["duty"],
                    starts_on=told["starts_on"],
                    actor=reader.actor,
                    at=reader.at,
                )
                messages.success(request, _("The place in the group is given. They have been told."))
            return redirect("emergency_group", measure.pk)
    is_wrong = bool(members.errors or stand_ins.errors)
    context = {
        "measure": measure,
        "plan": measure.plan,
        "role": role,
        "group": group_rows(measure, reader),
        "form": members,
        "stand_in": stand_ins,
        "stand_ins": _stand_ins(measure, reader),
    }
    return render(request, "web/emergency_group.html", context, status=422 if is_wrong else 200)


def _stand_ins(measure: Measure, reader: Reader) -> list[StandIn]:
    rows = StandIn.objects.filter(absent__measure=measure, ends_at__gt=reader.at, ended_at__isnull=True)
    return list(rows.select_related("absent__user", "member__user").order_by("starts_at"))


def _member_form(measure: Measure, reader: Reader, posted: object) -> MemberForm:
    below = subtree(measure.plan.unit_id, reader.day).order_by().values("pk")
    posts = Post.objects.filter(live(reader.day), unit__in=below).values("user")
    users = (
        User.objects.filter(is_active=True, pk__in=posts).exclude(pk=reader.user.pk).order_by("name", "pk")
    )
    people = [(str(pk), name) for pk, name in users.values_list("pk", "name")]
    return MemberForm(posted, people=people, initial={"starts_on": reader.day})


def _stand_in_form(measure: Measure, reader: Reader, posted: object) -> StandInForm:
    rows = group_rows(measure, reader)
    signing = [(str(row.member.pk), f"{row.name}（{row.position}）") for row in rows if row.signs]
    deputies = [
        (str(row.member.pk), f"{row.name}（{row.position}）")
        for row in rows
        if row.member.position == Position.DEPUTY
    ]
    return StandInForm(posted, absent=signing, deputies=deputies, initial={"starts_at": reader.at})


@login_required
@only_posted
def member_end(request: HttpRequest, measure_id: int, member_id: int) -> HttpResponse:
    """Let somebody's place in the group end today."""
    reader = reader_of(request)
    measure = emergency_seen(measure_id, reader)
    try:
        end_member(member_id=member_id, ends_on=reader.day, actor=reader.actor, at=reader.at)
        messages.success(request, _("Their place in the group has ended."))
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("emergency_group", measure.pk)


def _group_of(_request: HttpRequest, measure_id: int, **_stand_in: object) -> str:
    """Return the page on which stand-ins are kept."""
    return reverse("emergency_group", args=(measure_id,))


@login_required
@posted_from(_group_of)
def stand_in_end(request: HttpRequest, measure_id: int, pk: int) -> HttpResponse:
    """Let the acting in somebody's stead end now."""
    reader = reader_of(request)
    measure = emergency_seen(measure_id, reader)
    try:
        end_stand_in(stand_in_id=pk, actor=reader.actor, at=reader.at)
        messages.success(request, _("It has ended. What was signed until now stays."))
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("emergency_group", measure.pk)


urlpatterns: list[URLPattern] = [
    path("emergency/", emergencies, name="emergencies"),
    path("emergency/<int:measure_id>/", emergency, name="emergency"),
    path("emergency/<int:measure_id>/activate/", activate, name="emergency_activate"),
    path("emergency/<int:measure_id>/group/", group, name="emergency_group"),
    path("emergency/<int:measure_id>/group/<int:member_id>/end/", member_end, name="emergency_member_end"),
    path("emergency/<int:measure_id>/stand-ins/<int:pk>/end/", stand_in_end, name="emergency_stand_in_end"),
]
