"""Who is proposed as the helper of which family: somebody of the same unit first, and nobody with many more.

Pure: the same families and helpers always give the same proposal, in whatever order they come.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Family:
    """A family without a helper, the unit it belongs to, and who declined it."""

    case_id: int
    unit_id: int
    declined: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may help, the units of their posts, and how many families they have already."""

    user_id: int
    units: frozenset[int]
    load: int = 0


def propose(families: Iterable[Family], candidates: Iterable[Candidate]) -> dict[int, int]:
    """Return a helper for each family by id of the case; a family that everybody declined has none.

    Who works at the unit of the family stands before who does not. Beyond that nobody has two families more
    than another who could take one of them without standing behind.
    """
    helpers = {one.user_id: one for one in sorted(candidates, key=lambda one: one.user_id)}
    asked = sorted(families, key=lambda one: one.case_id)
    load = Counter({pk: one.load for pk, one in helpers.items()})
    found: dict[int, int] = {}
    near = [(one, pool) for one in asked if (pool := _near(one, helpers))]
    far = [(one, pool) for one in asked if not _near(one, helpers) and (pool := _able(one, helpers))]
    for family, pool in (*near, *far):
        chosen = min(pool, key=lambda pk: (load[pk], pk))
        found[family.case_id] = chosen
        load[chosen] += 1
    pools = {family.case_id: pool for family, pool in (*near, *far)}
    while move := _unfair(found, pools, load):
        case_id, to = move
        load[found[case_id]] -= 1
        load[to] += 1
        found[case_id] = to
    return found


def _able(family: Family, helpers: Mapping[int, Candidate]) -> list[int]:
    """Return who has not declined the family."""
    return [pk for pk in helpers if pk not in family.declined]


def _near(family: Family, helpers: Mapping[int, Candidate]) -> list[int]:
    """Return who of them works at the unit of the family."""
    return [pk for pk in _able(family, helpers) if family.unit_id in helpers[pk].units]


def _unfair(
    found: Mapping[int, int], pools: Mapping[int, Collection[int]], load: Mapping[int, int]
) -> tuple[int, int] | None:
    """Return a family and who takes it instead of somebody with two families more; None where all is fair.

    Each such move makes the sum of the squares of the loads smaller, so that they come to an end.
    """
    for case_id in sorted(found):
        to = min(pools[case_id], key=lambda pk: (load[pk], pk))
        if load[found[case_id]] >= load[to] + 2:
            return case_id, to
    return None
