"""Rows of rosters made ready to be stored: read, checked, sealed, and equal however they were written."""

import json
import os
import signal
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

import orjson
import pytest

from mess_people import checked
from songnuan.documents.columns import Columns, match
from songnuan.documents.header import find_header
from songnuan.documents.reading import Odd
from songnuan.kernel.sealed import blind_index, open_text
from songnuan.people import columns as one
from songnuan.people import keyed, pool
from songnuan.people.columns import CELLS_PLACE, COLUMNS, FACTS_PLACE, PLACES
from songnuan.people.forms import LAYOUTS
from songnuan.people.pool import Pool, PreparingBroke
from songnuan.people.preparing import Portion, Prepared, Table, packed, prepare, unpacked

DAY = date(2020, 4, 6)
NUMBER = checked("10010119900307123")
MALE = NUMBER  # its sequence is odd
ZEROS = next(
    number for area in range(100101, 100200) if (number := checked(f"{area}19900307100")).endswith("000")
)

HEADINGS = [
    "姓名",
    "身份证号",
    "手机号",
    "工作单位",
    "性别",
    "出生日期",
    "银行卡号",
    "家庭住址",
    "岗位",
    "备注",
]
PERSON = [
    "赵守江",
    NUMBER,
    "19900000001",
    "东江船闸管理所",
    "男",
    "1990-03-07",
    "6299990000000001",
    "沿江路1号",
    "会计",
    "新进",
]

Row = Sequence[Any]


def table(headings: Row, kind: str = "people", mends: dict[int, dict[int, str]] | None = None) -> Table:
    """Return a table with these headings in row 1."""
    rows = [list(headings)]
    header = find_header(rows, LAYOUTS[kind])
    assert header is not None
    return Table(kind, "名册", 1, match(header, LAYOUTS[kind], {}, rows), DAY, mends or {})


def ready(headings: Row, *rows: Row, kind: str = "people", **options: Any) -> Prepared:
    """Return what rows below these headings become; the first has number 2."""
    body = f"[{','.join(packed(list(row)) for row in rows)}]".encode()
    return prepare(Portion(table(headings, kind, **options), 2, body))


def value(row: Sequence[Any], name: str, kind: str = "people") -> Any:
    return row[COLUMNS[kind].index(name)]


def told(done: Prepared, kind: str = "people") -> list[dict[str, Any]]:
    return [dict(zip(COLUMNS[kind], row, strict=True)) for row in done.rows.rows()]


def codes(done: Prepared) -> list[tuple[int, str, str]]:
    return [(row, column, code) for _sheet, row, column, _field, code, _facts in done.problems]


def without(**cells: Any) -> list[Any]:
    """Return the person with some cells changed, told by heading."""
    row = list(PERSON)
    for heading, cell in cells.items():
        row[HEADINGS.index(heading)] = cell
    return row


# What a row becomes ------------------------------------------------------------------------------


def test_a_row_comes_out_in_the_order_of_its_columns_and_sealed() -> None:
    [row] = told(ready(HEADINGS, PERSON))
    plain = {name: row[name] for name in ("sheet", "row", "state", "name", "sex", "birth_on", "id_kind")}
    assert plain == {
        "sheet": "名册", "row": 2, "state": "new", "name": "赵守江", "sex": "male", "birth_on": "1990-03-07",
        "id_kind": "resident",
    }  # fmt: skip
    assert [row[name] for name in ("unit_name", "post", "rank", "note")] == [
        "东江船闸管理所",
        "会计",
        "",
        "新进",
    ]
    for name, index, text in (
        ("id_number", "id_index", NUMBER),
        ("phone", "phone_index", "19900000001"),
        ("account", "account_index", "6299990000000001"),
        ("address", "address_index", "沿江路1号"),
    ):
        assert text not in row[name]
        assert open_text(PLACES[name], row[name]) == text
        assert row[index] == one.index(name, text)
    assert len(row["told_digest"]) == 64
    assert len(row["person_key"]) == 32


def test_what_a_row_leaves_empty_is_empty_and_not_sealed() -> None:
    [row] = told(ready(HEADINGS, ["赵守江", "", "无", "/", "", "", "", "—"]))
    assert [row[name] for name in ("id_number", "phone", "account", "address", "birth_on")] == [None] * 5
    empty = ("id_index", "phone_index", "account_index", "address_index", "unit_name", "sex", "post", "note")
    assert {row[name] for name in empty} == {""}


def test_many_indexes_at_once_are_those_of_one_value_and_keys_differ() -> None:
    numbers = [NUMBER, "𠮷", "1" * 300]
    assert keyed.indexes("phone", numbers) == [one.index("phone", number) for number in numbers]
    texts = ["赵守江\x1f1990-03-07", ""]
    assert keyed.told_digests(texts) == [blind_index("people.told_digest", text) for text in texts]
    keys = keyed.fresh_keys(300)
    assert len(set(keys)) == 300
    assert {len(key) for key in keys} == {32}
    assert {key[:8] for key in keys} == {keyed.fresh_keys(1)[0][:8]}


@pytest.mark.parametrize(
    "row",
    [
        without(
            姓名="赵 守 江",
            身份证号=f" {NUMBER[:6]} {NUMBER[6:]}",
            手机号="１９９０００００００１",
        ),
        without(手机号=19900000001, 出生日期=datetime(1990, 3, 7), 性别="M"),  # noqa: DTZ001 - as in a cell
        without(出生日期="1990年3月7日", 身份证号=NUMBER.lower(), 银行卡号="6299 9900 0000 0001"),
        without(出生日期="1990.03", 工作单位="东江 船闸管理所 ", 备注=" 新进", 岗位="会　计"),
        without(出生日期="", 性别=""),
        without(出生日期=32939, 家庭住址="沿江路１号"),
    ],
)
def test_equal_content_has_one_digest_in_any_spelling(row: Row) -> None:
    [first, second] = told(ready(HEADINGS, PERSON, row))
    assert first["told_digest"] == second["told_digest"]
    assert first["id_index"] == second["id_index"]


def test_equal_content_has_one_digest_in_any_order_of_columns() -> None:
    [first] = told(ready(HEADINGS, PERSON))
    [second] = told(ready(["序号", *reversed(HEADINGS)], [1, *reversed(PERSON)]))
    assert first["told_digest"] == second["told_digest"]
    assert first["person_key"] != second["person_key"]


@pytest.mark.parametrize("heading", [heading for heading in HEADINGS if heading not in {"性别", "出生日期"}])
def test_other_content_has_another_digest(heading: str) -> None:
    other = {
        "身份证号": checked("10010119900307125"),
        "手机号": "19900000002",
        "银行卡号": "6299990000000002",
    }
    row = without(**{heading: other.get(heading, "另一个")})
    [first, second] = told(ready(HEADINGS, PERSON, row))
    assert first["told_digest"] != second["told_digest"]


# What is wrong -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "cell", "code"),
    [
        ("姓名", "", "name_missing"),
        ("姓名", "12345", "name_invalid"),
        ("身份证号", NUMBER[:17], "id_length"),
        ("身份证号", NUMBER[:17] + ("0" if NUMBER[17] != "0" else "1"), "id_checksum"),
        ("身份证号", 1.00101199003071e17, "id_lost_digits"),
        ("身份证号", "1.00101E+17", "id_lost_digits"),
        ("手机号", "1990000000", "phone_invalid"),
        ("性别", "女", "sex_differs"),
        ("性别", "不详细", "sex_invalid"),
        ("出生日期", "1990-03-08", "birth_differs"),
        ("出生日期", "1990.04", "birth_differs"),
        ("出生日期", "不记得", "date_invalid"),
        ("出生日期", "2020-04-07", "birth_future"),
        ("银行卡号", 6.29999e18, "account_lost_digits"),
        ("家庭住址", "长" * 201, "text_too_long"),
        ("手机号", Odd("formula", "19900000001"), "formula"),
        ("手机号", Odd("error", "#REF!"), "cell_error"),
    ],
)
def test_a_cell_that_cannot_be_read_rejects_its_row_and_no_other(heading: str, cell: Any, code: str) -> None:
    done = ready(HEADINGS, PERSON, without(**{heading: cell}), PERSON)
    assert codes(done) == [(3, heading, code)]
    assert [row["state"] for row in told(done)] == ["new", "rejected", "new"]
    [(sheet, number, cells)] = done.kept
    assert (sheet, number) == ("名册", 3)
    assert unpacked(open_text(CELLS_PLACE, cells)) == without(**{heading: cell})
    facts = open_text(FACTS_PLACE, done.problems[0][5])
    assert all(text not in facts for text in (NUMBER[:17], "19900000001"))
    assert isinstance(json.loads(facts), dict)


def test_every_problem_of_a_row_is_told_at_once() -> None:
    done = ready(HEADINGS, without(姓名="", 手机号="1", 银行卡号="2"))
    assert {code for _row, _column, code in codes(done)} == {
        "name_missing",
        "phone_invalid",
        "account_invalid",
    }


def test_what_the_file_worked_out_from_the_number_is_only_compared_with_it() -> None:
    row = without(性别=Odd("formula", "男"), 出生日期=Odd("formula", "1990-03-07"))
    done = ready(HEADINGS, row, without(性别=Odd("formula", "女")))
    assert codes(done) == [(3, "性别", "sex_differs")]


def test_year_and_month_of_birth_are_no_date_without_a_number() -> None:
    assert codes(ready(HEADINGS, without(身份证号="", 出生日期="1990年3月"))) == [
        (2, "出生日期", "date_invalid")
    ]


@pytest.mark.parametrize("cell", [1990.1, "1990.1", "１９９０．１"])
def test_a_month_that_lost_its_zero_as_a_number_may_be_the_first_or_the_tenth(cell: Any) -> None:
    january, march, october = (checked(f"1001011990{month}07123") for month in ("01", "03", "10"))
    rows = [without(身份证号=number, 出生日期=cell) for number in (january, march, october)]
    done = ready(HEADINGS, *rows)
    assert codes(done) == [(3, "出生日期", "birth_differs")]
    assert [row["birth_on"] for row in told(done)][::2] == ["1990-01-07", "1990-10-07"]
    assert codes(ready(HEADINGS, without(身份证号=october, 出生日期="1990年1月"))) == [
        (2, "出生日期", "birth_differs")
    ]


def test_a_number_that_tells_of_somebody_not_born_yet_is_wrong() -> None:
    late = checked("10010120200407123")
    assert codes(ready(HEADINGS, ["赵守江", late])) == [(2, "身份证号", "id_date")]


def test_rows_that_are_only_numbered_are_passed_over() -> None:
    done = ready(["序号", *HEADINGS], [1, *PERSON], [2], [3, "", "  "], [4, "", "", "无"], [5, *PERSON])
    assert [row["row"] for row in told(done)] == [2, 6]
    assert done.problems == []


def test_the_kind_of_paper_stands_in_a_column_of_its_own() -> None:
    done = ready(["姓名", "证件类型", "证件号码"], ["赵守江", "台湾居民来往大陆通行证", "12345678"])
    assert [(row["id_kind"], row["birth_on"]) for row in told(done)] == [("tw_travel", None)]


def test_a_number_that_may_have_lost_its_end_is_marked_and_a_lost_one_said() -> None:
    done = ready(HEADINGS, ["赵守江", ZEROS], ["钱望江", NUMBER])
    assert [row["id_zeros"] for row in told(done)] == [True, False]
    assert not done.lost
    assert ready(HEADINGS, ["孙如海", 1.00101199003071e17]).lost


def test_a_mended_cell_takes_the_place_of_the_one_in_the_file() -> None:
    wrong = without(手机号="12345")
    done = ready(HEADINGS, wrong, wrong, mends={3: {2: "19900000001"}})
    assert [row["state"] for row in told(done)] == ["rejected", "new"]
    added = ready(HEADINGS, ["赵守江"], mends={2: {9: "后补"}})
    assert told(added)[0]["note"] == "后补"


def test_cells_are_kept_with_their_kinds() -> None:
    cells = [
        "赵",
        1,
        2.5,
        True,
        date(2020, 4, 6),
        datetime(2020, 4, 6, 8),  # noqa: DTZ001 - as in a cell
        Odd("formula", 3),
        Odd("error", "#N/A"),
    ]
    assert unpacked(packed(cells)) == cells


# Families and service ----------------------------------------------------------------------------

FAMILY = ["职工姓名", "身份证号", "家属姓名", "与职工关系", "家属身份证号", "家属电话", "备注"]


def test_a_row_of_families_tells_of_two_people() -> None:
    child = checked("10010120150307124")
    done = ready(FAMILY, ["赵守江", NUMBER, "赵小江", "女儿", child, "19900000002", ""], kind="families")
    [row] = told(done, "families")
    assert (row["name"], row["id_index"]) == ("赵守江", one.index("id_number", NUMBER))
    assert (row["relative_name"], row["relation"]) == ("赵小江", "child")
    assert (row["relative_birth_on"], row["relative_sex"]) == ("2015-03-07", "female")
    assert open_text(PLACES["id_number"], row["relative_id_number"]) == child
    assert row["relative_id_index"] == one.index("id_number", child)
    assert NUMBER not in json.dumps(list(done.rows.rows()), ensure_ascii=False)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["赵守江", NUMBER, "", "女儿"], "name_missing"),
        (["赵守江", NUMBER, "赵小江", ""], "relation_missing"),
        (["赵守江", NUMBER, "赵小江", "同事"], "relation_unknown"),
        (["", NUMBER, "赵小江", "女儿"], "name_missing"),
    ],
)
def test_a_row_of_families_without_what_it_needs_is_rejected(row: Row, code: str) -> None:
    assert [found for _row, _column, found in codes(ready(FAMILY, row, kind="families"))] == [code]


SERVICE = ["姓名", "身份证号", "支援地点", "岗位", "是否直接接触", "开始时间", "结束时间", "工时"]


def test_a_row_of_service_tells_where_and_when() -> None:
    row = ["赵守江", NUMBER, "东江 卡口", "登记员", "无", "3月1日", date(2020, 3, 31), "7.5"]
    [service] = told(ready(SERVICE, row, kind="service"), "service")
    assert (service["place"], service["post"], service["direct_contact"]) == ("东江卡口", "登记员", False)
    assert (service["starts_on"], service["ends_on"], service["minutes"]) == ("2020-03-01", "2020-03-31", 450)


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({2: ""}, "place_missing"),
        ({5: ""}, "start_missing"),
        ({5: "5月1日"}, "date_year_missing"),
        ({6: "2020-02-01"}, "date_order"),
        ({4: "也许"}, "yes_no_invalid"),
        ({7: "很多"}, "hours_invalid"),
    ],
)
def test_a_row_of_service_that_is_wrong_is_rejected(cells: dict[int, str], code: str) -> None:
    row = ["赵守江", NUMBER, "东江卡口", "登记员", "是", "2020-03-01", "2020-03-31", 8]
    for at, cell in cells.items():
        row[at] = cell
    assert [found for _row, _column, found in codes(ready(SERVICE, row, kind="service"))] == [code]


# Several processes -------------------------------------------------------------------------------


def portions(number: int, size: int = 20) -> list[Portion]:
    told_by = table(HEADINGS)
    body = orjson.dumps([PERSON] * size)
    return [Portion(told_by, 2 + at * size, body) for at in range(number)]


def test_portions_come_back_in_their_order_and_few_are_read_ahead() -> None:
    taken = 0

    def counted() -> Iterator[Portion]:
        nonlocal taken
        for portion in portions(40):
            taken += 1
            yield portion

    seen: list[int] = []
    with Pool(at_once=True) as processes:
        for done in processes.in_order(counted()):
            assert taken <= len(seen) // 20 + pool.AHEAD + 1
            seen += [row[1] for row in done.rows.rows()]
    assert seen == list(range(2, 802))


def test_a_small_file_needs_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_args: object, **_more: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr("songnuan.people.pool.subprocess.Popen", never)
    with Pool() as processes:
        assert len(list(processes.in_order(portions(pool.ALONE)))) == pool.ALONE


def prepared(some: Sequence[Portion], *, killed: bool = False) -> list[Prepared]:
    """Prepare portions in processes; nothing of these is left afterwards."""
    processes = Pool(at_once=True)
    try:
        with processes:
            for process in processes._all if killed else ():
                os.kill(process.pid, signal.SIGKILL)
            return list(processes.in_order(some))
    finally:
        assert all(process.poll() is not None for process in processes._all)


def test_a_process_that_dies_or_fails_is_said_and_nothing_is_left_running() -> None:
    assert len(prepared(portions(8))) == 8
    with pytest.raises(PreparingBroke):
        prepared(portions(8), killed=True)
    broken = Portion(table(HEADINGS), 2, b"no list of rows")
    with pytest.raises(PreparingBroke, match="JSONDecodeError") as told_why:
        prepared([*portions(3), broken, *portions(3)])
    assert "no list of rows" not in str(told_why.value)


def test_columns_that_are_not_in_the_table_are_named_by_their_usual_heading() -> None:
    bare = Table("service", "名册", 1, Columns({"name": 0}, {"name": "姓名"}), DAY)
    done = prepare(Portion(bare, 2, orjson.dumps([["赵守江"]])))
    assert [column for _row, column, _code in codes(done)] == [
        LAYOUTS["service"].by_name[name].headings[0] for name in ("place", "starts_on")
    ]
