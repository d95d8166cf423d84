"""What two rosters tell alike: each keeps whom it tells of, whichever of them is erased first."""

from collections.abc import Sequence

import pytest

from people_builders import Row, at, bring, everything, on, open_unit, seen
from songnuan.audit.checks import verify as verify_trail
from songnuan.journeys.erase_rosters import erase_rosters
from songnuan.kernel.actor import SYSTEM
from songnuan.people.checks import verify
from songnuan.people.models import FamilyLink, Person, PersonStatus, Roster, Service

pytestmark = pytest.mark.django_db(transaction=True)

ZHANG = {"name": "张三", "id_number": "110101199003071233"}
WIFE = {**ZHANG, "relation": "spouse", "relative_name": "赵六", "relative_id_number": "440524188001010014"}
FRONT = {**ZHANG, "place": "东江大桥卡口", "starts_on": "2020-03-01"}


@pytest.fixture
def top(transactional_db: None) -> int:  # noqa: ARG001 - the journey commits
    """A hospital with one employee, whose roster of staff is kept for long; returns its id."""
    unit = open_unit("澄江医院", "bureau")
    bring("people", "people", [ZHANG], 2, unit_id=unit).apply()
    return unit


def tell(key: str, kind: str, rows: Sequence[Row], day: int, top: int) -> dict[str, int]:
    """Bring a file into a roster; return what its preview counts."""
    steps = bring(key, kind, rows, day, unit_id=top)
    counts = seen(steps.key)
    steps.apply()
    return counts


def erase(key: str) -> None:
    """Let the time of a roster be over on 10 April, and erase it in the night."""
    Roster.objects.filter(key=key).update(retain_until=on(10))
    erase_rosters(actor=SYSTEM, at=at(11, 1))
    found = [*verify(on(11)), *verify_trail()]
    assert [finding for finding in found if finding.code != "staged_left"] == []


def active() -> set[str]:
    """Return the names of who is active."""
    return set(Person.objects.filter(status=PersonStatus.ACTIVE).values_list("name", flat=True))


@pytest.mark.parametrize("note", ["", "夜间联系"])
@pytest.mark.parametrize("first", ["one", "other"])
def test_a_relative_on_two_rosters_is_erased_with_the_last(top: int, first: str, note: str) -> None:
    tell("one", "families", [WIFE], 3, top)
    tell("other", "families", [{**WIFE, "note": note} if note else WIFE], 4, top)
    standing = FamilyLink.objects.get(ends_on=None)
    assert (standing.roster.key, standing.note) == ("other", note)
    erase(first)
    assert active() == {"张三", "赵六"}
    erase("other" if first == "one" else "one")
    assert active() == {"张三"}


@pytest.mark.parametrize("first", ["one", "other"])
def test_who_served_on_two_rosters_is_erased_with_the_last(top: int, first: str) -> None:
    number = "11010519491231002X"
    volunteer = {**FRONT, "name": "李四", "id_number": number}
    tell("one", "service", [volunteer], 3, top)
    tell("other", "service", [volunteer], 4, top)
    assert Service.objects.get(withdrawn_on=None).roster.key == "other", "counted once"
    erase(first)
    assert active() == {"张三", "李四"}
    erase("other" if first == "one" else "one")
    assert active() == {"张三"}


@pytest.mark.parametrize(("kind", "row"), [("families", WIFE), ("service", FRONT)])
def test_files_of_two_rosters_by_turns_leave_one_row_behind_in_each(top: int, kind: str, row: Row) -> None:
    for day, key in enumerate(("one", "other", "one", "other", "one"), start=3):
        assert tell(key, kind, [row], day, top)["accepted"] == 1
    table = FamilyLink if kind == "families" else Service
    ends = "ends_on" if kind == "families" else "withdrawn_on"
    rows = table._default_manager.order_by("roster__key", "-pk").values_list("roster__key", ends)
    assert [(key, end is None) for key, end in rows] == [("one", False), ("one", True), ("other", False)]
    before = everything(Person, FamilyLink, Service)
    assert tell("one", kind, [row], 9, top) == {"rows": 1, "accepted": 1, "unchanged": 1}
    assert everything(Person, FamilyLink, Service) == before
    assert verify(on(9)) == []
