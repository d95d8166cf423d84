"""Reads for the impact assessment: what the system itself knows, what gives cause for concern, versions."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from statistics import median
from typing import Final

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from songnuan.audit.queries import TrailRow, done, entries, entries_with
from songnuan.kernel import keys as installation_keys
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted
from songnuan.kernel.sealed import count_under_old_key
from songnuan.kernel.workdays import CalendarEnds, workdays_between
from songnuan.organisation.access import ROTATED
from songnuan.organisation.models import Installation, UnitRecord, User
from songnuan.organisation.permissions import ROLE_PERMISSIONS, Permission, Role
from songnuan.organisation.queries import day_of, posts_held, require, scope, unit_names
from songnuan.organisation.rules import live
from songnuan.people import corrections
from songnuan.people.assessment import (
    CorrectionFact,
    DueFact,
    ErasureFact,
    Facts,
    FieldFact,
    HolderFact,
    KeyFact,
    LookFact,
    OutflowFact,
    RoleFact,
    RosterFact,
    ShownFact,
)
from songnuan.people.columns import SEALED
from songnuan.people.concerns import Concern, concerns
from songnuan.people.models import (
    OPEN,
    STANDING,
    Assessment,
    Correction,
    CorrectionStatus,
    Enrolment,
    FamilyLink,
    Person,
    PersonStatus,
    Roster,
    RosterStatus,
    Service,
)
from songnuan.people.purposes import CONTACT, IN_FULL, LOOK, UNMASKED
from songnuan.people.queries.beside import kept_beside, sealed_columns
from songnuan.people.rules import minor_after
from songnuan.people.statements import ask
from songnuan.records.rules import MAKE_PAPER

LOOKED_BACK: Final = timedelta(days=90)
WAYS: Final[Mapping[str, str]] = {
    "report": "people.report",
    "code": "people.issue_code",
    "own_view": "people.open_own_view",
    "download": "people.take_own_view",
}
"""How facts of people leave the house, each with the act that the trail has of it; papers come beside."""

_SOON: Final = timedelta(days=30)
_RENEWED_AFTER: Final = timedelta(days=365)
_WATCHED: Final = frozenset(
    {
        Permission.PEOPLE_VIEW,
        Permission.PEOPLE_IMPORT,
        Permission.PEOPLE_SHOW,
        Permission.PEOPLE_MERGE,
        Permission.PRIVACY_MANAGE,
    }
)
# A roster is of one kind, and on one of people everybody stands once.
_STANDING: Final = """
SELECT t.roster_id, COUNT(*), SUM(
  CASE WHEN p.birth_on > %(minor_after)s OR (p.birth_on IS NULL AND p.restricted) THEN 1 ELSE 0 END
) FROM (
  SELECT roster_id, person_id AS id FROM people_enrolment WHERE ends_on IS NULL
  UNION ALL SELECT roster_id, id FROM (
    SELECT roster_id, person_id AS id FROM people_familylink WHERE ends_on IS NULL
    UNION SELECT roster_id, relative_id FROM people_familylink WHERE ends_on IS NULL
    UNION SELECT roster_id, person_id FROM people_service WHERE withdrawn_on IS NULL
  ) AS k
) AS t JOIN people_person AS p ON p.id = t.id
GROUP BY t.roster_id
"""
_OF_PERSON: Final = ("name", "sex", "birth_on", "id_number", "phone", "account", "bank", "address")
_OF_ENROLMENT: Final = ("post", "rank", "category", "employee_number", "note")


def require_whole(actor: Actor, at: datetime) -> None:
    """Let pass who may judge of the whole register: PRIVACY_MANAGE over every unit that keeps a roster.

    Raises:
        NotPermitted: `not_permitted`, or `assessment_part` for whom it is granted over a part alone.

    """
    require(actor, Permission.PRIVACY_MANAGE, at=at)
    if not reaches_whole(actor, at):
        sentence = _(
            "The assessment is of all rosters of the house, and your posts reach only some of them. "
            "Ask an administrator for the post of privacy officer at the unit above."
        )
        raise NotPermitted("assessment_part", sentence, permission=Permission.PRIVACY_MANAGE.value)


def reaches_whole(actor: Actor, at: datetime) -> bool:
    """Return whether no roster of a unit that is open stands outside of what the actor watches over."""
    if actor.is_system:
        return True
    reached = scope(actor, Permission.PRIVACY_MANAGE, at).order_by().values("pk")
    still_open = Q(unit__closed_on__isnull=True) | Q(unit__closed_on__gt=day_of(at))
    return not Roster.objects.filter(still_open).exclude(unit__in=reached).exists()


def facts(at: datetime) -> Facts:
    """Return everything the system itself knows for an assessment on the day of `at`."""
    on = day_of(at)
    counts = _persons(on)
    listed = _rosters(on)
    tops = UnitRecord.objects.filter(live(on), parent=None).order_by("unit_id")
    return Facts(
        day=on.isoformat(),
        since=day_of(at - LOOKED_BACK).isoformat(),
        house=list(tops.values_list("name", flat=True)),
        rosters=listed,
        persons=counts["active"],
        minors=counts["minors"],
        fields=_fields(counts),
        roles=_roles(on),
        holders=_holders(on),
        looks=_looks(at),
        beside=kept_beside(),
        shown=_shown(at),
        corrections=_corrections(on),
        erasures=_erasures(listed, counts["erased"], on),
        keys=_keys(),
        outflow=_outflow(at),
        papers=_papers(at),
    )


def concerns_of(told: Facts) -> list[Concern]:
    """Return what gives cause for concern in facts."""
    return concerns(
        rosters=told["rosters"],
        holders=told["holders"],
        looks=told["looks"],
        corrections=told["corrections"],
        on=date.fromisoformat(told["day"]),
    )


def concerns_on(at: datetime) -> list[Concern]:
    """Return the concerns of the day of `at`, without counting through the register for the other facts."""
    on = day_of(at)
    return concerns(
        rosters=_rosters(on),
        holders=_holders(on),
        looks=_looks(at),
        corrections=_corrections(on),
        on=on,
    )


def versions() -> QuerySet[Assessment]:
    """Return the signed versions, the newest first."""
    return Assessment.objects.select_related("made_by").order_by("-number")


def version(number: int) -> Assessment | None:
    """Return a signed version."""
    return versions().filter(number=number).first()


def is_stale(newest: Assessment | None, at: datetime) -> bool:
    """Return whether it is time for another version: none is signed, or the newest is older than a year."""
    return newest is None or newest.made_at + _RENEWED_AFTER < at


def looks(*, before: int | None = None, size: int) -> list[TrailRow]:
    """Return the next `size` looks at numbers in full, the newest first: people, contacts, papers."""
    return entries_with(IN_FULL, before=before, size=size)


def _rosters(on: date) -> list[RosterFact]:
    people, minors = _counts(on)
    rows = list(Roster.objects.order_by("title", "pk"))
    units = unit_names({row.unit_id for row in rows}, on)
    return [
        RosterFact(
            key=row.key,
            title=row.title,
            kind=row.kind,
            unit=units.get(row.unit_id, ""),
            status=row.status,
            purpose=row.purpose,
            legal_ground=row.legal_ground,
            notice=row.notice,
            created_on=day_of(row.created_at).isoformat(),
            retain_until=row.retain_until.isoformat() if row.retain_until else None,
            people=people.get(row.pk, 0),
            minors=minors.get(row.pk, 0),
        )
        for row in rows
    ]


def _counts(on: date) -> tuple[dict[int, int], dict[int, int]]:
    """Return how many persons stand on each roster, each of them once, and how many are minors."""
    rows = ask(_STANDING, {"minor_after": minor_after(on)})
    people = {roster: number for roster, number, _minors in rows}
    return people, {roster: minors for roster, _number, minors in rows}


def _persons(on: date) -> dict[str, int]:
    """Return how many persons there are, how many of them are minors, and of how many each field is told."""
    active = Q(status=PersonStatus.ACTIVE)
    minor = Q(birth_on__gt=minor_after(on)) | Q(birth_on=None, restricted=True)
    told = {
        field: Count("pk", filter=active & (Q(**{f"{field}__isnull": False}) & _not_empty(field)))
        for field in _OF_PERSON
    }
    counted: dict[str, int] = Person.objects.aggregate(
        active=Count("pk", filter=active),
        minors=Count("pk", filter=active & minor),
        erased=Count("pk", filter=Q(status=PersonStatus.ERASED)),
        **told,
    )
    return counted


def _not_empty(field: str) -> Q:
    """Return the condition that a text is not empty; what is sealed or a day is only null or not."""
    return Q() if field in SEALED or field == "birth_on" else ~Q(**{field: ""})


def _fields(counts: Mapping[str, int]) -> list[FieldFact]:
    enrolled: dict[str, int] = Enrolment.objects.filter(OPEN).aggregate(
        **{field: Count("pk", filter=_not_empty(field)) for field in _OF_ENROLMENT}
    )
    links, served = FamilyLink.objects.filter(OPEN).count(), Service.objects.filter(STANDING).count()
    told = {field: counts[field] for field in _OF_PERSON} | enrolled | {"relation": links, "place": served}
    return [FieldFact(field=field, sealed=field in SEALED, held=held) for field, held in told.items()]


def _roles(on: date) -> list[RoleFact]:
    holding: dict[Role, set[int]] = defaultdict(set)
    for post in _posts(on):
        holding[post[1]].add(post[0])
    return [
        RoleFact(role=role.value, users=len(holding[role]), may=_sorted(granted & _WATCHED))
        for role, granted in ROLE_PERMISSIONS.items()
        if granted & _WATCHED
    ]


def _holders(on: date) -> list[HolderFact]:
    """Return who lets people in or watches over the rosters, and also works with them."""
    held: dict[int, frozenset[Permission]] = defaultdict(frozenset)
    for user_id, role in _posts(on):
        held[user_id] |= ROLE_PERMISSIONS[role]
    both = {
        user_id: may
        for user_id, may in held.items()
        if may & {Permission.PRIVACY_MANAGE, Permission.ACCOUNT_MANAGE}
        and may & {Permission.PEOPLE_SHOW, Permission.PEOPLE_IMPORT}
    }
    names = dict(User.objects.filter(pk__in=both).values_list("pk", "name"))
    return [
        HolderFact(
            user=f"user:{pk}", name=names[pk], may=_sorted(may & (_WATCHED | {Permission.ACCOUNT_MANAGE}))
        )
        for pk, may in sorted(both.items())
    ]


def _posts(on: date) -> list[tuple[int, Role]]:
    """Return the posts held by those who may sign in: user and role."""
    active = set(User.objects.filter(is_active=True).values_list("pk", flat=True))
    return [(post.user_id, post.role) for post in posts_held(on) if post.user_id in active]


def _sorted(permissions: frozenset[Permission]) -> list[str]:
    return sorted(permission.value for permission in permissions)


def _looks(at: datetime) -> list[LookFact]:
    names: dict[str, str] = {}
    days: dict[str, Counter[date]] = defaultdict(Counter)
    for look in done({LOOK}, at - LOOKED_BACK):
        names[look.actor_key] = look.actor
        days[look.actor_key][day_of(look.at)] += 1
    rows = []
    for key, per_day in days.items():
        most, day = max((number, day) for day, number in per_day.items())
        rows.append(
            LookFact(user=key, name=names[key], looks=per_day.total(), most=most, day=day.isoformat())
        )
    return sorted(rows, key=lambda row: (-row["looks"], row["user"]))


def _shown(at: datetime) -> list[ShownFact]:
    """Return who looked up contacts and made papers in full, whoever did most of it first."""
    since = at - LOOKED_BACK
    contacts, papers = done({CONTACT}, since), done({MAKE_PAPER}, since, holding=UNMASKED)
    names = {one.actor_key: one.actor for one in (*contacts, *papers)}
    counts = [Counter(one.actor_key for one in acts) for acts in (contacts, papers)]
    rows = [
        ShownFact(user=key, name=name, contacts=counts[0][key], papers=counts[1][key])
        for key, name in names.items()
    ]
    return sorted(rows, key=lambda row: (-row["contacts"] - row["papers"], row["user"]))


def _corrections(on: date) -> CorrectionFact:
    counts: Counter[str] = Counter()
    late, took = 0, []
    for status, asked_at, answered_at in Correction.objects.values_list("status", "asked_at", "answered_at"):
        counts[status] += 1
        if answered_at is not None:
            took.append(_workdays(day_of(asked_at), day_of(answered_at)))
        elif on > corrections.due_on(day_of(asked_at)):
            late += 1
    return CorrectionFact(
        open=counts[CorrectionStatus.ASKED],
        late=late,
        accepted=counts[CorrectionStatus.ACCEPTED],
        declined=counts[CorrectionStatus.DECLINED],
        median=float(median(took)) if took else None,
    )


def _workdays(first: date, last: date) -> int:
    """Return the working days between; beyond the calendar's end five of seven days."""
    try:
        return workdays_between(first, last)
    except CalendarEnds:
        return (last - first).days * 5 // 7


def _erasures(listed: list[RosterFact], persons: int, on: date) -> ErasureFact:
    erased = [row for row in listed if row["status"] == RosterStatus.ERASED]
    soon = (on + _SOON).isoformat()
    due = [
        DueFact(key=row["key"], title=row["title"], day=row["retain_until"])
        for row in listed
        if row["status"] != RosterStatus.ERASED and row["retain_until"] and row["retain_until"] <= soon
    ]
    return ErasureFact(
        rosters=len(erased), persons=persons, due=sorted(due, key=lambda row: (row["day"], row["key"]))
    )


def _keys() -> KeyFact:
    installation_keys.forget()  # the key may have been renewed by another process
    known = installation_keys.keys()
    return KeyFact(
        current=known.seal_current,
        since=_key_since(known),
        keys=len(known.seal),
        old=_under_old_keys() if len(known.seal) > 1 else 0,
    )


def _key_since(known: installation_keys.Keys) -> str | None:
    newest = next(iter(entries(stream="organisation", action=ROTATED, size=1)), None)
    if newest is not None and newest.facts.get("key") == known.seal_current:
        return day_of(newest.at).isoformat()
    house = Installation.objects.first()
    if len(known.seal) > 1 or house is None:
        return None
    return day_of(house.created_at + timedelta(seconds=house.clock_offset_seconds)).isoformat()


def _under_old_keys() -> int:
    """Return how many sealed values of the house are still under an older key."""
    return sum(count_under_old_key(field.model, field.name) for field in sealed_columns())


def _outflow(at: datetime) -> list[OutflowFact]:
    counts = Counter(one.action for one in done(set(WAYS.values()), at - LOOKED_BACK))
    return [OutflowFact(way=way, count=counts[action]) for way, action in WAYS.items()]


def _papers(at: datetime) -> list[OutflowFact]:
    since = at - LOOKED_BACK
    made, full = len(done({MAKE_PAPER}, since)), len(done({MAKE_PAPER}, since, holding=UNMASKED))
    return [
        OutflowFact(way="papers_full", count=full),
        OutflowFact(way="papers_masked", count=made - full),
    ]
