"""Sentences: which rule a visit breaks and what to do, why one has no place, how a proposal was made."""

from collections.abc import Iterable, Mapping

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from songnuan.kernel.days import written
from songnuan.visits.scheduling.breaks import Break, Rule
from songnuan.visits.scheduling.proposing import Method, Why


def clock_words(minute: int) -> str:
    """Return a time of the day: 545 is 09:05."""
    return f"{minute // 60:02}:{minute % 60:02}"


def broken_words(broken: Iterable[Break], names: Mapping[int, str]) -> list[str]:
    """Return a sentence for each rule that is broken; `names` are the units' by id."""
    return [_sentence(one) % _facts(one, names) for one in broken]


def _sentence(one: Break) -> str:
    if one.rule == Rule.DAY_OFF and one.day is None:
        return _("Nobody works on this day. Choose a working day.")
    return _sentences()[one.rule]


def _facts(one: Break, names: Mapping[int, str]) -> dict[str, object]:
    begins, ends = one.hours
    return {
        "unit": names.get(one.other or 0, ""),
        "minutes": one.minutes,
        "hours": f"{clock_words(begins)}–{clock_words(ends)}",
        "days": _("、").join(str(WEEKDAYS[day]) for day in one.weekdays),
        "day": written(one.day) if one.day else "",
    }


def _sentences() -> Mapping[Rule, str]:
    return {
        Rule.DAY_OFF: _("Nobody works on this day. The next working day is %(day)s."),
        Rule.AFTER_DEADLINE: _("The day is after the deadline %(day)s. Ask for it as a later day."),
        Rule.UNIT_CLOSED: _("The unit is closed on this day. It is open on: %(days)s."),
        Rule.OUTSIDE_HOURS: _(
            "The unit is open %(hours)s, not for the whole of the visit. Choose a time within its hours."
        ),
        Rule.AT_REST: _("The visit runs into the rest at noon, %(hours)s. Begin earlier, or after it."),
        Rule.TEAM_HOURS: _("The team is on its way %(hours)s. Choose a time within these hours."),
        Rule.OTHER_LEAD: _("The team belongs to another lead office. Choose one of this unit's lead."),
        Rule.TOO_MANY: _("The team has as many visits on this day as it makes. Choose another day or team."),
        Rule.TWO_AT_ONCE: _("At that time the team is at %(unit)s. Choose another time."),
        Rule.ON_THE_WAY: _(
            "From or to %(unit)s %(minutes)s minutes are lacking on the way. Leave more time."
        ),
        Rule.NO_CAR: _("The team has no car, and the unit is not in its district. Choose a team with a car."),
        Rule.CAR_OUT: _("The lead office's shared car is out with another team on this day."),
        Rule.OTHER_DISTRICT: _("On this day the team goes to another district too: more time on the way."),
    }


def rule_words() -> Mapping[Rule, str]:
    """Return the name of each rule, as for the trail."""
    return {
        Rule.DAY_OFF: _("day off"),
        Rule.AFTER_DEADLINE: _("after the deadline"),
        Rule.UNIT_CLOSED: _("unit closed"),
        Rule.OUTSIDE_HOURS: _("outside the unit's hours"),
        Rule.AT_REST: _("rest at noon"),
        Rule.TEAM_HOURS: _("outside the team's hours"),
        Rule.OTHER_LEAD: _("another lead's team"),
        Rule.TOO_MANY: _("too many visits in a day"),
        Rule.TWO_AT_ONCE: _("two visits at once"),
        Rule.ON_THE_WAY: _("too little time on the way"),
        Rule.NO_CAR: _("no car"),
        Rule.CAR_OUT: _("car out with another team"),
        Rule.OTHER_DISTRICT: _("another district on the same day"),
    }


def why_words(why: Why | str) -> str:
    """Return why a visit has no place in a proposal, and what to do."""
    sentences = {
        Why.DEADLINE_OVER: _("No working day is left before its deadline. Ask for a later day."),
        Why.FIXED_DAY: _("It is pinned to a day or time at which it cannot be made. Unpin it, or move it."),
        Why.NO_CAR: _("No team of its lead has a car, and it is in another district. Give a team a car."),
        Why.TEAM_DISTRICT: _(
            "No team of its lead has a car, and none has a district. Choose the teams' districts, or give a"
            " team a car."
        ),
        Why.UNIT_DISTRICT: _(
            "No team of its lead has a car, and nobody knows its district. Enter it, or give a team a car."
        ),
        Why.CLOSED: _("The unit is open on no working day before its deadline. Check its hours."),
        Why.TOO_SHORT: _("The unit's hours and the teams' do not meet for a whole visit. Check both."),
        Why.NO_ROOM: _("The days of its lead's teams are full. Add a team or allow more visits a day."),
    }
    return sentences[Why(why)]


def method_words(method: Method | str, *, is_best: bool) -> str:
    """Return how a proposal was made."""
    if method == Method.GREEDY:
        return _(
            "Greedy arrangement: no solver is installed, or none was wanted."
            " It breaks no rule, but may use more days."
        )
    if is_best:
        return _("Arranged by the solver: nothing better is possible under these rules.")
    return _("Arranged by the solver within its time; a little better may be possible.")
