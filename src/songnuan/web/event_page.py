"""What the pages of events show: who may see one, who is invited, and how it stands in a calendar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from songnuan.documents.calendar import Appointment
from songnuan.journeys.measures.event import settings_of
from songnuan.kernel.days import written
from songnuan.kernel.names import tidy_name
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import Post, User
from songnuan.organisation.permissions import Permission, role_label
from songnuan.organisation.queries import day_of
from songnuan.organisation.rules import live
from songnuan.outreach.event_models import Event, EventStatus, Invitation
from songnuan.outreach.event_queries import KIND, events, invitations_of
from songnuan.outreach.shown_names import invited_listed
from songnuan.people.scope import within
from songnuan.plans.models import Measure
from songnuan.web.calendar_days import uid_of
from songnuan.web.lesson_page import Rights, rights_of
from songnuan.web.views.shared import Reader, names_on

MARKS = {
    EventStatus.PLANNED: "waiting",
    EventStatus.HELD: "done",
    EventStatus.CANCELLED: "none",
}
ANSWERED = {"": "none", "yes": "done", "no": "late", "deputy": "waiting"}


@dataclass(frozen=True, slots=True)
class Seen:
    """An event, what the reader may do about it, and their own invitation."""

    event: Event
    rights: Rights
    mine: Invitation | None

    @property
    def leads(self) -> bool:
        """Whether the reader leads it and it is still planned."""
        return self.rights.writes and self.event.status == EventStatus.PLANNED


def event_measure_seen(measure_id: int, reader: Reader) -> tuple[Measure, Rights]:
    """Return a measure of events that the reader reaches.

    Raises:
        Http404: Without a word on whether it exists.

    """
    found = Measure.objects.filter(pk=measure_id, kind=KIND).select_related("plan").first()
    if found is None or found.opened_at is None:
        raise Http404
    rights = rights_of(found, reader)
    if not rights.sees_all:
        raise Http404
    return found, rights


def event_seen(pk: int, reader: Reader) -> Seen:
    """Return an event for who sees all of its plan, and for who is invited.

    Raises:
        Http404: Without a word on whether it exists.

    """
    event = events().filter(pk=pk).first()
    if event is None:
        raise Http404
    rights = rights_of(event.measure, reader)
    mine = invitations_of([pk]).filter(user=reader.user).first()
    if not rights.sees_all and mine is None:
        raise Http404
    return Seen(event, rights, mine)


@dataclass(frozen=True, slots=True)
class InvitedLine:
    """One who is invited, as the list shows them; `address` is the link of who has no account."""

    row: Invitation
    name: str
    mark: str
    address: str = ""


def invited_lines(request: HttpRequest, rows: Sequence[Invitation], *, leads: bool) -> list[InvitedLine]:
    """Return who is invited; links are for who passes them on."""
    return [
        InvitedLine(
            row,
            invited_listed(row) or "—",
            ANSWERED[row.answer],
            request.build_absolute_uri(reverse("invited", args=(row.code,)))
            if leads and row.user_id is None and row.code
            else "",
        )
        for row in rows
    ]


def users_told(users: Sequence[User], reader: Reader) -> list[tuple[int, str]]:
    """Return accounts to choose from: the name of each, with post and unit."""
    held = Post.objects.filter(live(reader.day), user__in=[one.pk for one in users]).order_by("pk")
    posts: dict[int, Post] = {}
    for post in held:
        posts.setdefault(post.user_id, post)
    names = names_on((post.unit_id for post in posts.values()), reader.day)
    told = []
    for one in users:
        held_by = posts.get(one.pk)
        where = f"（{role_label(held_by.role)} · {names[held_by.unit_id]}）" if held_by is not None else ""
        told.append((one.pk, f"{one.name}{where}"))
    return told


def other_days(event: Event) -> str:
    """Return the days that the plan names, where an event is on none of them."""
    days = settings_of(event.measure).on
    if day_of(event.begins_at) in days:
        return ""
    return "、".join(written(one) for one in days)


def persons_named(names: Sequence[str], reader: Reader) -> list[int]:
    """Return the persons of these names whom the reader reaches.

    Raises:
        Refusal: `invited_unknown`, `invited_several`.

    """
    found = []
    asked = {name: tidy_name(name) for name in names}
    reached = within(reader.actor, Permission.PEOPLE_VIEW, reader.at).filter(restricted=False)
    bearers: dict[str, list[int]] = {}
    for pk, name in reached.filter(name__in=set(asked.values())).values_list("pk", "name").order_by("pk"):
        bearers.setdefault(name, []).append(pk)
    for name, tidy in asked.items():
        ids = bearers.get(tidy, [])
        if not ids:
            sentence = _("Nobody on your rosters is called “%(name)s”.")
            raise Refusal("invited_unknown", sentence % {"name": name}, field="names")
        if len(ids) > 1:
            sentence = _("Several people on your rosters are called “%(name)s”. Invite them by account.")
            raise Refusal("invited_several", sentence % {"name": name}, field="names")
        found.append(ids[0])
    return found


def appointment(event: Event, address: str) -> Appointment:
    """Return an event as it stands in a calendar; `address` is its page."""
    title = event.title
    if event.status == EventStatus.CANCELLED:
        title = _("Cancelled: %(title)s") % {"title": title}
    return Appointment(
        uid=uid_of(f"outreach.event:{event.pk}"),
        day=day_of(event.begins_at),
        begins=event.begins_at.astimezone(UTC),
        ends=event.ends_at.astimezone(UTC),
        summary=title,
        description="\n".join(filter(None, [event.measure.plan.title, event.words])),
        url=address,
        category=pgettext("calendar", "Event"),
        sequence=event.sequence,
        location=event.place,
    )
