"""Reads of what is kept for how long: which rosters are due, and what would be erased with one."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Q

from songnuan.people.erasure import NO_FILE, alone, rows_left
from songnuan.people.models import LIVING, ImportStatus, Roster, RosterImport, RosterStatus
from songnuan.people.statements import Value, ask

_HERE: Final = """
SELECT person_id AS id FROM people_enrolment WHERE roster_id = %(roster)s
UNION SELECT person_id FROM people_familylink WHERE roster_id = %(roster)s
UNION SELECT relative_id FROM people_familylink WHERE roster_id = %(roster)s
UNION SELECT person_id FROM people_service WHERE roster_id = %(roster)s
"""

_ACTIVE: Final = f"""
SELECT COUNT(*) FROM ({_HERE}) AS h JOIN people_person AS p ON p.id = h.id AND p.status = 'active'
"""  # noqa: S608 - no value is put in

_STANDING: Final = f"""
SELECT p.id FROM ({_HERE}) AS h JOIN people_person AS p ON p.id = h.id AND p.status = 'active' ORDER BY p.id
"""  # noqa: S608 - no value is put in

# Who is told of in a roster that is kept on after the day `until` as well.
_STAYING: Final = f"""
SELECT COUNT(*) FROM (
  SELECT h.id FROM ({_HERE}) AS h
  INTERSECT
  SELECT t.id FROM (
    SELECT person_id AS id, roster_id FROM people_enrolment
    UNION ALL SELECT person_id, roster_id FROM people_familylink
    UNION ALL SELECT relative_id, roster_id FROM people_familylink
    UNION ALL SELECT person_id, roster_id FROM people_service
  ) AS t
  JOIN people_roster AS r ON r.id = t.roster_id
  WHERE r.id <> %(roster)s AND r.status IN ('open', 'closed')
    AND (r.retain_until IS NULL OR r.retain_until > %(until)s)
) AS w JOIN people_person AS p ON p.id = w.id AND p.status = 'active'
"""  # noqa: S608 - no value is put in

_ERASED: Final = f"""
SELECT p.key FROM ({_HERE}) AS h JOIN people_person AS p ON p.id = h.id AND p.status = 'erased'
ORDER BY p.id
"""  # noqa: S608 - no value is put in


@dataclass(frozen=True, slots=True)
class Outlook:
    """What becomes of the people of a roster: how many it tells of, and of them who goes and who stays.

    `staying` are those of whom a roster tells that is kept longer.
    """

    people: int
    going: int
    staying: int


@dataclass(frozen=True, slots=True)
class Due:
    """A roster whose time is over, or that is being erased already."""

    pk: int
    key: str
    title: str
    unit_id: int
    retain_until: date | None
    begun: bool


def due(on: date) -> list[Due]:
    """Return the rosters that are to be erased on a day, those begun first."""
    over = Q(status=RosterStatus.ERASING) | Q(status__in=LIVING, retain_until__lt=on)
    rows = [
        Due(
            pk=one.pk,
            key=one.key,
            title=one.title,
            unit_id=one.unit_id,
            retain_until=one.retain_until,
            begun=one.status == RosterStatus.ERASING,
        )
        for one in Roster.objects.filter(over).order_by("retain_until", "pk")
    ]
    return sorted(rows, key=lambda one: not one.begun)


def ending(on: date, days: int) -> list[Roster]:
    """Return the rosters whose time is over within so many days from a day, and not before it."""
    last = on + timedelta(days=days)
    soon = Roster.objects.filter(status__in=LIVING, retain_until__gte=on, retain_until__lte=last)
    return list(soon.order_by("retain_until", "pk"))


def outlook(roster_id: int, until: date) -> Outlook:
    """Return what becomes of the people of a roster that is erased when the day `until` is over."""
    values: dict[str, Value] = {"roster": roster_id, "until": until}
    [(people,)] = ask(_ACTIVE, {"roster": roster_id})
    others = Roster.objects.exclude(pk=roster_id).filter(status__in=LIVING)
    kept = others.filter(Q(retain_until=None) | Q(retain_until__gt=until))
    staying = ask(_STAYING, values)[0][0] if kept.exists() else 0
    return Outlook(people=people, going=people - staying, staying=staying)


def imports_to_erase(roster_id: int) -> list[RosterImport]:
    """Return the imports of a roster, with those that were brought before it was made."""
    key = Roster.objects.values_list("key", flat=True).get(pk=roster_id)
    return list(RosterImport.objects.filter(Q(roster=roster_id) | Q(roster_key=key)).order_by("pk"))


def imports_to_forget(before: datetime) -> list[str]:
    """Return the keys of the imports that came into no roster, and were given up before a moment."""
    given_up = Q(status__in=(ImportStatus.CANCELLED, ImportStatus.FAILED), touched_at__lt=before)
    rows = RosterImport.objects.filter(given_up, roster=None).exclude(file_name=NO_FILE)
    return list(rows.order_by("pk").values_list("key", flat=True))


def lingering(roster_id: int) -> list[int]:
    """Return who stands on a roster, on none that is kept, and is not erased: something is waited for."""
    found = ask(_STANDING, {"roster": roster_id})
    return list(alone([pk for (pk,) in found]))


def waits_alone(one: Roster) -> bool:
    """Return whether a roster is being erased, all it told is empty, and only people of it are waited for."""
    is_empty = one.status == RosterStatus.ERASING and not rows_left(one.pk)
    return is_empty and bool(lingering(one.pk))


def erased_keys(roster_id: int) -> list[str]:
    """Return the keys of the erased persons who had stood on a roster, in the order of their entry."""
    return [key for (key,) in ask(_ERASED, {"roster": roster_id})]
