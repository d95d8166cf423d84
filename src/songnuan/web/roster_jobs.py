"""An import of a roster as pages tell of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.people.models import ImportStatus, RosterImport
from songnuan.web.roster_words import STATES

OPEN = (
    ImportStatus.RECEIVED,
    ImportStatus.READING,
    ImportStatus.ASKING,
    ImportStatus.STAGED,
    ImportStatus.APPLYING,
)


@dataclass(frozen=True, slots=True)
class Job:
    """An import. `state` is its mark, `label` its word, `figures` what came of it, or "" as yet."""

    pk: int
    key: str
    file_name: str
    at: datetime
    who: str
    status: str
    state: str
    label: str
    figures: str
    rejected: int

    @property
    def is_open(self) -> bool:
        """Return whether somebody, or the worker, has to go on with it."""
        return self.status in OPEN

    @property
    def has_report(self) -> bool:
        """Return whether there is a marked copy to send back; its file is kept for some days."""
        return bool(self.rejected) and self.status in {ImportStatus.STAGED, ImportStatus.APPLIED}

    @property
    def applying(self) -> bool:
        """Return whether it is being taken over."""
        return self.status == ImportStatus.APPLYING


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows do what. `left` are people on the roster who are not in the file."""

    rows: int = 0
    joined: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    left: int = 0

    @property
    def takes(self) -> int:
        """Return how many rows are to be taken over: those that change something."""
        return self.joined + self.changed


def counts_of(told: Mapping[str, int]) -> Counts:
    """Return the counts that an import keeps; a row of a new person joins as one of a known person does."""
    return Counts(
        rows=told.get("rows", 0),
        joined=told.get("new", 0) + told.get("joined", 0),
        changed=told.get("changed", 0),
        unchanged=told.get("unchanged", 0),
        rejected=told.get("rejected", 0),
        left=told.get("left", 0),
    )


def job_of(row: RosterImport) -> Job:
    """Return an import as pages tell of it; `created_by` should come with it."""
    label, state = STATES[row.status]
    counts = counts_of(row.counts)
    return Job(
        pk=row.pk,
        key=row.key,
        file_name=row.file_name,
        at=row.created_at,
        who=row.created_by.name if row.created_by else "",
        status=row.status,
        state=state,
        label=str(label),
        figures=_figures(counts) if row.status in {ImportStatus.STAGED, ImportStatus.APPLIED} else "",
        rejected=counts.rejected,
    )


def _figures(counts: Counts) -> str:
    words = _("%(joined)s joined, %(changed)s changed, %(unchanged)s unchanged, %(rejected)s with problems")
    return words % {
        "joined": counts.joined,
        "changed": counts.changed,
        "unchanged": counts.unchanged,
        "rejected": counts.rejected,
    }
