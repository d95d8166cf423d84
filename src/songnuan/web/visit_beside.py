"""What the page of a visit shows beside its report: photos, position, receipts, versions, leaders."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.organisation.permissions import Permission
from songnuan.plans.models import Plan
from songnuan.visits.checklist import texts_asked
from songnuan.visits.field_models import PHOTOS_MOST
from songnuan.visits.kept import ReceiptRow, chases, later_receipt, photos, position
from songnuan.visits.leaders import of_visit
from songnuan.visits.models import Prevention, Result, VisitForm, VisitStatus
from songnuan.visits.queries import VisitDetail
from songnuan.visits.rules import is_late
from songnuan.visits.versions import FIELDS, Snapshot, pairs, versions_of
from songnuan.web.correction_form import PhotosForm
from songnuan.web.forms import Form
from songnuan.web.report_words import PARTS
from songnuan.web.views.shared import Reader


@dataclass(frozen=True, slots=True)
class Said:
    """One part of a report: what it said, what it says now, and whether that was changed."""

    label: str
    before: str
    now: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Version:
    """A corrected version beside the one before it; `signature_url` is the receipt of the one before."""

    number: int
    reason: str
    written_by: str
    written_at: datetime
    before_by: str
    before_at: datetime
    said: list[Said]
    signed: bool
    signature_url: str
    receiver: str
    signed_for: str


def beside(
    reader: Reader, found: VisitDetail, plan: Plan, form: Form | None, *, may_record: bool
) -> dict[str, Any]:
    """Return what stands beside a report; of a visit still to do how often it was asked for."""
    if found.status != VisitStatus.RECORDED:
        return {"chased": chases([found.visit_id]).get(found.visit_id, 0)}
    there = photos(found.visit_id)
    room = PHOTOS_MOST - len(there)
    adding = form if isinstance(form, PhotosForm) else PhotosForm()
    return {
        "photos": there,
        "add_photos": adding if may_record and room else None,
        "place": position(found.visit_id),
        "receipt": _receipt(found, later_receipt(found.visit_id)),
        "versions": _versions(found, plan),
        "leaders": of_visit(found.visit_id),
        "may_add_leader": reader.may(Permission.LEADER_VISIT_RECORD, plan.unit_id),
    }


def _receipt(found: VisitDetail, row: ReceiptRow | None) -> dict[str, Any] | None:
    if row is None:
        return None
    url = reverse("visit_later_signature", args=(found.visit_id,)) if row.signature_id else ""
    return {"receiver": row.receiver, "signed_for": row.signed_for, "at": row.signed_at, "url": url}


def _versions(found: VisitDetail, plan: Plan) -> list[Version]:
    """Return the corrections, the newest first, each beside what stood before."""
    if found.version == 1:
        return []
    texts = texts_asked(plan.pk)
    made = []
    for row, before in pairs(versions_of(found.visit_id)):
        if before is None:
            continue
        url = ""
        if before.signature_id is not None:
            url = reverse("visit_version_signature", args=(found.visit_id, before.number))
        made.append(
            Version(
                number=row.number,
                reason=row.reason,
                written_by=row.written_by,
                written_at=row.written_at,
                before_by=before.written_by,
                before_at=before.written_at,
                said=_said(before, row, texts, found.due_on),
                signed=before.signed,
                signature_url=url,
                receiver=before.receiver_name,
                signed_for=before.signed_for,
            )
        )
    return made


def _said(before: Snapshot, now: Snapshot, checklist: Mapping[str, str], due_on: date) -> list[Said]:
    rows = []
    for name in FIELDS:
        if name == "late_reason" and not any(_is_late(row, due_on) for row in (before, now)):
            continue  # the reason with which a later day was allowed; it was not needed
        old, new = (_words(name, row.report[name], checklist) for row in (before, now))
        if old or new:
            rows.append(Said(str(PARTS[name]), old, new, before.report[name] != now.report[name]))
    if before.receiver_name != now.receiver_name:
        rows.append(Said(_("Who received the visit"), before.receiver_name, now.receiver_name, changed=True))
    return rows


def _is_late(row: Snapshot, due_on: date) -> bool:
    return is_late(datetime.fromisoformat(str(row.report["happened_at"])), due_on)


def _words(name: str, value: Any, checklist: Mapping[str, str]) -> str:  # noqa: ANN401 - as JSON has it
    """Return a part of a report in words."""
    if name == "happened_at":
        return written(datetime.fromisoformat(value).astimezone(CHINA), "moment")
    if name == "form":
        return str(VisitForm(value).label)
    if name == "prevention":
        return str(Prevention(value).label)
    if name == "members":
        return "、".join(member for member, _user in value)
    if name == "inspection":
        return "\n".join(_answer(checklist.get(key, key), result, note) for key, result, note in value)
    return str(value)


def _answer(item: str, result: str, note: str) -> str:
    said = f"{item}：{Result(result).label}"
    return f"{said}（{note}）" if note else said
