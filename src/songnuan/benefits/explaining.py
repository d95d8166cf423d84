"""How a sum came about, in sentences that the person it is for understands."""

from collections.abc import Iterator

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from songnuan.benefits.models import Blocked
from songnuan.benefits.reckoning import Counted
from songnuan.benefits.standards import By, Standard
from songnuan.benefits.trying import Reckoned
from songnuan.kernel.money import yuan


def rule_of(standard: Standard, found: Reckoned) -> str:
    """Return the keys of the rows that count, in the order of the standard: "once, direct"."""
    return ", ".join(standard.parts[line.part].rows[line.place].key for line in found.counted)


def reason_of(standard: Standard, found: Reckoned) -> str:
    """Return why it is this sum: each row with its days, and what each limit took."""
    between = "" if (get_language() or "").startswith("zh") else " "
    return between.join(_sentences(standard, found))


def _sentences(standard: Standard, found: Reckoned) -> Iterator[str]:
    if not found.counted:
        yield _("No day counts: none lies within the standard, is not paid elsewhere, and meets a row.")
        return
    if found.is_blocked:
        names = "、".join(
            row.label
            for line in found.counted
            for row in [standard.parts[line.part].rows[line.place]]
            if row.is_open
        )
        yield _("The amount of “%(row)s” is still to be decided: nothing is paid before.") % {"row": names}
        return
    yield "；".join(_line(standard, line) for line in found.counted) + pgettext("end of sentence", ".")
    taken = found.reckoned_minor - found.after_settled_minor
    if taken:
        sentence = _("%(taken)s yuan were paid for it already and are deducted.")
        if standard.cap_time_minor is not None:
            sentence = _("%(taken)s yuan were paid for it, or cut off, at other times and are deducted.")
        yield sentence % {"taken": yuan(taken)}
    taken = found.after_settled_minor - found.after_time_minor
    if taken:
        limit = yuan(standard.cap_time_minor or 0)
        yield _("At most %(limit)s yuan a time: %(taken)s less.") % {"limit": limit, "taken": yuan(taken)}
    family = found.after_time_minor if found.after_family_minor is None else found.after_family_minor
    if found.shared:
        yield _shared(found.shared, family)
    taken = family - found.amount_minor
    if taken and not found.waits:
        limit = yuan(standard.cap_year_minor or 0)
        yield _("At most %(limit)s yuan a year: %(taken)s less.") % {"limit": limit, "taken": yuan(taken)}


def _shared(question: str, minor: int) -> str:
    """Return what the plan's answer on families made of a sum."""
    if minor:
        return _("Several of the family could have it and share it: %(sum)s yuan of it.") % {
            "sum": yuan(minor)
        }
    if question == Blocked.COUPLE:
        return _("The household gets it once by the plan's answer: another line of it is paid.")
    return _("It is paid once by the plan's answer: another of the family gets it.")


def _line(standard: Standard, line: Counted) -> str:
    """Return what one row gave: “直接接触：300.00元×10天＝3,000.00元”."""
    part = standard.parts[line.part]
    row = part.rows[line.place]
    halves = 2 if part.by == By.HALF_DAY else 1
    facts = {
        "row": row.label,
        "each": yuan(row.worth_minor),
        "number": f"{line.number / halves:g}",
        "sum": yuan(round(row.worth_minor * line.number / halves)),
    }
    match part.by:
        case By.ONCE:
            return _("%(row)s: %(each)s yuan once") % facts
        case By.MONTH:
            return _("%(row)s: %(each)s yuan × %(number)s months = %(sum)s yuan") % facts
        case _:
            return _("%(row)s: %(each)s yuan × %(number)s days = %(sum)s yuan") % facts
