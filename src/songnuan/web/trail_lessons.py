"""What the trail tells of lessons and events: their titles."""

from collections.abc import Callable, Collection, Mapping

from django.urls import reverse

from songnuan.organisation.permissions import Permission
from songnuan.outreach.event_models import Event
from songnuan.outreach.lesson_models import Lesson
from songnuan.web.trail_named import Named, numbers
from songnuan.web.views.shared import Reader


def lessons(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    """Name lessons by their titles."""
    seen = reader.reach_ids(Permission.OUTREACH_VIEW)
    rows = Lesson.objects.filter(pk__in=numbers(keys)).values_list("pk", "title", "measure__plan__unit")
    return {
        str(pk): Named(title, reverse("lesson", args=(pk,)) if unit in seen else "")
        for pk, title, unit in rows
    }


def named_events(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    """Name events by their titles."""
    seen = reader.reach_ids(Permission.OUTREACH_VIEW)
    rows = Event.objects.filter(pk__in=numbers(keys)).values_list("pk", "title", "measure__plan__unit")
    return {
        str(pk): Named(title, reverse("event", args=(pk,)) if unit in seen else "")
        for pk, title, unit in rows
    }


LESSONS: Mapping[str, Callable[[Collection[str], Reader], dict[str, Named]]] = {
    "outreach.event": named_events,
    "outreach.lesson": lessons,
}
