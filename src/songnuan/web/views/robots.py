"""Robots of groups: set up by the administrator; a lesson is sent to those that were chosen."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from songnuan.journeys.send_to_robots import send_to_robots
from songnuan.journeys.set_up_robot import end_robot, set_up_robot
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.outreach.robot_queries import robots_of
from songnuan.web.lesson_page import lesson_seen
from songnuan.web.lesson_sending import groups_of
from songnuan.web.robot_forms import RobotForm, RobotsForm
from songnuan.web.views.lessons import lesson_page
from songnuan.web.views.shared import names_on, only_posted, reader_of


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def robots(request: HttpRequest) -> HttpResponse:
    """List the robots that are set up, and set up another."""
    reader = reader_of(request)
    require(reader.actor, Permission.ACCOUNT_MANAGE, at=reader.at)
    units = names_on(reader.reach_ids(Permission.ACCOUNT_MANAGE), reader.day)
    form = RobotForm(places=list(units.items()))
    if request.method == "POST":
        form = RobotForm(request.POST, places=list(units.items()))
        if form.is_valid():
            told = form.cleaned_data
            with form.refusals():
                set_up_robot(
                    unit_id=told["unit"],
                    service=told["service"],
                    label=told["label"],
                    address=told["address"],
                    secret=told["secret"],
                    actor=reader.actor,
                    at=reader.at,
                )
                messages.success(request, _("Set up. Lessons of this unit can go there now."))
                return redirect("robots")
    rows = [(one, units.get(one.unit_id, "")) for one in robots_of(units)]
    context = {"rows": rows, "form": form}
    return render(request, "web/robots.html", context, status=422 if form.errors else 200)


@login_required
@only_posted
def robot_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a robot."""
    reader = reader_of(request)
    try:
        end_robot(robot_id=pk, actor=reader.actor, at=reader.at)
        messages.success(request, _("Ended. Its address is erased here."))
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect("robots")


@login_required
@only_posted
def lesson_robots(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a lesson to the robots that were chosen."""
    reader = reader_of(request)
    found, rights = lesson_seen(pk, reader)
    form = RobotsForm(request.POST, groups=groups_of(found, reader))
    if form.is_valid():
        with form.refusals():
            count = send_to_robots(
                lesson_id=pk, robot_ids=form.cleaned_data["robots"], actor=reader.actor, at=reader.at
            )
            sentence = ngettext("On its way to %(count)s group.", "On its way to %(count)s groups.", count)
            messages.success(request, sentence % {"count": count})
            return redirect(reverse("lesson", args=(pk,)) + "#robots")
    return lesson_page(request, reader, found, rights, {"robots": form})


urlpatterns: list[URLPattern] = [
    path("robots/", robots, name="robots"),
    path("robots/<int:pk>/end/", robot_end, name="robot_end"),
    path("lessons/<int:pk>/robots/", lesson_robots, name="lesson_robots"),
]
