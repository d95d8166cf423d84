"""The tree of units on any day is what it was on that day."""

from dataclasses import dataclass, field
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from organisation.house_samples import House, acting, at, holder, on, open_unit, refused
from songnuan.audit.models import Entry
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.refusal import Refusal
from songnuan.organisation import actions
from songnuan.organisation.checks import verify
from songnuan.organisation.models import Unit, UnitKind, UnitLink, UnitRecord
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import (
    changes,
    contact_of,
    subtree,
    unit_by_name,
    unit_ids,
    unit_names,
    unit_views,
    units_by_name,
)

pytestmark = pytest.mark.django_db


def below(unit_id: int, day: int) -> set[int]:
    return set(subtree(unit_id, on(day)).values_list("pk", flat=True))


def test_a_new_unit_is_found_below_all_above_it_from_its_day_on(house: House) -> None:
    assert below(house.bureau, 1) == house.all
    assert below(house.center, 1) == {house.center, house.desk}
    assert below(house.bureau, 0) == set()
    assert UnitLink.objects.get(ancestor=house.bureau, descendant=house.desk).depth == 2


def test_a_unit_that_moves_takes_all_below_it_and_leaves_the_past_as_it_was(house: House) -> None:
    with acting():
        assert actions.change_unit(unit_id=house.center, parent_id=house.channel, actor=SYSTEM, at=at(5))
    assert below(house.channel, 4) == {house.channel}
    assert below(house.channel, 5) == {house.channel, house.center, house.desk}
    assert below(house.bureau, 4) == below(house.bureau, 5) == house.all
    live = UnitLink.objects.get(ancestor=house.bureau, descendant=house.desk, ends_on=None)
    assert (live.depth, live.starts_on) == (3, on(5))
    assert verify(on(4)) == verify(on(5)) == []


def test_a_unit_can_become_the_top_of_its_own_tree(house: House) -> None:
    with acting():
        actions.change_unit(unit_id=house.center, parent_id=None, actor=SYSTEM, at=at(3))
    assert below(house.bureau, 3) == house.all - {house.center, house.desk}
    assert below(house.center, 3) == {house.center, house.desk}
    assert verify(on(3)) == []


def test_a_unit_cannot_be_placed_below_itself_or_below_one_of_its_own(house: House) -> None:
    for parent in (house.center, house.desk):
        with refused("under_itself"):
            actions.change_unit(unit_id=house.center, parent_id=parent, actor=SYSTEM, at=at(2))


def test_a_change_closes_the_old_record_and_keeps_what_was_known_before(house: House) -> None:
    with acting():
        actions.change_unit(
            unit_id=house.lock, name="东港船闸管理中心", contact_name="赵守江", contact_phone="199 0000 0001",
            staff_count=12, actor=SYSTEM, at=at(4),
        )  # fmt: skip
    assert unit_names([house.lock], on(3)) == {house.lock: "东港船闸管理所"}
    assert unit_names([house.lock], on(4)) == {house.lock: "东港船闸管理中心"}
    assert contact_of(house.lock, on(3)).phone == ""
    contact = contact_of(house.lock, on(4))
    assert (contact.name, contact.phone) == ("赵守江", "19900000001")
    first, second = UnitRecord.objects.filter(unit=house.lock).order_by("pk")
    assert (first.ends_on, second.starts_on, second.ends_on) == (on(4), on(4), None)
    assert first.contact_phone_index == "" != second.contact_phone_index


def test_facts_that_hold_already_open_no_record(house: House) -> None:
    with acting():
        assert not actions.change_unit(unit_id=house.lock, name=" 东港 船闸管理所", actor=SYSTEM, at=at(4))
    assert UnitRecord.objects.filter(unit=house.lock).count() == 1
    assert not Entry.objects.filter(action="organisation.change_unit").exists()


def test_two_changes_on_one_day_leave_the_second_and_an_empty_period(house: House) -> None:
    for name in ("甲所", "乙所"):
        with acting():
            actions.change_unit(unit_id=house.lock, name=name, actor=SYSTEM, at=at(4))
    assert unit_names([house.lock], on(4)) == {house.lock: "乙所"}
    middle = UnitRecord.objects.get(unit=house.lock, name="甲所")
    assert middle.starts_on == middle.ends_on == on(4)
    assert verify(on(4)) == []


def test_the_past_is_not_rewritten(house: House) -> None:
    with acting():
        actions.change_unit(unit_id=house.center, parent_id=house.channel, actor=SYSTEM, at=at(5))
        actions.change_unit(unit_id=house.lock, name="甲所", actor=SYSTEM, at=at(5))
    with refused("before_last_change"):
        actions.change_unit(unit_id=house.lock, name="乙所", actor=SYSTEM, at=at(4))
    with refused("before_last_change"):
        actions.change_unit(unit_id=house.channel, parent_id=house.audit, actor=SYSTEM, at=at(4))
    with refused("before_last_change"):
        actions.create_unit(name="新所", kind="department", parent_id=house.desk, actor=SYSTEM, at=at(4))


def test_a_closed_unit_stays_in_the_days_before(house: House) -> None:
    with acting():
        actions.close_unit(unit_id=house.desk, actor=SYSTEM, at=at(6))
    assert house.desk in below(house.bureau, 5)
    assert house.desk not in below(house.bureau, 6)
    assert below(house.desk, 6) == set()
    assert unit_by_name("中心办公室", on(5)) == Unit.objects.get(pk=house.desk)
    assert unit_by_name("中心办公室", on(6)) is None
    assert Unit.objects.get(pk=house.desk).closed_on == on(6)
    with refused("unit_not_open"):
        actions.change_unit(unit_id=house.desk, name="甲", actor=SYSTEM, at=at(7))
    with refused("unit_not_open"):
        actions.close_unit(unit_id=house.desk, actor=SYSTEM, at=at(7))
    with refused("unit_not_open"):
        actions.create_unit(name="甲", kind="department", parent_id=house.desk, actor=SYSTEM, at=at(7))
    with pytest.raises(Refusal, match="not open on that day"):
        contact_of(house.desk, on(6))
    assert verify(on(6)) == []


def test_a_unit_closes_only_when_it_stands_empty(house: House) -> None:
    with refused("unit_has_units"):
        actions.close_unit(unit_id=house.center, actor=SYSTEM, at=at(2))
    holder("liaison", Role.LEAD_LIAISON, house.channel)
    with refused("unit_has_posts"):
        actions.close_unit(unit_id=house.channel, actor=SYSTEM, at=at(2))
    with acting():
        actions.pair_units(
            purpose="visits", rows=[actions.PairRow(house.lock, house.audit)], actor=SYSTEM, at=at(2)
        )
    for unit in (house.lock, house.audit):
        with refused("unit_has_pairs"):
            actions.close_unit(unit_id=unit, actor=SYSTEM, at=at(2))


def test_two_open_units_at_one_place_have_two_names_and_a_closed_one_frees_its_name(house: House) -> None:
    with refused("name_taken"):
        actions.create_unit(name="航道处", kind="department", parent_id=house.bureau, actor=SYSTEM, at=at(2))
    with refused("name_taken"):
        actions.create_unit(name="澄江省水运管理局", kind="bureau", parent_id=None, actor=SYSTEM, at=at(2))
    with refused("name_taken"):
        actions.change_unit(unit_id=house.audit, name="航道处", actor=SYSTEM, at=at(2))
    with refused("name_taken"):
        actions.create_unit(
            name="中心 办公室", kind="department", parent_id=house.center, actor=SYSTEM, at=at(2)
        )
    with acting():
        actions.close_unit(unit_id=house.audit, actor=SYSTEM, at=at(2))
        actions.create_unit(name="审计处", kind="department", parent_id=house.bureau, actor=SYSTEM, at=at(2))
    assert verify(on(2)) == []


def test_entries_that_cannot_be_are_refused_with_their_field(house: House) -> None:
    wrong = {
        "name": ("", "name_missing"),
        "kind": ("village", "kind_unknown"),
        "category": ("长" * 61, "text_too_long"),
        "contact_phone": ("12345", "phone_invalid"),
        "staff_count": (-1, "number_invalid"),
    }
    for column, (value, code) in wrong.items():
        told = {"name": "新所", "kind": "front_line", column: value}
        with refused(code):
            actions.create_unit(parent_id=house.bureau, actor=SYSTEM, at=at(2), **told)  # type: ignore[arg-type]  # of mixed kinds on purpose
    for key, code in {"Not A Key": "key_invalid", "bureau": "key_taken"}.items():
        with refused(code):
            actions.create_unit(
                name="新所", kind="front_line", parent_id=house.bureau, key=key, actor=SYSTEM, at=at(2)
            )
    with refused("opened_later"):
        actions.create_unit(
            name="新所", kind="front_line", parent_id=house.bureau, opened_on=on(3), actor=SYSTEM, at=at(2)
        )


def test_a_unit_that_stood_before_it_was_entered_is_there_from_its_own_day(house: House) -> None:
    old = open_unit("老所", "front_line", house.bureau, day=9, opened_on=on(3))
    assert old in below(house.bureau, 3)
    assert old not in below(house.bureau, 2)
    with refused("before_last_change"):
        actions.create_unit(
            name="更老", kind="front_line", parent_id=house.bureau, opened_on=on(0), actor=SYSTEM, at=at(9)
        )


def test_only_who_imports_units_over_the_place_changes_it(house: House) -> None:
    officer = holder("officer", Role.PROGRAMME_OFFICER, house.center)
    with acting():
        actions.create_unit(name="新室", kind="department", parent_id=house.center, actor=officer, at=at(2))
        actions.change_unit(unit_id=house.desk, name="中心综合室", actor=officer, at=at(2))
    for act in (
        lambda: actions.create_unit(name="甲", kind="bureau", parent_id=None, actor=officer, at=at(2)),
        lambda: actions.create_unit(
            name="甲", kind="department", parent_id=house.bureau, actor=officer, at=at(2)
        ),
        lambda: actions.change_unit(unit_id=house.lock, name="甲", actor=officer, at=at(2)),
        lambda: actions.change_unit(unit_id=house.desk, parent_id=house.channel, actor=officer, at=at(2)),
        lambda: actions.close_unit(unit_id=house.audit, actor=officer, at=at(2)),
    ):
        with refused("not_permitted"):
            act()


def test_names_are_looked_up_all_at_once_however_they_are_spaced(
    house: House, django_assert_num_queries: object
) -> None:
    names = ["航道处", " 审 计 处 ", "东江航道中心", "不存在处"]
    with django_assert_num_queries(1):  # type: ignore[operator]  # a fixture of pytest-django
        found = units_by_name(names, on(1), under=house.bureau, kinds=[UnitKind.DEPARTMENT])
    assert found == {"航道处": house.channel, " 审 计 处 ": house.audit}


def test_a_name_two_units_bear_names_neither_until_the_place_is_told(house: House) -> None:
    twin = open_unit("审计处", "department", house.center)
    assert unit_by_name("审计处", on(1)) is None
    assert units_by_name(["审计处"], on(1)) == {}
    assert unit_by_name("审计处", on(1), under=house.center) == Unit.objects.get(pk=twin)
    assert unit_ids(["审计处", "航道处", "不存在处"], on(1)) == {
        "审计处": {house.audit, twin},
        "航道处": {house.channel},
    }


def test_changes_are_counted_so_that_others_know_whether_all_stands_where_it_stood(house: House) -> None:
    before = changes()
    assert changes() == before
    with acting():
        actions.change_unit(unit_id=house.lock, category="船闸", actor=SYSTEM, at=at(3))
    assert changes() > before


def test_units_are_shown_as_they_were_on_the_day(house: House) -> None:
    with acting():
        actions.change_unit(unit_id=house.lock, category="船闸", staff_count=7, actor=SYSTEM, at=at(3))
    front = subtree(house.bureau, on(3), [UnitKind.FRONT_LINE])
    views = unit_views(front, on(3))
    assert [view.unit_id for view in views] == [house.lock, house.station, house.gate]
    assert (views[0].category, views[0].staff_count, views[0].parent_id) == ("船闸", 7, house.bureau)
    assert [view.category for view in unit_views(front, on(2))] == ["", "", ""]


def test_personal_columns_do_not_stand_in_the_table_as_text(house: House) -> None:
    with acting():
        actions.change_unit(
            unit_id=house.lock, address="沿江路1号", contact_name="赵守江", actor=SYSTEM, at=at(2)
        )
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("SELECT address, contact_name FROM organisation_unitrecord WHERE ends_on IS NULL")
        stored = "".join(text for row in cursor.fetchall() for text in row)
    assert "沿江" not in stored
    assert "赵守江" not in stored


def test_the_database_itself_refuses_a_second_open_record_and_a_second_open_link(house: House) -> None:
    for row in (
        UnitRecord(unit_id=house.lock, name="乙", kind="front_line", starts_on=on(2)),
        UnitRecord(unit_id=house.lock, name="乙", kind="village", starts_on=on(2), ends_on=on(3)),
        UnitRecord(unit_id=house.lock, name="乙", kind="front_line", starts_on=on(2), ends_on=on(1)),
        UnitLink(ancestor_id=house.bureau, descendant_id=house.lock, depth=1, starts_on=on(2)),
        UnitLink(ancestor_id=house.audit, descendant_id=house.lock, depth=0, starts_on=on(2)),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()


# A slow and obvious tree ------------------------------------------------------------------------


@dataclass
class Oracle:
    """For each unit the periods of its places: from, to (None: open), parent (None: top)."""

    places: dict[int, list[tuple[date, date | None, int | None]]] = field(default_factory=dict)

    def parent(self, unit: int, day: date) -> int | None:
        """Return what the unit stood below on the day."""
        return next(
            parent for start, end, parent in self.places[unit] if start <= day and (end is None or day < end)
        )

    def stands(self, unit: int, day: date) -> bool:
        """Return whether the unit was open on the day."""
        return any(start <= day and (end is None or day < end) for start, end, _parent in self.places[unit])

    def below(self, unit: int, day: date) -> set[int]:
        """Return the unit and all below it on the day, asked for again and again until no more come."""
        found = {unit} if self.stands(unit, day) else set()
        while True:
            more = {
                other
                for other in self.places
                if self.stands(other, day) and other not in found and self.parent(other, day) in found
            }
            if not more:
                return found
            found |= more

    def end(self, unit: int, day: date) -> None:
        """End the open period of the unit."""
        start, end, parent = self.places[unit].pop()
        assert end is None
        self.places[unit].append((start, day, parent))


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["open", "move", "close"]),
        st.integers(0, 7),
        st.integers(0, 7),
        st.integers(-1, 2),
    ),
    min_size=1,
    max_size=14,
)


@given(steps=STEPS)
def test_after_any_changes_every_day_has_the_tree_it_had(steps: list[tuple[str, int, int, int]]) -> None:
    with transaction.atomic():
        _run(steps)
        transaction.set_rollback(True)


def _run(steps: list[tuple[str, int, int, int]]) -> None:
    oracle, units = Oracle(), [open_unit("甲0", "bureau")]
    oracle.places[units[0]] = [(on(1), None, None)]
    day = last = 1
    for number, (verb, one, other, later) in enumerate(steps, start=1):
        day = max(1, day + later)
        unit, parent = units[one % len(units)], units[other % len(units)]
        try:
            with acting():
                if verb == "open":
                    made = actions.create_unit(
                        name=f"甲{number}", kind="department", parent_id=parent, actor=SYSTEM, at=at(day)
                    )
                    units.append(made.pk)
                    oracle.places[made.pk] = [(on(day), None, parent)]
                elif verb == "close":
                    actions.close_unit(unit_id=unit, actor=SYSTEM, at=at(day))
                    oracle.end(unit, on(day))
                elif actions.change_unit(unit_id=unit, parent_id=parent, actor=SYSTEM, at=at(day)):
                    oracle.end(unit, on(day))
                    oracle.places[unit].append((on(day), None, parent))
        except Refusal as refusal:
            now = on(last)  # what stands on the last day is what is open
            allowed = {
                "before_last_change": day < last,
                "under_itself": parent in oracle.below(unit, now),
                "unit_has_units": len(oracle.below(unit, now)) > 1,
                "unit_not_open": not (oracle.stands(unit, now) and oracle.stands(parent, now)),
            }
            assert allowed[refusal.code], refusal  # noqa: PT017 - which refusal is right depends on the step
        last = max(last, day)
    for probe in range(last + 2):
        for unit in units:
            assert below(unit, probe) == oracle.below(unit, on(probe))
        assert verify(on(probe)) == []
