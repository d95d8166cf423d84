"""How returnees were found each day, what was done about it, other periods, release, and erasure."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.emergency import returnee_rules as rules
from songnuan.emergency.actions.returnees import (
    ending,
    held,
    noted,
    require_observed,
)
from songnuan.emergency.models import (
    DailyStatus,
    EarlyEnd,
    PeriodChange,
    Returnee,
    StatusAnswer,
    StatusOutcome,
)
from songnuan.emergency.returnee_access import require_entering, require_office, require_working
from songnuan.emergency.returnee_lifecycle import RETURNEE
from songnuan.emergency.returnee_rules import Found, Policy
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.queries import day_of


@transaction.atomic(savepoint=False)
def record_status(*, returnee_id: int, found: Found, key: UUID, actor: Actor, at: datetime) -> DailyStatus:
    """Record how somebody was found on a day, or correct it; once for each key.

    Args:
        returnee_id: Who.
        found: How; with a reason where it corrects what was said.
        key: Of the page; the same key with the same content comes to the same status.
        actor: The contact person, the liaison of the unit, the office.
        at: When the house hears of it.

    Raises:
        Refusal: `returnee_unknown`, `returnee_not_yours`, `key_reused`, `wrong_state`, `status_there`,
            `status_missing`, `status_same`, and as `returnee_rules.checked`.

    """
    row = held(returnee_id)
    by = require_working(row, actor, at)
    earlier = DailyStatus.objects.filter(key=key).first()
    if earlier is not None:
        return _same(earlier, row, found, by)
    require_observed(row)
    taken_in = day_of(row.confirmed_at or row.entered_at)
    told = rules.checked(found, max(row.arrived_on, taken_in), at)
    valid = DailyStatus.objects.filter(returnee=row, day=told.day).order_by("-version").first()
    _check_version(valid, told)
    made = DailyStatus.objects.create(
        returnee=row,
        day=told.day,
        version=valid.version + 1 if valid else 1,
        outcome=told.outcome,
        words=told.words or None,
        found_at=told.found_at,
        reported_at=at,
        reason=told.reason,
        by_id=by,
        key=key,
    )
    verb = "correct_daily_status" if valid else "record_daily_status"
    noted(row, verb, actor, at, day=told.day.isoformat(), daily_status=told.outcome)
    return made


def _same(earlier: DailyStatus, row: Returnee, found: Found, by: int) -> DailyStatus:
    """Let pass what came before under the same key, where it is the same.

    Raises:
        Refusal: `key_reused`.

    """
    before = (earlier.returnee_id, earlier.by_id, earlier.day, earlier.outcome, earlier.words or "")
    if before != (row.pk, by, found.day, found.outcome, found.words.strip()):
        sentence = _("This entry was already received with other content. Reload the page and enter it anew.")
        raise Refusal("key_reused", sentence, purpose="record_daily_status")
    return earlier


def _check_version(valid: DailyStatus | None, told: Found) -> None:
    if valid is None and told.reason is not None:
        raise Refusal(
            "status_missing", _("Nothing was said about this day yet: there is nothing to correct.")
        )
    if valid is None:
        return
    if told.reason is None:
        sentence = _("Something was said about this day already. Reload the page; to change it, correct it.")
        raise Refusal("status_there", sentence)
    if (valid.outcome, valid.words or "", valid.found_at) == (told.outcome, told.words, told.found_at):
        raise Refusal("status_same", _("This is what stands there already. Nothing was changed."))


@transaction.atomic(savepoint=False)
def answer_status(*, status_id: int, words: str, actor: Actor, at: datetime) -> StatusAnswer:
    """Say what was done about somebody who was seen unwell.

    Raises:
        Refusal: `returnee_unknown`, `not_permitted`, `status_not_unwell`, `status_answered`, `words_missing`,
            `text_too_long`.

    """
    status = DailyStatus.objects.filter(pk=status_id).first()
    row = held(status.returnee_id if status else 0)
    assert status is not None  # noqa: S101 - `held` refuses where there is none
    by = require_office(row.measure.plan, actor, at)
    if status.outcome != StatusOutcome.UNWELL:
        raise Refusal("status_not_unwell", _("Only that somebody was seen unwell is answered."))
    if StatusAnswer.objects.filter(status=status).exists():
        raise Refusal("status_answered", _("This was answered already. Reload the page."))
    told = rules.wanted_words(words, "words")
    made = StatusAnswer.objects.create(status=status, words=told, by_id=by, at=at)
    noted(row, "answer_daily_status", actor, at, day=status.day.isoformat())
    return made


@transaction.atomic(savepoint=False)
def set_period(
    *, returnee_ids: Collection[int], days: int, reason: str, actor: Actor, at: datetime
) -> list[Returnee]:
    """Set the days of observation of people, and say why; who has as many keeps them silently.

    Raises:
        Refusal: `returnee_unknown`, `not_permitted`, `wrong_state`, `period_days`, `period_same` where
            nobody's would change, `words_missing`, `text_too_long`.

    """
    told = rules.wanted_words(reason, "reason")
    wanted = rules.checked_days(days)
    changed = []
    for returnee_id in sorted(returnee_ids):
        row = held(returnee_id)
        by = require_office(row.measure.plan, actor, at)
        require_observed(row)
        if row.days == wanted:
            continue
        PeriodChange.objects.create(
            returnee=row, days_before=row.days, days=wanted, reason=told, by_id=by, at=at
        )
        until = rules.last_day(row.arrived_on, wanted)
        Returnee.objects.filter(pk=row.pk).update(days=wanted, until_on=until)
        changed.append(noted(row, "set_observation", actor, at, days=wanted))
    if not changed:
        raise Refusal("period_same", _("Nobody's observation would change by that."), field="days")
    return changed


@transaction.atomic(savepoint=False)
def release(*, returnee_id: int, policy: Policy, actor: Actor, at: datetime) -> Returnee:
    """Release somebody at the end of the observation.

    Raises:
        Refusal: `returnee_unknown`, `not_permitted`, `wrong_state`, `release_early`, `release_not_seen`,
            `unwell_open`.

    """
    row = held(returnee_id)
    by = require_entering(row.measure.plan, row.unit_id, actor, at)
    require_observed(row)
    if day_of(at) < row.until_on:
        sentence = _("The observation goes on until %(day)s. Before that only the office ends it, in words.")
        raise Refusal("release_early", sentence % {"day": row.until_on.isoformat()})
    _require_answered(row)
    valid = DailyStatus.objects.filter(returnee=row).order_by("-day", "-version").first()
    if valid is None or valid.day < row.until_on or valid.outcome != StatusOutcome.WELL:
        sentence = _("Nobody has seen them well on the last day or later. See them first, and put it down.")
        raise Refusal("release_not_seen", sentence)
    RETURNEE.move_one(Returnee.objects.filter(pk=row.pk), "release", **ending(policy, by, at))
    return noted(row, "release_returnee", actor, at)


@transaction.atomic(savepoint=False)
def end_early(
    *, returnee_id: int, ended_as: str, words: str, policy: Policy, actor: Actor, at: datetime
) -> Returnee:
    """End an observation before its time.

    Raises:
        Refusal: `returnee_unknown`, `not_permitted`, `wrong_state`, `early_end_unknown`, `unwell_open`,
            `words_missing`, `text_too_long`.

    """
    row = held(returnee_id)
    by = require_office(row.measure.plan, actor, at)
    require_observed(row)
    if ended_as not in EarlyEnd.values:
        raise Refusal("early_end_unknown", _("Choose why it ends."), field="ended_as")
    told = rules.wanted_words(words, "words")
    _require_answered(row)
    RETURNEE.move_one(
        Returnee.objects.filter(pk=row.pk),
        "end_early",
        ended_as=ended_as,
        words=told,
        **ending(policy, by, at),
    )
    return noted(row, "end_observation", actor, at, ended_as=ended_as)


def _require_answered(row: Returnee) -> None:
    open_ = DailyStatus.objects.filter(returnee=row, outcome=StatusOutcome.UNWELL, answer__isnull=True)
    if open_.exists():
        sentence = _("They were seen unwell, and the office has not said what was done. That comes first.")
        raise Refusal("unwell_open", sentence)


@transaction.atomic(savepoint=False)
def erase(*, actor: Actor, at: datetime) -> int:
    """Empty what is kept of people whose day is over; rows, days and outcomes stay.

    The house does this by itself each night.

    Returns:
        Of how many entries something was emptied.

    """
    over = Returnee.objects.filter(retain_until__lt=day_of(at), erased_at__isnull=True)
    rows = list(over.select_related("measure__plan").order_by("pk"))
    ids = [row.pk for row in rows]
    statuses = DailyStatus.objects.filter(returnee__in=ids)
    statuses.update(words=None, reason=None)
    StatusAnswer.objects.filter(status__returnee__in=ids).update(words=None)
    PeriodChange.objects.filter(returnee__in=ids).update(reason=None)
    Returnee.objects.filter(pk__in=ids).update(
        name=None, phone=None, origin=None, address=None, words=None, person_index="", erased_at=at
    )
    for row in rows:
        record(
            stream=f"plan:{row.measure.plan.slug}",
            action="emergency.erase_returnee",
            subject=f"emergency.returnee:{row.pk}",
            actor=actor,
            at=at,
            facts={"measure": row.measure_id},
        )
    return len(rows)
