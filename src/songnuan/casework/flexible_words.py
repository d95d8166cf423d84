"""Sentences on flexible work: why the family data allow it or not, and how somebody works."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from songnuan.casework.flexible_models import FlexibleForm
from songnuan.casework.flexible_rules import Ground, Kin, Limits, Spouse, Terms, Verdict, years
from songnuan.kernel.days import written

_RUN = 3
"""From how many days in a row on they are written as from and to."""


def kin_words(kin: Kin, on: date) -> str:
    """Return a child or elder with the age: 张*宝（8岁）."""
    if kin.birth_on is None:
        return kin.name
    return _("%(name)s (%(years)s)") % {"name": kin.name, "years": years(kin.birth_on, on)}


def reason_words(verdict: Verdict, limits: Limits, on: date) -> str:
    """Return why somebody may ask for flexible work, or may not, in a sentence that they understand."""
    match verdict.ground:
        case Ground.SERVES:
            return _("The employee is at the front; flexible work is for who stays at home.")
        case Ground.NO_SPOUSE:
            return _("The register knows no spouse.")
        case Ground.SPOUSE_HOME:
            return _home(verdict.spouse)
    served = _served(verdict.spouse)
    facts = {"service": served, "child": limits.child_years, "elder": limits.elder_years}
    match verdict.ground:
        case Ground.NOBODY:
            sentence = _(
                "%(service)s; but the register knows no child under %(child)s and no elder of %(elder)s or"
                " more at home."
            )
        case Ground.CARED_FOR:
            sentence = _("%(service)s; but %(carers)s can look after %(who)s.")
        case _:
            sentence = _("%(service)s; nobody else of the household can look after %(who)s.")
    who = verdict.alone or verdict.needy
    return sentence % {
        **facts,
        "carers": _and(verdict.carers),
        "who": _and(kin_words(one, on) for one in who),
    }


def mend_words(verdict: Verdict) -> str:
    """Return what would change a verdict; empty where it is the wished one."""
    if verdict.is_eligible:
        return ""
    if verdict.lacking:
        sentence = _("The register lacks the date of birth of %(who)s: correct the register if it matters.")
        return sentence % {"who": _and(one.name for one in verdict.lacking)}
    return {
        Ground.SERVES: _("It can be asked for when this service is over."),
        Ground.NO_SPOUSE: _("Is there a spouse? Bring the family in with a roster of families."),
        Ground.SPOUSE_HOME: _("Is the spouse at the front? Bring the service in with a roster of service."),
        Ground.NOBODY: _("Is a child or an elder missing? Bring the family in with a roster of families."),
        Ground.CARED_FOR: _("Is that not so? Correct the register, or ask for an exception and say why."),
    }[verdict.ground]


def _served(spouse: Spouse | None) -> str:
    """Return since when, until when and where the spouse is at the front."""
    if spouse is None or spouse.from_on is None:
        return ""
    facts = {"name": spouse.name, "place": spouse.place, "first": written(spouse.from_on, "full")}
    if spouse.until is None:
        return _("The spouse %(name)s is at the front (%(place)s) since %(first)s") % facts
    sentence = _("The spouse %(name)s is at the front (%(place)s) from %(first)s to %(last)s")
    return sentence % {**facts, "last": written(spouse.until, "full")}


def _home(spouse: Spouse | None) -> str:
    if spouse is None or spouse.served_until is None:
        return _("The spouse is not at the front now.")
    sentence = _("The spouse is not at the front now: the service ended on %(day)s.")
    return sentence % {"day": written(spouse.served_until, "full")}


def _and(some: Iterable[str]) -> str:
    """Return names one after the other."""
    return pgettext("between names", ", ").join(some)


def weekdays_words(weekdays: str) -> str:
    """Return days of the week in words: 周一、周三; 周一至周五."""
    names = (
        pgettext("weekday", "Mon"),
        pgettext("weekday", "Tue"),
        pgettext("weekday", "Wed"),
        pgettext("weekday", "Thu"),
        pgettext("weekday", "Fri"),
        pgettext("weekday", "Sat"),
        pgettext("weekday", "Sun"),
    )
    first, last = int(weekdays[:1] or 0), int(weekdays[-1:] or 0)
    if last - first + 1 == len(weekdays) >= _RUN:
        return _("%(first)s to %(last)s") % {"first": names[first - 1], "last": names[last - 1]}
    return _and(names[int(day) - 1] for day in weekdays)


def clock(minutes: int) -> str:
    """Return a time of the day."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def terms_words(terms: Terms) -> str:
    """Return how somebody works, in one line."""
    days = weekdays_words(terms.weekdays)
    match terms.form:
        case FlexibleForm.HOURS if terms.begins is not None and terms.ends is not None:
            sentence = _("%(days)s from %(begins)s to %(ends)s")
            return sentence % {"days": days, "begins": clock(terms.begins), "ends": clock(terms.ends)}
        case FlexibleForm.REMOTE:
            return _("from home: %(days)s") % {"days": days}
        case _:
            return _("rota: %(pattern)s") % {"pattern": terms.pattern}
