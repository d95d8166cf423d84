"""Reads of holds: what is stopped, since when and why, and the one question that every act asks."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from songnuan.approvals.hold_models import ACTIVE, Hold, HoldStatement
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True)
class HoldRow:
    """One hold in a list.

    `subject` is as in `Hold`. `is_answered`: the last word is that of those concerned; `is_asked`: it is a
    further question of an inspector, which waits for its answer, as none does once the hold is lifted.
    `last_said` is that word, "" where nobody said anything yet. `was_answered`: those concerned said
    something at all.
    """

    hold_id: int
    subject: str
    plan_slug: str
    unit_id: int
    reason: str
    file_id: int | None
    placed_by: str
    placed_by_id: int
    placed_at: datetime
    lifted_by: str
    lifted_at: datetime | None
    findings: str
    is_answered: bool
    is_asked: bool
    was_answered: bool
    last_said: str

    @property
    def is_active(self) -> bool:
        """Whether it stops anything."""
        return self.lifted_at is None


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One thing said about a hold."""

    statement_id: int
    is_answer: bool
    text: str
    file_id: int | None
    by: str
    at: datetime


def require_free(subjects: Collection[str]) -> None:
    """Let pass what nobody holds. Asked inside the act's transaction, after what the hold locks is locked.

    Raises:
        Refusal: `held`, with who holds it, since when, why, and who can answer.

    """
    hold = _first(subjects)
    if hold is not None:
        raise Refusal("held", hold_words(hold), hold=hold.pk)


def require_not_held(subject: str) -> None:
    """Let pass a hold on what nobody holds yet; asked like `require_free`, and told to an inspector.

    Raises:
        Refusal: `held`, with who holds it, since when and why.

    """
    hold = _first([subject])
    if hold is not None:
        raise Refusal("held", standing_words(hold), hold=hold.pk)


def _first(subjects: Collection[str]) -> Hold | None:
    held = Hold.objects.filter(ACTIVE, subject__in=subjects)
    return held.select_related("placed_by").order_by("pk").first()


def hold_words(hold: Hold) -> str:
    """Return what a refusal says of a hold; `placed_by` is read with it."""
    sentence = _(
        "On hold since %(time)s by the discipline inspector %(person)s: %(reason)s"
        " Nothing goes on until the hold is lifted. Finance, the office and the programme officer can answer"
        " it; an inspector lifts it."
    )
    return sentence % _figures(hold)


def standing_words(hold: Hold) -> str:
    """Return what an inspector is told who puts on hold what is held already."""
    sentence = _(
        "This is on hold already, since %(time)s by the discipline inspector %(person)s: %(reason)s"
        " Open that hold to ask further or to lift it."
    )
    return sentence % _figures(hold)


def _figures(hold: Hold) -> dict[str, str]:
    reason = hold.reason if hold.reason.endswith(("。", ".", "！", "？", "!", "?")) else f"{hold.reason}。"
    return {
        "time": written(hold.placed_at.astimezone(CHINA), "moment"),
        "person": hold.placed_by.name or hold.placed_by.username,
        "reason": reason,
    }


def active_among(subjects: Collection[str]) -> dict[str, HoldRow]:
    """Return the active hold of each of these that has one, by subject."""
    return {row.subject: row for row in _rows(Hold.objects.filter(ACTIVE, subject__in=subjects))}


def held_keys(model: str) -> frozenset[str]:
    """Return the keys of what is on hold of one kind, such as "goods.purchase"."""
    found = Hold.objects.filter(ACTIVE, subject__startswith=f"{model}:").values_list("subject", flat=True)
    return frozenset(subject.partition(":")[2] for subject in found)


def of_plan(slug: str) -> list[HoldRow]:
    """Return every hold of a plan, active ones first, the newest first."""
    return sorted(_rows(Hold.objects.filter(plan_slug=slug)), key=lambda row: not row.is_active)


def active_over(unit_ids: Collection[int]) -> list[HoldRow]:
    """Return the active holds over these units, the newest first."""
    return _rows(Hold.objects.filter(ACTIVE, unit__in=unit_ids))


def one(hold_id: int) -> HoldRow | None:
    """Return one hold, or None when there is none."""
    return next(iter(_rows(Hold.objects.filter(pk=hold_id))), None)


def statements(hold_id: int) -> list[StatementRow]:
    """Return what was said about a hold, the oldest first."""
    rows = HoldStatement.objects.filter(hold_id=hold_id).select_related("by").order_by("pk")
    return [
        StatementRow(row.pk, row.is_answer, row.text, row.file_id, row.by.name or row.by.username, row.at)
        for row in rows
    ]


def _rows(holds: QuerySet[Hold]) -> list[HoldRow]:
    said = HoldStatement.objects.filter(hold=OuterRef("pk"))
    last = said.order_by("-pk")
    told = holds.annotate(
        answered=Exists(said.filter(is_answer=True)),
        last_is_answer=Subquery(last.values("is_answer")[:1]),
        last_said=Subquery(last.values("text")[:1]),
    ).select_related("placed_by", "lifted_by")
    return [
        HoldRow(
            hold_id=row.pk,
            subject=row.subject,
            plan_slug=row.plan_slug,
            unit_id=row.unit_id,
            reason=row.reason,
            file_id=row.file_id,
            placed_by=row.placed_by.name or row.placed_by.username,
            placed_by_id=row.placed_by_id,
            placed_at=row.placed_at,
            lifted_by=(row.lifted_by.name or row.lifted_by.username) if row.lifted_by else "",
            lifted_at=row.lifted_at,
            findings=row.findings,
            is_answered=row.last_is_answer is True,
            is_asked=row.last_is_answer is False and row.lifted_at is None,
            was_answered=row.answered,
            last_said=row.last_said or "",
        )
        for row in told.order_by("-pk")
    ]
