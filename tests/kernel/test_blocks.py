"""Rows told by their columns."""

from hypothesis import given
from hypothesis import strategies as st

from songnuan.kernel.blocks import EMPTY, Block

VALUES = st.none() | st.booleans() | st.integers(-1, 2) | st.sampled_from(["", "new", "1", "王"])


@given(st.lists(st.tuples(VALUES, VALUES, st.just("new")), max_size=6))
def test_a_block_gives_its_rows_back(rows: list[tuple[object, ...]]) -> None:
    block = Block.of(rows)  # type: ignore[arg-type]  # hypothesis tells no more
    assert [[(type(cell), cell) for cell in row] for row in block.rows()] == [
        [(type(cell), cell) for cell in row] for row in rows
    ]
    assert block.size == len(rows)
    for at, column in enumerate(zip(*rows, strict=True)):
        assert block.column(at) == list(column)


def test_what_all_rows_have_is_held_once() -> None:
    block = Block.of([("册", 1, None, True), ("册", 2, None, True)])
    assert block.columns == ["册", [1, 2], None, True]
    assert Block.of([(1,), (True,)]).columns == [[1, True]]


def test_rows_without_columns_are_still_so_many() -> None:
    assert list(Block(2, []).rows()) == [(), ()]
    assert list(EMPTY.rows()) == []
    assert Block.by(0, [[], []]).columns == [[], []]
