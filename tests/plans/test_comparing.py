"""Two versions side by side: by clause keys, word by word."""

from collections.abc import Iterable
from difflib import SequenceMatcher
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from plans.plan_samples import plan
from songnuan.plans.aligning import Budget, in_order, likeness, steps_between
from songnuan.plans.comparing import Mark, Piece, compare, side_by_side, words

GONE, NEW, SAME = Mark.GONE, Mark.NEW, Mark.SAME


def test_the_same_text_has_no_difference() -> None:
    assert compare(plan(), plan()).is_same


def test_a_reworded_clause_shows_the_characters_that_differ_and_figures_as_a_whole() -> None:
    found = compare(plan(), plan(("原则上4月21日前完成", "原则上4月15日前完成")))
    (row,) = found.changed
    assert (row.key, row.mark, row.moved) == ("schedule", Mark.CHANGED, False)
    assert row.before[1] == (Piece(SAME, "原则上4月"), Piece(GONE, "21"), Piece(SAME, "日前完成。"))
    assert row.after[1] == (Piece(SAME, "原则上4月"), Piece(NEW, "15"), Piece(SAME, "日前完成。"))
    assert row.after[2] == (Piece(SAME, "确需延后的，说明理由。"),)


def test_a_renumbered_clause_is_the_same_clause() -> None:
    (row,) = compare(plan(), plan(("number: （二）", "number: （三）"))).changed
    assert (row.key, row.mark) == ("schedule", Mark.CHANGED)
    assert row.heading == "（三）时限"


def test_clauses_that_came_and_went_stand_at_their_place() -> None:
    added = "  - key: extra\n    number: （三）\n    title: 补充\n    text: 另行通知。\n  - key: goods\n"
    found = compare(plan(), plan(("  - key: goods\n", added)))
    assert [(row.key, row.mark) for row in found.clauses] == [
        ("visits", SAME),
        ("pairing", SAME),
        ("schedule", SAME),
        ("extra", NEW),
        ("goods", SAME),
    ]
    back = compare(plan(("  - key: goods\n", added)), plan())
    assert [(row.key, row.mark) for row in back.clauses][2:] == [
        ("schedule", SAME),
        ("extra", GONE),
        ("goods", SAME),
    ]


def test_settings_head_basis_funds_and_questions_are_compared_too() -> None:
    found = compare(
        plan(),
        plan(
            ("due_on: 2020-04-21\nbasis", "due_on: 2020-04-28\nbasis"),
            ("  - title: 局领导批示\n    dated_on: 2020-03-30\n", ""),
            ("amount: 14100", "amount: 15000"),
            ("是实物还是现金？", "是实物吗？"),
            ("        due_on: 2020-04-21\n", "        due_on: 2020-04-28\n"),
        ),
    )
    assert [(row.name, row.before, row.after) for row in found.head] == [
        ("due_on", "2020-04-21", "2020-04-28")
    ]
    assert [(row.mark, row.name) for row in found.basis] == [(GONE, "局领导批示")]
    assert [(row.mark, row.differences[0].after) for row in found.funds] == [(Mark.CHANGED, "15,000.00")]
    assert [row.mark for row in found.questions] == [Mark.CHANGED]
    (clause,) = found.changed
    assert clause.before == clause.after != ()
    (measure,) = clause.measures
    assert (measure.name, measure.kind, measure.mark) == ("first_round", "visits", Mark.CHANGED)
    assert [(row.name, row.before, row.after) for row in measure.differences] == [
        ("due_on", "2020-04-21", "2020-04-28")
    ]


def test_papers_of_one_title_are_told_apart() -> None:
    first, second = (f"title: 局领导批示\n    dated_on: 2020-03-{day}" for day in (30, 31))
    both = (first, f"{first}\n  - {second}")
    other = (first, f"title: 局领导批示\n    dated_on: 2020-03-29\n  - {second}")
    (row,) = compare(plan(both), plan(other)).basis
    assert (row.name, row.mark) == ("局领导批示", Mark.CHANGED)
    assert [(one.name, one.before, one.after) for one in row.differences] == [
        ("dated_on", "2020-03-30", "2020-03-29")
    ]
    (gone,) = compare(plan(both), plan()).basis
    assert (gone.name, gone.mark) == ("局领导批示", GONE)


def test_a_clause_that_moved_is_told_as_moved_and_nothing_else() -> None:
    old = plan()
    new = old.model_copy(update={"clauses": (old.clauses[0], old.clauses[2], old.clauses[1], old.clauses[3])})
    changed = compare(old, new).changed
    assert [(row.mark, row.moved) for row in changed] == [(SAME, True)]


def test_a_very_long_line_is_shown_whole() -> None:
    old, new = "慰" * 7000, "慰" * 7001
    budget = Budget()
    assert words(old, new, budget) == ((Piece(GONE, old),), (Piece(NEW, new),))
    assert budget.is_spent


def joined(side: Iterable[Iterable[Piece]]) -> list[str]:
    return ["".join(piece.text for piece in line) for line in side]


@given(
    st.lists(st.text("慰问，12a", max_size=12), max_size=6),
    st.lists(st.text("慰问，12a", max_size=12), max_size=6),
    st.integers(0, 400),
)
def test_whatever_the_budget_both_texts_stand_there_whole(old: list[str], new: list[str], steps: int) -> None:
    budget = Budget(steps)
    before, after = side_by_side(old, new, budget)
    assert (joined(before), joined(after)) == (old, new)
    assert budget.left >= 0


@given(st.text("慰问走访", max_size=30), st.text("慰问走访", max_size=30))
def test_within_the_budget_the_steps_are_those_of_the_library(old: str, new: str) -> None:
    budget = Budget()
    expected = SequenceMatcher(None, list(old), list(new), autojunk=False)
    assert list(steps_between(list(old), list(new), budget)) == expected.get_opcodes()
    assert likeness(old, new, budget, 0) == expected.ratio()
    assert not budget.is_spent


@given(st.permutations(range(7)))
def test_what_did_not_move_is_the_longest_run_in_order(order: list[int]) -> None:
    old, new = [str(place) for place in range(7)], [str(place) for place in order]
    stayed = in_order(old, new)
    assert [key for key in old if key in stayed] == [key for key in new if key in stayed]
    runs = (
        pick for size in range(7, 0, -1) for pick in combinations(order, size) if list(pick) == sorted(pick)
    )
    assert len(stayed) == len(next(runs))


def test_a_text_made_to_take_long_is_shown_whole_and_the_rest_word_by_word() -> None:
    short = "      原则上4月21日前完成。\n"
    hostile, worse = "慰" * 3000, "慰" * 3001
    budget = Budget()
    found = compare(
        plan((short, f"      {hostile}\n")),
        plan((short, f"      {worse}\n"), ("title: 结对", "title: 配对")),
        budget,
    )
    assert found.is_coarse
    assert budget.left > 0, "what is too dear is not begun"
    told = {row.key: row for row in found.changed}
    assert told["schedule"].before[1] == (Piece(GONE, hostile),)
    assert told["schedule"].after[1] == (Piece(NEW, worse),)
    assert Piece(NEW, "配") in told["pairing"].after[0]
    assert not compare(plan(), plan(("原则上4月21日前完成", "原则上4月15日前完成"))).is_coarse


def test_lines_answer_those_they_are_most_like_wherever_they_stand() -> None:
    found = compare(plan(), plan(("      原则上4月21日前完成。\n", "")))
    (row,) = found.changed
    assert row.before[1] == (Piece(GONE, "原则上4月21日前完成。"),)
    assert row.before[2] == row.after[1] == (Piece(SAME, "确需延后的，说明理由。"),)
    changed = ("      原则上4月21日前完成。\n      确需延后的，说明理由。", "      确需延后的，写明理由。")
    (row,) = compare(plan(), plan(changed)).changed
    assert row.before[1] == (Piece(GONE, "原则上4月21日前完成。"),)
    assert row.after[1] == (Piece(SAME, "确需延后的，"), Piece(NEW, "写"), Piece(SAME, "明理由。"))
