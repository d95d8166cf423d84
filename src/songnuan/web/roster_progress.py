"""How far the work on an import is, in words."""

from dataclasses import dataclass
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
    nothing goes on by itself; both are empty else.
    """

    title: str
    done: int = 0
    total: int | None = None
    note: str = ""
    said: str = ""
    stuck: str = ""
    failed: str = ""

    @property
    def percent(self) -> int | None:
        """Return how far it is, if that is known."""
        return min(self.done * 100 // self.total, 99) if self.total else None


def progress_of(source: RosterImport, at: datetime) -> Progress | None:
    """Return how far the work is; None when there is nothing to wait for, so that the import can be shown."""
    work = running(source.key)
    if work is not None and work.status in _DOING:
        return _under_way(work)
    if source.status == ImportStatus.APPLYING:
        title = _("Taking the rows over")
    elif source.status in {ImportStatus.RECEIVED, ImportStatus.READING}:
        title = _("Reading the workbook")
    else:
        return None
    if at - source.touched_at < _QUIET:
        return Progress(title, said=title)
    return _broken(title, work)


def _under_way(work: Running) -> Progress:
    title = _("Taking the rows over") if work.task == "apply" else _("Reading the workbook")
    if work.status == Job.Status.READY:
        stuck = ""
        if work.error:
            stuck = _("A first attempt broke off. It is tried again by itself in a moment.")
        elif wall() - work.since > _PATIENCE:
            stuck = _(
                "The work has not been begun yet. If this lasts for minutes, tell your administrator: "
                "the background worker may not be running."
            )
        return Progress(title, note=_("Waiting for its turn"), said=title, stuck=stuck)
    made = Progress(title, work.done, work.total, work.note)
    tenth = (made.percent or 0) // 10 * 10
    said = _("%(title)s: about %(percent)s %%") % {"title": title, "percent": tenth} if tenth else title
    return Progress(title, work.done, work.total, work.note, said)


def _broken(title: str, work: Running | None) -> Progress:
    """Return what is said when an import is in the midst of something and nobody works on it."""
    sentence = _("The work broke off. Nothing is lost: it goes on where it stopped, or starts anew.")
    if work is not None and work.error and not is_place(work.error):
        sentence = work.error
    return Progress(title, said=title, failed=sentence)


def is_place(error: str) -> bool:
    """Return whether what is kept of a fault is a place in the program, which tells a clerk nothing."""
    return ".py:" in error
