"""Alerts are raised, reckoned anew, acknowledged, verified, noted about, closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.emergency.models import Alert, AlertAct, AlertVerb, WarningLook
from songnuan.emergency.noting import note
from songnuan.emergency.report_access import require_office
from songnuan.emergency.report_rules import said
from songnuan.emergency.warning_access import require_seeing_to
from songnuan.emergency.warning_lifecycle import ALERT
from songnuan.emergency.warning_reckoning import Alarm, Anew, Look
from songnuan.emergency.warning_rules import WORDS_LONGEST, outcome_fits
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows, upsert
from songnuan.kernel.refusal import Refusal
from songnuan.plans.models import Measure

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Raised:
    """What came of a look: new alerts, and those that come to something else now."""

    fresh: Sequence[Alert]
    anew: Sequence[Alert]


@transaction.atomic(savepoint=False)
def take_look(*, measure: Measure, found: Look, actor: Actor, at: datetime) -> Raised | None:
    """Keep what a look found: alerts of new alarms, what others come to now, and what was seen.

    The machine does this. None where another look was kept since this one began: it has seen as much.
    """
    Measure.objects.select_for_update(of=("self",), no_key=True).get(pk=measure.pk)
    kept = dict(WarningLook.objects.filter(measure=measure).values_list("period_id", "changes"))
    if kept != found.before:
        return None
    fresh = _raise(measure, found.alarms, actor, at)
    anew = _reckon(measure, found.anew, actor, at)
    looks = [
        WarningLook(measure=measure, period_id=period_id, changes=changes, looked_at=at)
        for period_id, changes in found.seen.items()
    ]
    upsert(WarningLook, looks, unique=["measure", "period"], update=["changes", "looked_at"])
    return Raised(fresh, anew)


def _raise(measure: Measure, alarms: Sequence[Alarm], actor: Actor, at: datetime) -> list[Alert]:
    made = Alert.objects.bulk_create((_alert(measure, one, at) for one in alarms), batch_size=_BATCH)
    AlertAct.objects.bulk_create(
        (
            AlertAct(alert=one, verb=AlertVerb.RAISED, count=one.count, upper=one.upper, is_over=True, at=at)
            for one in made
        ),
        batch_size=_BATCH,
    )
    for period_id in sorted({one.period_id for one in made}):
        rows = [one for one in made if one.period_id == period_id]
        digest = digest_rows(
            (one.unit_id, one.is_node, one.figure, one.count, one.expected, one.upper) for one in rows
        )
        subject = f"emergency.period:{period_id}"
        note(measure, "raise_alerts", subject, actor, at, alerts=len(rows), digest=digest)
    return made


def _alert(measure: Measure, alarm: Alarm, at: datetime) -> Alert:
    row, how = alarm.judged, alarm.watch.how
    assert row.count is not None  # noqa: S101 - an alarm has a count, what is expected, and a bound
    assert row.expected is not None  # noqa: S101
    assert row.upper is not None  # noqa: S101
    return Alert(
        measure=measure,
        period_id=alarm.period_id,
        unit_id=alarm.series.unit_id,
        is_node=alarm.series.is_node,
        path=alarm.path,
        figure=alarm.watch.figure,
        figure_label=alarm.watch.label,
        count=row.count,
        expected=repr(row.expected),
        upper=repr(row.upper),
        method=how.method,
        z=repr(how.z),
        least_sd=repr(how.least_sd),
        least_complete=how.least_complete,
        asked=alarm.told.asked,
        received=alarm.told.received,
        raised_at=at,
        now_count=row.count,
    )


def _reckon(measure: Measure, anew: Sequence[Anew], actor: Actor, at: datetime) -> list[Alert]:
    rows = Alert.objects.select_related("measure__plan", "period").in_bulk([one.alert_id for one in anew])
    for one in anew:
        alert = rows[one.alert_id]
        alert.now_count, alert.is_over = one.count, one.is_over
        Alert.objects.filter(pk=alert.pk).update(now_count=one.count, is_over=one.is_over)
        AlertAct.objects.create(
            alert=alert,
            verb=AlertVerb.RECKONED,
            count=one.count,
            upper="" if one.upper is None else repr(one.upper),
            is_over=one.is_over,
            at=at,
        )
        subject = f"emergency.alert:{alert.pk}"
        told: dict[str, int | bool] = {"above_bound": one.is_over}
        if one.count is not None:
            told["case_count"] = one.count
        note(measure, "reckon_alert", subject, actor, at, **told)
    return list(rows.values())


# What people do ------------------------------------------------------------------------------------


@transaction.atomic(savepoint=False)
def acknowledge_alert(*, alert_id: int, words: str, actor: Actor, at: datetime) -> Alert:
    """Take an alert on: somebody sees to it. The words are optional.

    Raises:
        Refusal: `alert_unknown`, `not_permitted`, `text_too_long`, `wrong_state`.

    """
    alert = found_alert(alert_id)
    by = require_seeing_to(alert, actor, at)
    told = said(words, "words", WORDS_LONGEST) if words.strip() else ""
    rows = Alert.objects.filter(pk=alert_id)
    ALERT.move_one(rows, "acknowledge", acknowledged_by=by, acknowledged_at=at)
    return _act(alert, "acknowledge_alert", AlertVerb.ACKNOWLEDGED, told, actor, at)


@transaction.atomic(savepoint=False)
def verify_alert(*, alert_id: int, is_true: bool | None, words: str, actor: Actor, at: datetime) -> Alert:
    """Say whether the rise is real, and how one knows.

    Raises:
        Refusal: `alert_unknown`, `not_permitted`, `signal_missing`, `words_missing`, `text_too_long`,
            `wrong_state`.

    """
    alert = found_alert(alert_id)
    by = require_seeing_to(alert, actor, at)
    if is_true is None:
        raise Refusal("signal_missing", _("Choose whether the rise is real."), field="signal")
    told = said(words, "words", WORDS_LONGEST)
    rows = Alert.objects.filter(pk=alert_id)
    ALERT.move_one(rows, "verify", is_true=is_true, verified_by=by, verified_at=at)
    verb = AlertVerb.TRUE if is_true else AlertVerb.FALSE
    return _act(alert, "verify_alert", verb, told, actor, at, true_signal=is_true)


@transaction.atomic(savepoint=False)
def close_alert(*, alert_id: int, outcome: str, words: str, actor: Actor, at: datetime) -> Alert:
    """Say what became of it; nothing follows.

    Raises:
        Refusal: `alert_unknown`, `not_permitted`, `wrong_state`, `outcome_unfit`, `words_missing`,
            `text_too_long`.

    """
    alert = found_alert(alert_id)
    by = require_office(actor, alert.measure.plan.unit_id, at)
    rows = Alert.objects.filter(pk=alert_id)
    ALERT.require(rows, "close")
    outcome_fits(outcome, is_true=bool(alert.is_true))
    told = said(words, "words", WORDS_LONGEST)
    ALERT.move_one(rows, "close", outcome=outcome, closed_by=by, closed_at=at)
    return _act(alert, "close_alert", AlertVerb.CLOSED, told, actor, at, alert_outcome=outcome)


@transaction.atomic(savepoint=False)
def note_alert(*, alert_id: int, words: str, actor: Actor, at: datetime) -> Alert:
    """Add a word to the timeline, in whatever state it is.

    Raises:
        Refusal: `alert_unknown`, `not_permitted`, `words_missing`, `text_too_long`.

    """
    alert = found_alert(alert_id)
    require_seeing_to(alert, actor, at)
    return _act(alert, "note_alert", AlertVerb.NOTED, said(words, "words", WORDS_LONGEST), actor, at)


def found_alert(alert_id: int) -> Alert:
    """Return an alert, with its plan.

    Raises:
        Refusal: `alert_unknown`.

    """
    row = Alert.objects.select_related("measure__plan", "period").filter(pk=alert_id).first()
    if row is None:
        raise Refusal("alert_unknown", _("There is no such alert. Open it from the list."))
    return row


def _act(  # noqa: PLR0917 - one line: of what, which, what it says, whose
    alert: Alert, verb: str, kind: AlertVerb, words: str, actor: Actor, at: datetime, **facts: str | bool
) -> Alert:
    AlertAct.objects.create(alert=alert, verb=kind, words=words or None, by_id=actor.user_id, at=at)
    note(alert.measure, verb, f"emergency.alert:{alert.pk}", actor, at, **facts)
    alert.refresh_from_db()
    return alert
