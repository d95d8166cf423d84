"""How a visit stands: one mark and one word for it wherever it is shown, and the filters of a list."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from songnuan.visits.models import VisitStatus
from songnuan.visits.queries import VisitRow


def state_of(visit: VisitRow | None) -> tuple[str, str]:
    """Return the mark (a state of tag.html) and the word beside it."""
    if visit is None:
        return "none", _("not begun")
    if visit.status == VisitStatus.RECORDED:
        if not visit.late:
            return "done", _("visited")
        return "done", _("visited on the later day") if visit.late_approved else _("visited late")
    return _still_to_make(visit)


def _still_to_make(visit: VisitRow) -> tuple[str, str]:
    if visit.lapsed:
        return "none", _("not to be made any more")
    if visit.overdue:
        late = _("late, later day awaits approval") if visit.asked_on else pgettext("state", "late")
        return "late", late
    if visit.asked_on:
        return "waiting", _("later day awaits approval")
    return "waiting", _("planned") if visit.planned_on else _("without a date")


def _to_do(visit: VisitRow) -> bool:
    return visit.status == VisitStatus.PLANNED and not visit.lapsed


# The states by which a list of visits can be looked through, by the word in the address.
FILTERS: Mapping[str, Callable[[VisitRow], bool]] = {
    "overdue": lambda visit: visit.overdue,
    "asked": lambda visit: visit.asked_on is not None,
    "planned": lambda visit: _to_do(visit) and visit.planned_on is not None,
    "undated": lambda visit: _to_do(visit) and visit.planned_on is None,
    "visited": lambda visit: visit.status == VisitStatus.RECORDED,
    "entered_late": lambda visit: visit.late_entry,
}


def filter_words() -> dict[str, str]:
    """Return the words of the filters, `owed` among them: a kit that the unit still lacks."""
    return {
        "overdue": pgettext("state", "late"),
        "asked": _("later day awaits approval"),
        "planned": _("planned"),
        "undated": _("without a date"),
        "visited": _("visited"),
        "entered_late": _("late entry"),
        "owed": _("kit owed"),
    }
