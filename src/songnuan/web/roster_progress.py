"""How far the work on an import is, in words."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from songnuan.jobs.models import Job
from songnuan.journeys.roster_tasks import Running, running
from songnuan.kernel.clock import wall
from songnuan.people.models import ImportStatus, RosterImport

# So long may a job wait before the page says that nobody has taken it.
_PATIENCE = timedelta(seconds=20)
# So long may an import be in the midst of something without a job: a cell is mended within the request.
_QUIET = timedelta(seconds=30)
_DOING = (Job.Status.READY, Job.Status.RUNNING)


@dataclass(frozen=True, slots=True)
class Progress:
    """What a waiting page tells.

    `said` changes only now and then: it is read out. `stuck` says why it may take long, `failed` that
    nothing goes on by itself; both are empty else. `applies` tells taking over from reading.
    """

    title: str
    done: int = 0
    total: int | None = None
    note: str = ""
    said: str = ""
    stuck: str = ""
    failed: str = ""
    applies: bool = False

    @property
    def percent(self) -> int | None:
        """Return how far it is, if that is known."""
        return min(self.done * 100 // self.total, 99) if self.total else None


def progress_of(source: RosterImport, at: datetime) -> Progress | None:
    """Return how far the work is; None when there is nothing to wait for, so that the import can be shown."""
    work = running(source.key)
    if work is not None and work.status in _DOING:
        return _under_way(work)
    if source.status not in {ImportStatus.RECEIVED, ImportStatus.READING, ImportStatus.APPLYING}:
        return None
    applies = source.status == ImportStatus.APPLYING
    failed = "" if at - source.touched_at < _QUIET else _broken(work)
    return Progress(_title(applies=applies), said=_title(applies=applies), failed=failed, applies=applies)


def _title(*, applies: bool) -> str:
    return _("Taking the rows over") if applies else _("Reading the workbook")


def _under_way(work: Running) -> Progress:
    applies = work.task == "apply"
    title = _title(applies=applies)
    if work.status == Job.Status.READY:
        return Progress(
            title, note=_("Waiting for its turn"), said=title, stuck=_stuck(work), applies=applies
        )
    made = Progress(title, work.done, work.total, _(work.note) if work.note else "", applies=applies)
    tenth = (made.percent or 0) // 10 * 10
    said = _("%(title)s: about %(percent)s %%") % {"title": title, "percent": tenth} if tenth else title
    return replace(made, said=said)


def _stuck(work: Running) -> str:
    """Return why work that waits may wait for long, "" as long as that is nothing unusual."""
    if work.error:
        return _("A first attempt broke off. It is tried again by itself in a moment.")
    if wall() - work.since > _PATIENCE:
        return _(
            "The work has not been begun yet. If this lasts for minutes, tell your administrator: "
            "the background worker may not be running."
        )
    return ""


def _broken(work: Running | None) -> str:
    """Return what is said when an import is in the midst of something and nobody works on it."""
    if work is not None and work.error and not is_place(work.error):
        return work.error
    return _("The work broke off. Nothing is lost: it goes on where it stopped, or starts anew.")


def is_place(error: str) -> bool:
    """Return whether what is kept of a fault is a place in the program, which tells a clerk nothing."""
    return ".py:" in error
