"""The versions of a corrected report, side by side."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.kernel.names import mask_name
from songnuan.kernel.refusal import Refusal
from songnuan.visits.models import ReportVersion, Visit
from songnuan.visits.rules import REASON_LONGEST, InspectionAnswer, longest

FIELDS = (
    "happened_at",
    "form",
    "form_reason",
    "members",
    "prevention",
    "prevention_note",
    "conditions",
    "inspection",
    "late_reason",
    "entry_reason",
)
"""What a version says, in the order of the page; beside it the receiver and the receipt."""


def refuse_correction(*, recorded: bool, reason: str) -> None:
    """Let pass a correction of a report that is there, with a reason.

    Raises:
        Refusal: `not_recorded`, `correction_reason_missing`, `correction_reason_too_long`.

    """
    if not recorded:
        raise Refusal("not_recorded", _("Record the visit first; only a report can be corrected."))
    if not reason:
        sentence = _("Say why the report is corrected. It stands beside both versions.")
        raise Refusal("correction_reason_missing", sentence, field="correction_reason")
    for problem in longest("correction_reason", reason, REASON_LONGEST):
        raise Refusal("correction_reason_too_long", problem.sentence, field=problem.field)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A version of a report as data. `report` holds `FIELDS`: times in ISO, members and answers as lists."""

    number: int
    report: Mapping[str, object]
    receiver_name: str
    signature_id: int | None
    confirmed_by_name: bool
    signed_for: str
    written_by_id: int | None
    written_by: str
    written_at: datetime
    reason: str

    @property
    def signed(self) -> bool:
        """Whether the unit signed or confirmed this very version."""
        return self.signature_id is not None or self.confirmed_by_name


def snapshot(visit: Visit) -> Snapshot:
    """Return the report that stands, of a recorded visit."""
    assert visit.happened_at is not None  # noqa: S101 - the table's own constraint
    assert visit.received_at is not None  # noqa: S101
    members = visit.members.order_by("position").values_list("name", "user_id")
    answers = visit.inspection.order_by("pk").values_list("item_key", "result", "note")
    is_first = visit.version == 1
    writer = visit.recorded_by if is_first else visit.corrected_by
    return Snapshot(
        number=visit.version,
        report={
            "happened_at": visit.happened_at.isoformat(),
            "form": visit.form,
            "form_reason": visit.form_reason,
            "members": [list(row) for row in members],
            "prevention": visit.prevention,
            "prevention_note": visit.prevention_note,
            "conditions": visit.conditions,
            "inspection": [list(row) for row in answers],
            "late_reason": visit.late_reason,
            "entry_reason": visit.entry_reason,
        },
        receiver_name=visit.receiver_name,
        signature_id=visit.signature_id,
        confirmed_by_name=visit.confirmed_by_name,
        signed_for=visit.signed_for,
        written_by_id=writer.pk if writer else None,
        written_by=writer.name if writer else "",
        written_at=visit.received_at if is_first else visit.corrected_at or visit.received_at,
        reason=visit.correction_reason,
    )


def changed(one: Snapshot, other: Snapshot) -> list[str]:
    """Return the names of `FIELDS` in which two versions differ."""
    return [name for name in FIELDS if one.report[name] != other.report[name]]


def versions_of(visit_id: int) -> list[Snapshot]:
    """Return every version of a report, the newest first; receivers are masked. One for most visits."""
    visit = Visit.objects.select_related("recorded_by", "corrected_by").get(pk=visit_id)
    earlier = ReportVersion.objects.filter(visit=visit_id).select_related("written_by").order_by("-number")
    rows = [snapshot(visit), *map(_kept, earlier)]
    return [_masked(row) for row in rows]


def earlier_checks(visit_id: int) -> tuple[int, list[InspectionAnswer]] | None:
    """Return the answers of the latest version before that carried an inspection, and its number."""
    for row in ReportVersion.objects.filter(visit=visit_id).order_by("-number"):
        if answers := row.report["inspection"]:
            return row.number, [InspectionAnswer(*answer) for answer in answers]
    return None


def _kept(row: ReportVersion) -> Snapshot:
    return Snapshot(
        number=row.number,
        report=row.report,
        receiver_name=row.receiver_name,
        signature_id=row.signature_id,
        confirmed_by_name=row.confirmed_by_name,
        signed_for=row.signed_for,
        written_by_id=row.written_by_id,
        written_by=row.written_by.name if row.written_by else "",
        written_at=row.written_at,
        reason=row.reason,
    )


def _masked(row: Snapshot) -> Snapshot:
    return replace(row, receiver_name=mask_name(row.receiver_name))


def pairs(rows: Sequence[Snapshot]) -> list[tuple[Snapshot, Snapshot | None]]:
    """Return each version with the one before it, None for the first."""
    return list(zip(rows, [*rows[1:], None], strict=True))


def first_versions(visit_ids: Collection[int]) -> dict[int, ReportVersion]:
    """Return the first report of visits whose report was corrected: goods were signed for with that one."""
    rows = ReportVersion.objects.filter(visit__in=visit_ids, number=1).select_related("signature")
    return {row.visit_id: row for row in rows}
