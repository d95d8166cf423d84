"""Who has not reported is reminded, and those above hear of it, as the plan's ladder says (逐级催报).

Nothing is kept but the notices themselves: who is missing is read from the slots each time.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.emergency.models import Member, ReportPeriod, ReportSlot, SlotStatus
from songnuan.emergency.report_access import liaisons_of
from songnuan.emergency.report_queries import KIND
from songnuan.jobs.queries import is_sent
from songnuan.journeys.base import alone_at_fault, long_journey, step
from songnuan.journeys.report_periods import period_name
from songnuan.journeys.report_settings import Rung, SituationReportsSettings, settings_of
from songnuan.journeys.telling import NAME_SHOWN, listed, tell
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.organisation.models import User
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, holders, names_then
from songnuan.organisation.rules import live
from songnuan.plans.models import MeasureStatus

_BACK = timedelta(days=2)
"""After which time nobody is told of a rung any more: a worker that stood still does not shout."""
_MOST = timedelta(minutes=2880)


@dataclass(frozen=True, slots=True)
class _Round:
    """One rung of the ladder that a period has reached, and who is missing then."""

    period: ReportPeriod
    settings: SituationReportsSettings
    place: int
    rung: Rung
    slots: Sequence[ReportSlot]
    at: datetime

    @property
    def key(self) -> str:
        """What makes its notices these and no others."""
        return f"situation.rung:{self.period.pk}:{self.place}"

    @property
    def name(self) -> str:
        """What the period is called."""
        return period_name(self.period, self.settings.rhythm)


@long_journey
def remind_of_reports(*, actor: Actor, at: datetime) -> int:
    """Leave the notices of every rung that was reached, once each; return how many units were spoken of."""
    told, failed = 0, list[Exception]()
    rows = ReportPeriod.objects.filter(
        measure__kind=KIND,
        measure__status=MeasureStatus.OPEN,
        starts_at__lte=at,
        due_at__gt=at - _BACK - _MOST,
    )
    for period in rows.select_related("measure__plan").order_by("due_at"):
        settings = settings_of(period.measure)
        for place, rung in enumerate(settings.ladder):
            moment = period.due_at + timedelta(minutes=rung.after)
            if not moment <= at < moment + _BACK:
                continue
            with alone_at_fault(failed, f"period {period.pk}, rung {place}"), step():
                told += _climb(period, settings, place, rung, actor, at)
    if failed:
        raise ExceptionGroup("rungs that could not be told", failed)
    return told


def _climb(  # noqa: PLR0917 - one rung: of what, which, for whom
    period: ReportPeriod,
    settings: SituationReportsSettings,
    place: int,
    rung: Rung,
    actor: Actor,
    at: datetime,
) -> int:
    slots = list(ReportSlot.objects.filter(period=period, status=SlotStatus.OPEN, is_excused=False))
    if not slots:
        return 0
    each = _Round(period, settings, place, rung, slots, at)
    if is_sent(f"{each.key}:"):
        return 0  # those who are missing grow fewer only: whoever had to hear of it has
    _WHOM[rung.whom](each, actor)
    return len(slots)


def _liaisons(each: _Round, actor: Actor) -> None:
    """Remind the units themselves."""
    names = names_then([slot.unit_id for slot in each.slots], day_of(each.at))
    by_unit = liaisons_of([slot.unit_id for slot in each.slots], each.at)
    for slot in each.slots:
        words = partial(_own_words, each, names.get(slot.unit_id, "")[:NAME_SHOWN])
        _tell(each, by_unit.get(slot.unit_id, ()), words, f"/situation/slots/{slot.pk}/", slot.unit_id, actor)


def _parents(each: _Round, actor: Actor) -> None:
    """Tell the units above which of theirs are missing."""
    below: dict[int, list[int]] = {}
    for slot in each.slots:
        below.setdefault(slot.parent_id, []).append(slot.unit_id)
    by_unit = liaisons_of(list(below), each.at)
    for parent, units in below.items():
        url = f"/situation/periods/{each.period.pk}/?node={parent}&show=missing"
        _tell(each, by_unit.get(parent, ()), partial(_missing_words, each, units), url, parent, actor)


def _office(each: _Round, actor: Actor) -> None:
    """Tell the emergency office."""
    plan = each.period.measure.plan
    readers = holders(Permission.EMERGENCY_MANAGE, plan.unit_id, each.at)
    _tell_above(each, readers, actor)


def _group(each: _Round, actor: Actor) -> None:
    """Tell the leading group of the plan; where it has none, the office, who knows whom to tell."""
    plan, day = each.period.measure.plan, day_of(each.at)
    members = Member.objects.filter(live(day), measure__plan=plan).values("user")
    group = User.objects.filter(is_active=True, pk__in=members).order_by("pk")
    if not group.exists():
        return _office(each, actor)
    return _tell_above(each, group, actor)


_WHOM: dict[str, Callable[[_Round, Actor], None]] = {
    "liaison": _liaisons,
    "parent": _parents,
    "office": _office,
    "group": _group,
}


def _tell_above(each: _Round, readers: Iterable[User], actor: Actor) -> None:
    units = [slot.unit_id for slot in each.slots]
    url = f"/situation/periods/{each.period.pk}/?show=missing"
    _tell(each, readers, partial(_missing_words, each, units), url, each.period.measure.plan.unit_id, actor)


def _tell(  # noqa: PLR0917 - one notice: of what, to whom, which
    each: _Round,
    readers: Iterable[User],
    words: Callable[[], tuple[str, str]],
    url: str,
    unit_id: int,
    actor: Actor,
) -> None:
    tell(
        readers,
        words,
        topic=f"situation.{each.rung.whom}",
        key=f"{each.key}:{unit_id}",
        url=url,
        plan=each.period.measure.plan.title,
        actor=actor,
        at=each.at,
    )


def _own_words(each: _Round, unit: str) -> tuple[str, str]:
    due = each.period.due_at.astimezone(CHINA).strftime("%H:%M")
    facts = {"unit": unit, "period": each.name, "due": due}
    if each.at <= each.period.due_at:
        title = _("Report by %(due)s: %(unit)s, %(period)s")
    else:
        title = _("Report is missing: %(unit)s, %(period)s")
    return title % facts, _("If nothing happened, two taps report that all is safe.")


def _missing_words(each: _Round, units: Sequence[int]) -> tuple[str, str]:
    names = names_then(units, day_of(each.period.starts_at))
    title = ngettext(
        "%(count)s unit has not reported, %(period)s",
        "%(count)s units have not reported, %(period)s",
        len(units),
    )
    facts = {"count": len(units), "period": each.name}
    return title % facts, listed([names[unit] for unit in units if unit in names])
