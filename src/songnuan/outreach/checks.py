"""What must hold of quizzes, courses and events: counts stand still, and the erased are forgotten."""

from collections.abc import Iterator

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from songnuan.audit.findings import Finding
from songnuan.outreach.erased import told_of_erased
from songnuan.outreach.lesson_models import Audience, QuizAsked, QuizRound, QuizTally
from songnuan.outreach.lesson_queries import digest_of


def verify() -> list[Finding]:
    """Return what does not hold.

    Codes: `quiz_counts` (what is counted of the staff of a unit is not how many of them answered, or a
    question has more right answers than sheets), `quiz_digest` (the counts of a round were changed after it
    was closed), `quiz_keys` (the keys of sheets outlive their round, or are not as many as the sheets),
    `learning_told_left` (of somebody who was erased, or whose roster was, something is still told).
    """
    found = [*_counts(), *_rounds(), *_told()]
    if not found:
        return []
    # A sheet may have come in between two questions: what does not hold does not hold the next time either.
    again = {(one.code, one.where) for one in (*_counts(), *_rounds(), *_told())}
    return [one for one in found if (one.code, one.where) in again]


def _counts() -> Iterator[Finding]:
    asked = QuizAsked.objects.values("round_id", "unit_id").annotate(
        many=Count("pk", filter=Q(answered_at__isnull=False))
    )
    live = {(row["round_id"], row["unit_id"]): row["many"] for row in asked.order_by() if row["many"]}
    kept: dict[tuple[int, int], int] = {}
    wrong: set[int] = set()
    for tally in QuizTally.objects.order_by("pk").iterator():
        if tally.audience == Audience.STAFF:
            kept[tally.round_id, tally.unit_id] = tally.answered
        if any(right > tally.answered for right in tally.right):
            wrong.add(tally.round_id)
    wrong |= {place[0] for place in live.keys() | kept.keys() if live.get(place) != kept.get(place)}
    for pk in sorted(wrong):
        yield Finding("quiz_counts", _where(pk), _("What is counted of a quiz is not what was answered."), {})


def _rounds() -> Iterator[Finding]:
    for row in QuizRound.objects.filter(closed_at__isnull=False).order_by("pk"):
        if row.digest != digest_of(row.pk):
            sentence = _("The counts of a quiz were changed after its round was closed.")
            yield Finding("quiz_digest", _where(row.pk), sentence, {})
    rows = QuizRound.objects.annotate(held=Count("keys", distinct=True)).order_by("pk")
    for row in rows:
        by_code = QuizTally.objects.filter(round=row).exclude(audience=Audience.STAFF)
        sheets = sum(by_code.values_list("answered", flat=True)) if row.closed_at is None else 0
        if row.held != sheets:
            sentence = _("The keys of a quiz's sheets are not as many as the sheets, or outlived the round.")
            yield Finding("quiz_keys", _where(row.pk), sentence, {})


def _told() -> Iterator[Finding]:
    left = told_of_erased()
    for rows in (left.learners, left.periods, left.attendances, left.invitations):
        for pk in rows.order_by("pk").values_list("pk", flat=True):
            sentence = _("Somebody is erased, or the roster is, and courses or events still tell of them.")
            yield Finding("learning_told_left", f"{rows.model._meta.label_lower}:{pk}", sentence, {})  # noqa: SLF001 - Django's documented API


def _where(pk: int) -> str:
    return f"outreach.quiz:{pk}"
