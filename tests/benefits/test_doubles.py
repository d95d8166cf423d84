"""What of a list may be paid twice, held against a plain search of everything against everything."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benefits import double_oracle as oracle
from benefits.double_oracle import Man, Seen, Sum, World
from benefits.doubling import Doubling, empty
from benefits.register import Register, make_register
from benefits.union import SET, write
from songnuan.benefits.doubling import found_in
from songnuan.benefits.models import Reckoning, Settlement, StandardVersion

pytestmark = pytest.mark.django_db(transaction=True)
MEN = 6


def prepared() -> Doubling:
    """Return a register to be filled; what is the same for every world is made once a test."""
    if not StandardVersion.objects.exists():
        made = make_register()
        write(made.union, SET)
        _registers.append(made)
    return empty(_registers[-1], StandardVersion.objects.get())


_registers: list[Register] = []

names = st.one_of(
    st.sampled_from(["", "王芳", "王方", "王小芳", "王小方", "王大芳", "王小芳芳", "Ann", "Anna"]),
    st.text("王小芳", min_size=1, max_size=4),
)
few = st.sampled_from(["", "1", "1", "2"])


def number_of(at: int) -> st.SearchStrategy[str]:
    """Return a number of the active, each of whom has another one, or none."""
    return st.sampled_from(["", f"n{at}"])


@st.composite
def registers(draw: st.DrawFn) -> list[Man]:
    """Draw a few entries, the last of which may be merged into the first."""
    men = [
        Man(
            draw(names),
            draw(number_of(at)),
            draw(few),
            draw(few),
            draw(st.sampled_from(["", "1990-03-07", "1990-03-07", "1970-01-01"])),
        )
        for at in range(MEN - 1)
    ]
    into = draw(st.sampled_from([None, 0, 1, 2]))
    number = draw(st.sampled_from(["", "n0", "n3", "n9"])) if into is not None else ""
    return [*men, Man("王芳", number, into=into) if into is not None else Man(draw(names))]


lines = st.lists(
    st.builds(Sum, st.integers(0, MEN - 1), st.integers(0, MEN - 1), st.sampled_from([100_00, 200_00])),
    max_size=6,
    unique_by=lambda line: (line.payee, line.qualifier),
)
worlds = st.builds(
    World,
    men=registers(),
    own=lines,
    lists=st.lists(lines, max_size=2),
    settled=st.lists(st.tuples(st.integers(0, MEN - 1), st.just(50_00)), max_size=2),
    dead=st.lists(st.sampled_from([f"n{at}" for at in range(10)]), max_size=2),
)


@given(worlds)
def test_as_the_plain_search(world: World) -> None:
    there = prepared()
    there.fill(world)
    assert there.found() == oracle.find(world)


def kinds(men: Sequence[Man], own: Sequence[int], *lists: Sequence[int]) -> set[tuple[str, int, int]]:
    """Return the kinds that are found, with whom and against whom, of people paid for themselves."""
    world = World(men, [Sum(at, at, 1) for at in own], [[Sum(at, at, 1) for at in one] for one in lists])
    there = prepared()
    there.fill(world)
    found = there.found()
    assert found == oracle.find(world)
    return {(one.kind, world.own[one.line].payee, one.other) for one in found}


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (Man("王小芳", phone="1"), Man("王晓芳", phone="1"), "alike_name_phone"),
        (Man("王小芳", phone="1"), Man("王小芳", phone="1"), "alike_name_phone"),
        (Man("王小芳", phone="1"), Man("李大明", phone="1"), "same_phone"),
        (Man("王小芳", phone="1"), Man("小王芳", phone="1"), "same_phone"),
        (Man("王芳", phone="1"), Man("王方", phone="1"), "same_phone"),
        (
            Man("王芳", phone="1", birth="1990-01-01"),
            Man("王方", phone="1", birth="1990-01-01"),
            "alike_name_phone",
        ),
        (Man("王芳", account="1"), Man("王方", account="1"), "alike_name_account"),
        (Man("王芳", account="1"), Man("李明", account="1"), "same_account"),
        (Man("王芳", birth="1990-01-01"), Man("王方", birth="1990-01-01"), ""),
        (Man("王芳", birth="1990-01-01"), Man("王小芳", birth="1990-01-01"), ""),
        (Man("王芳", birth="1990-01-01"), Man("王芳", birth="1990-01-01"), "alike_name_birth"),
        (Man("王小芳", birth="1990-01-01"), Man("王小方", birth="1990-01-01"), "alike_name_birth"),
        (Man("王小芳", birth="1990-01-01"), Man("王小方", birth="1990-01-02"), ""),
        (Man("阿依古丽·买买提", account="1"), Man("阿依古丽买买提", account="1"), "alike_name_account"),
        (Man("", account="1"), Man("", account="1"), "same_account"),
    ],
)
def test_two_of_a_list_are_held_against_each_other_for_the_surest_reason(
    one: Man, other: Man, found: str
) -> None:
    assert kinds([one, other], [0, 1]) == ({(found, 1, 0)} if found else set())


def test_where_many_share_a_phone_each_is_held_against_the_first() -> None:
    office = [Man(name, phone="1") for name in ("王芳", "李明", "赵强", "孙丽")]
    assert kinds(office, [3, 1, 2, 0]) == {("same_phone", at, 0) for at in (1, 2, 3)}
    there = prepared()
    there.fill(World(office, [Sum(at, at, 1) for at in range(4)]))
    assert {one.sharing for one in there.found()} == {4}


def test_a_phone_shared_with_another_list_says_nothing_unless_the_names_are_alike() -> None:
    men = [Man("王小芳", phone="1"), Man("李大明", phone="1"), Man("王晓芳", phone="1")]
    assert kinds(men, [0], [1, 2]) == {("alike_name_phone", 0, 2)}


def test_the_same_person_in_two_lists_and_one_who_shares_the_account() -> None:
    men = [Man("王芳", account="1"), Man("李明", account="1")]
    assert kinds(men, [0], [0, 1]) == {("paid_elsewhere", 0, 0), ("same_account", 0, 1)}


def test_an_entry_that_was_merged_stands_for_the_one_it_was_merged_into() -> None:
    men = [Man("王芳"), Man("王方", into=0), Man("李明", "n3"), Man("李名", "n3", into=0)]
    assert kinds(men, [0, 2], [1]) == {("paid_elsewhere", 0, 0), ("same_number", 2, 0)}


def test_lines_without_a_sum_and_lists_that_do_not_count_are_left_out() -> None:
    men = [Man("王芳"), Man("李明")]
    there = prepared()
    there.fill(World(men, [Sum(0, 0, 0), Sum(1, 1, 1)], [[Sum(0, 0, 1), Sum(1, 1, 1)]]))
    assert {one.kind for one in there.found()} == {"paid_elsewhere"}
    Reckoning.objects.filter(pk=there.lists[0].pk).update(is_dropped=True)
    assert there.reckoning is not None
    found_in(there.reckoning)
    assert there.found() == set()


def test_what_is_shared_by_many_stands_beside_a_surer_reason() -> None:
    """Else two of three would not be told of each other once the third is taken out."""
    men = [Man("王小芳", account="1"), Man("王晓芳", account="1"), Man("李明", account="1")]
    assert kinds(men, [0, 1, 2]) == {
        ("alike_name_account", 1, 0),
        ("same_account", 1, 0),
        ("same_account", 2, 0),
    }


def test_settled_by_the_same_standard_is_deducted_and_no_finding() -> None:
    there = prepared()
    reckoning = there.fill(World([Man("王芳")], [Sum(0, 0, 1)], settled=[(0, 50)]))
    assert there.found() == {Seen(0, "settled_elsewhere", 0, None, 50)}
    Settlement.objects.update(standard=reckoning.version.standard)
    found_in(reckoning)
    assert there.found() == set()
