"""Finds entries of the register that may be one person.

Persons are brought together by what they share (a phone, an account, a birth date, a name) and compared
within such a group alone. Nothing is read of what is sealed: blind indexes say what is the same.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from itertools import combinations, groupby
from typing import Final, NamedTuple

from django.db.models import Count, Q, QuerySet
from rapidfuzz.distance import Levenshtein

from songnuan.documents.headings import simplified
from songnuan.kernel.bulk import chunks
from songnuan.kernel.identity import IdentityKind
from songnuan.people.models import OPEN, FamilyLink, Person, PersonStatus, Reason

MOST: Final = 20_000
"""Pairs kept of one search, the likeliest first: nobody looks through more."""

_CROWD: Final = 40  # who shares something with more people than this is compared by the whole name alone
_FEW: Final = 4  # a phone of more people than this is that of an office
_NAMESAKES: Final = 4  # a name that more people bear says nothing by itself
_LONG_NAME: Final = 3  # of shorter names, one character in common says nothing
_GENERATION: Final = 12 * 365  # days between the births of parent and child, at the least
_IN: Final = 10_000

_WEIGHTS: Final = {
    Reason.SAME_ACCOUNT: 60,
    Reason.SAME_NAME_BIRTH: 60,
    Reason.ALIKE_NAME_PHONE: 70,
    Reason.ALIKE_NAME_BIRTH: 35,
    Reason.SAME_PHONE: 30,
    Reason.SAME_NAME_NO_NUMBER: 30,
}
_SAME_NAME: Final = 15
_OTHER_NAME: Final = -30
_OTHER_NUMBER: Final = -30
_OTHER_BIRTH: Final = -20
_SURE: Final = 99

_RESIDENT: Final = frozenset({"", IdentityKind.RESIDENT.value})


class Face(NamedTuple):
    """What of a person is compared. `loose` says that no identity card's number is known."""

    pk: int
    name: str
    birth_on: date | None
    number: str
    loose: bool
    phone: str
    shared: object


@dataclass(frozen=True, slots=True)
class Found:
    """Two persons who may be one, the earlier entry first, why, and how likely it is (1 to 99)."""

    first: int
    second: int
    reasons: tuple[str, ...]
    score: int


Pair = tuple[Face, Face]
_Why = dict[tuple[int, int], tuple[Pair, set[Reason]]]


def find(since: datetime | None = None) -> list[Found]:
    """Return the pairs of active persons who may be one, the likeliest first; at most `MOST`.

    Args:
        since: Only among people who share something with one entered or changed at this time or later.

    """
    why: _Why = {}
    for search in (_by_phone, _by_account, _by_birth, _by_name):
        search(why, since)
    kin = _kin(pair for pair, reasons in why.values() if reasons == {Reason.SAME_PHONE})
    found = [
        Found(*key, tuple(sorted(reason.value for reason in reasons)), score(pair, reasons))
        for key, (pair, reasons) in why.items()
        if reasons != {Reason.SAME_PHONE} or key not in kin
    ]
    return sorted(found, key=lambda one: (-one.score, one.first, one.second))[:MOST]


def alike(one: str, other: str) -> bool:
    """Return whether two names may be one: in other characters, or mistyped in one of three or more."""
    if one == other:
        return True
    one, other = _plain(one), _plain(other)
    return one == other or (
        min(len(one), len(other)) >= _LONG_NAME
        and Levenshtein.distance(one, other, score_cutoff=1) <= 1
        and (one[0] == other[0] or one[1:] == other[1:])
    )


def score(pair: Pair, reasons: set[Reason]) -> int:
    """Return how likely two persons are one, 1 to 99."""
    one, other = pair
    points = sum(_WEIGHTS[reason] for reason in reasons)
    if _plain(one.name) == _plain(other.name):
        points += _SAME_NAME
    elif not alike(one.name, other.name):
        points += _OTHER_NAME if Reason.SAME_ACCOUNT in reasons else 0
    if one.number and other.number:
        points += _OTHER_NUMBER
    if _differ(one.birth_on, other.birth_on):
        points += _OTHER_BIRTH
    return max(1, min(points, _SURE))


# What brings two together ------------------------------------------------------------------------


def _by_phone(why: _Why, since: datetime | None) -> None:
    for group in _groups("phone_index", Q(phone_index__gt=""), since):
        few = len(group) <= _FEW
        for one, other in _pairs(group):
            if alike(one.name, other.name):
                if not _generation(one, other):
                    _note(why, one, other, Reason.ALIKE_NAME_PHONE)
            elif few and (one.loose or other.loose) and not _differ(one.birth_on, other.birth_on):
                _note(why, one, other, Reason.SAME_PHONE)


def _by_account(why: _Why, since: datetime | None) -> None:
    for group in _groups("account_index", Q(account_index__gt=""), since):
        for one, other in _pairs(group):
            if alike(one.name, other.name) or len(group) <= _FEW:
                _note(why, one, other, Reason.SAME_ACCOUNT)


def _by_birth(why: _Why, since: datetime | None) -> None:
    """Compare who was born on one day; two identity cards are two people."""
    for born in _groups("birth_on", Q(birth_on__isnull=False), since, among=_loose()):
        by_name = sorted(born, key=lambda face: _plain(face.name))
        for _surname, namesakes in groupby(by_name, key=lambda face: _plain(face.name)[:1]):
            for one, other in _pairs(list(namesakes)):
                if (one.loose or other.loose) and alike(one.name, other.name):
                    same = _plain(one.name) == _plain(other.name)
                    reason = Reason.SAME_NAME_BIRTH if same else Reason.ALIKE_NAME_BIRTH
                    _note(why, one, other, reason)


def _by_name(why: _Why, since: datetime | None) -> None:
    """Compare namesakes of whom one has no number, as long as nothing speaks against it."""
    for group in _groups("name", Q(name__gt=""), since, among=Q(id_index="")):
        if len(group) > _NAMESAKES:
            continue
        for one, other in combinations(group, 2):
            told_apart = _differ(one.birth_on, other.birth_on) or _differ(one.phone, other.phone)
            if not (one.number and other.number) and not told_apart:
                _note(why, one, other, Reason.SAME_NAME_NO_NUMBER)


def _groups(shared: str, known: Q, since: datetime | None, among: Q | None = None) -> Iterator[list[Face]]:
    """Yield the active persons who have a value in common, value by value.

    Args:
        shared: The column.
        known: Where it says something.
        since: Only groups of which one changed since then.
        among: Only groups of which one is like this.

    """
    persons = Person.objects.filter(known, status=PersonStatus.ACTIVE)
    rows = persons
    if since is not None:
        rows = rows.filter(**{f"{shared}__in": persons.filter(changed_at__gte=since).values(shared)})
    elif among is None:
        several = persons.values(shared).annotate(number=Count("pk")).filter(number__gt=1)
        rows = rows.filter(**{f"{shared}__in": several.values(shared)})
    if among is not None:
        rows = rows.filter(**{f"{shared}__in": persons.filter(among).values(shared)})
    for _value, faces in groupby(_faces(rows, shared), key=lambda face: face.shared):
        yield list(faces)


def _faces(rows: QuerySet[Person], shared: str) -> Iterator[Face]:
    columns = ("pk", "name", "birth_on", "id_index", "id_kind", "phone_index", shared)
    found = rows.order_by(shared, "pk").values_list(*columns)
    for pk, name, birth_on, number, kind, phone, value in found.iterator(chunk_size=_IN):
        yield Face(pk, name, birth_on, number, not number or kind not in _RESIDENT, phone, value)


def _loose() -> Q:
    return Q(id_index="") | ~Q(id_kind__in=_RESIDENT)


def _pairs(group: list[Face]) -> Iterator[Pair]:
    """Yield the pairs of a group; in a crowd, of those with one name alone."""
    if len(group) <= _CROWD:
        yield from combinations(group, 2)
        return
    by_name = sorted(group, key=lambda face: _plain(face.name))
    for _name, faces in groupby(by_name, key=lambda face: _plain(face.name)):
        some = list(faces)
        if len(some) <= _CROWD:
            yield from combinations(some, 2)


def _note(why: _Why, one: Face, other: Face, reason: Reason) -> None:
    first, second = (one, other) if one.pk < other.pk else (other, one)
    why.setdefault((first.pk, second.pk), ((first, second), set()))[1].add(reason)


def _kin(pairs: Iterable[Pair]) -> set[tuple[int, int]]:
    """Return which of the pairs are family, the lower id first."""
    asked = {person.pk for pair in pairs for person in pair}
    found: set[tuple[int, int]] = set()
    for some in chunks(sorted(asked), _IN):
        links = FamilyLink.objects.filter(OPEN, person__in=some).values_list("person_id", "relative_id")
        found |= {(min(link), max(link)) for link in links}
        links = FamilyLink.objects.filter(OPEN, relative__in=some).values_list("person_id", "relative_id")
        found |= {(min(link), max(link)) for link in links}
    return found


def _differ(one: object, other: object) -> bool:
    """Return whether both are known and not the same."""
    return bool(one) and bool(other) and one != other


def _generation(one: Face, other: Face) -> bool:
    """Return whether two were born so far apart that one may be the other's parent."""
    if one.birth_on is None or other.birth_on is None:
        return False
    return abs((one.birth_on - other.birth_on).days) >= _GENERATION


@lru_cache(maxsize=100_000)
def _plain(name: str) -> str:
    """Return a name in Simplified characters, each for itself: that is a table, and quick."""
    return name if name.isascii() else "".join(map(_simplified, name))


@cache
def _simplified(character: str) -> str:
    return simplified(character) or character
