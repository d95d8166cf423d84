"""The bookkeeper's workbook: its figures are numbers, its sums are formulas, and both are the ledger's."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from funds import acts
from goods.builders import (
    NOW,
    House,
    appropriate,
    commit,
    disburse,
    make_fund,
    make_house,
    release,
    reverse,
)
from songnuan.funds.figures import together
from songnuan.funds.models import VOUCHED, Account, Fund, Kind, Posting
from songnuan.funds.queries import Balance, balance, ledger
from songnuan.journeys.fund_book import fund_book
from songnuan.kernel.money import capitals
from songnuan.plans.models import Measure

pytestmark = pytest.mark.django_db
HEAD = 4  # title, two notes, heads; a sheet of one fund has its name as a third note


@pytest.fixture
def house() -> House:
    """A fund with an entry of every kind, and a second one under another document."""
    house = make_house()
    acts.approver_of(house)
    Measure.objects.create(
        plan=house.plan,
        position=9,
        key="money",
        clause_key="fund",
        kind="fund",
        settings={"number": Fund.objects.get(pk=house.fund_id).document.number},
    )
    appropriate(house, 14_100_00)
    first = commit(house, 8_000_33)
    disburse(house, first.pk, 7_500_01)
    acts.refund(house, first.pk, 10_07)
    release(house, first.pk)
    reverse(house, commit(house, 77_00, clause_key="visits").pk)
    acts.return_unspent(house, 110_00)
    commit(house, 250_00, clause_key="visits", happened_on=date(2020, 4, 1))
    other = replace(house, fund_id=make_fund(house.plan, "〔2020〕88号"))
    appropriate(other, 500_00)
    acts.close(other)
    return house


def book(house: House) -> bytes:
    funds = list(Fund.objects.select_related("document").order_by("pk"))
    made = io.BytesIO()
    fund_book(plan=house.plan, funds=funds, at=NOW, to=made)
    return made.getvalue()


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    """Return the values of every sheet by its name."""
    opened = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: opened.get_sheet_by_name(name).to_python() for name in opened.sheet_names}


def fen(cells: list[Any]) -> tuple[int, ...]:
    """Return cells of money in fen; every one is a number."""
    assert all(isinstance(cell, float | int) for cell in cells)
    return tuple(round(float(str(cell)) * 100) for cell in cells)


def five(stands: Balance) -> tuple[int, ...]:
    return (stands.appropriated, stands.committed, stands.disbursed, stands.returned, stands.available)


def test_it_has_a_sheet_for_each_book(house: House) -> None:
    assert list(sheets(book(house))) == [
        "总账",
        "明细账 1",
        "分录 1",
        "凭证 1",
        "明细账 2",
        "分录 2",
        "凭证 2",
        "按条款",
    ]
    made = io.BytesIO()
    fund_book(plan=house.plan, funds=[Fund.objects.get(pk=house.fund_id)], at=NOW, to=made)
    assert list(sheets(made.getvalue())) == ["总账", "明细账", "分录", "凭证", "按条款"]


def test_the_general_ledger_is_that_of_the_funds(house: House) -> None:
    rows = sheets(book(house))["总账"]
    assert rows[0][0] == "总账"
    assert "金额单位：元" in str(rows[2][0])
    assert "2020年4月8日" in str(rows[2][0])
    funds = list(Fund.objects.select_related("document").order_by("pk"))
    stands = [balance(fund.pk) for fund in funds]
    for row, fund, one in zip(rows[HEAD:], funds, stands, strict=False):
        assert row[0] == fund.document.number
        assert fen(row[4:9]) == five(one)
        assert row[9] == (fund.closed_at.date() if fund.closed_at else "")
    total = together(stands)
    assert rows[HEAD + 2][0] == "合计"
    assert fen(rows[HEAD + 2][4:9]) == five(total)
    words = " ".join(str(row[0]) for row in rows[HEAD + 3 :])
    for amount in (total.appropriated, total.disbursed, total.returned, total.available):
        assert capitals(amount) in words


def test_the_detailed_ledger_has_every_entry_and_its_balance(house: House) -> None:
    rows = sheets(book(house))["明细账 1"]
    lines = ledger(house.fund_id)
    shown = rows[HEAD + 1 : HEAD + 1 + len(lines)]
    before = Balance(0, 0, 0, 0)
    for row, line in zip(shown, lines, strict=True):
        change = tuple(new - old for new, old in zip(five(line.after), five(before), strict=True))
        assert fen(row[4:8]) == change[:4]
        assert fen(row[8:9]) == (line.after.available,)
        assert (row[0], row[1]) == (line.happened_on, line.voucher)
        assert row[9] == line.entered_by
        assert row[10] == datetime.combine(NOW.date(), time(10))
        assert row[11] == ("补录" if line.late_entry else "")
        before = line.after
    assert sum(row[11] == "补录" for row in shown) == 1
    assert fen(rows[HEAD + 1 + len(lines)][4:9]) == five(balance(house.fund_id))


def test_the_double_entry_has_a_row_for_each_posting_and_both_sides_are_equal(house: House) -> None:
    rows = sheets(book(house))["分录 1"]
    assert rows[HEAD] == ["日期", "凭证号", "摘要", "科目", "借方", "贷方", "经办人"]
    postings = list(Posting.objects.filter(entry__fund=house.fund_id).select_related("entry"))
    shown = rows[HEAD + 1 : HEAD + 1 + len(postings)]
    told = sorted(
        (str(Account(one.account).label), one.amount_minor, one.entry.happened_on, one.entry.voucher)
        for one in postings
    )
    assert told == sorted(
        (row[3], *(fen(row[4:5]) if row[4] else (-fen(row[5:6])[0],)), row[0], row[1]) for row in shown
    )
    assert all(bool(row[4]) != bool(row[5]) and row[6] for row in shown)
    total = rows[HEAD + 1 + len(postings)]
    debit, credit = fen(total[4:6])
    assert total[0] == "合计"
    assert debit == credit == sum(one.amount_minor for one in postings if one.amount_minor > 0)


def test_the_vouchers_are_those_of_the_ledger_and_count_nothing_reversed(house: House) -> None:
    paid = next(line for line in ledger(house.fund_id) if line.kind == Kind.APPROPRIATE)
    wrong = appropriate(replace(house, fund_id=make_fund(house.plan, "〔2020〕89号")), 7_00)
    reverse(house, wrong.pk)
    found = sheets(book(house))
    vouched = [line for line in ledger(house.fund_id) if line.kind in VOUCHED]
    rows = found["凭证 1"][HEAD + 1 :]
    shown = rows[: len(vouched)]
    assert [(row[0], *fen(row[4:5])) for row in shown] == [(one.voucher, one.amount_minor) for one in vouched]
    totals = {row[0]: fen(row[4:5])[0] for row in rows[len(vouched) :] if isinstance(row[4], float)}
    assert totals == {
        "拨入合计": paid.amount_minor,
        "支付合计": 7_500_01,
        "退款合计": 10_07,
        "退回合计": 110_00,
    }
    third = found["凭证 3"]
    assert (third[HEAD + 1][0], third[HEAD + 1][5]) == (wrong.voucher, NOW.date())
    assert (third[HEAD + 2][0], *fen(third[HEAD + 2][4:5])) == ("拨入合计", 0)


def test_what_is_available_stands_in_the_total_of_the_clauses_alone(house: House) -> None:
    clauses = sheets(book(house))["按条款"][HEAD:]
    stands = together(map(balance, Fund.objects.values_list("pk", flat=True)))
    assert [row[1] for row in clauses[:4]] == ["fund", "standard", "visits", "不属于任何条款"]
    assert [row[6] for row in clauses[:4]] == ["—"] * 4
    assert fen(clauses[4][2:7]) == five(stands)
    assert tuple(map(sum, zip(*(fen(row[2:6]) for row in clauses[:4]), strict=True))) == five(stands)[:4]


def test_a_long_summary_has_the_lines_it_takes(house: House) -> None:
    entry = commit(house, 10_00)
    disburse(house, entry.pk, 10_00)
    acts.refund(house, entry.pk, 1_00, reason="供应商送来的货与约定不符，" * 8)
    with ZipFile(io.BytesIO(book(house))) as parts:
        text = parts.read("xl/worksheets/sheet2.xml").decode()
    heights = {
        int(row): float(height) for row, height in re.findall(r'<row r="(\d+)"[^>]* ht="([\d.]+)"', text)
    }
    last = HEAD + 1 + len(ledger(house.fund_id))
    assert heights[last] > 3 * heights[HEAD + 2]


CELL = re.compile(r'<c r="([A-Z]+)(\d+)"[^>]*>(?:<f>([^<]*)</f>)?<v>([^<]*)</v></c>')


def cells(content: bytes) -> Iterator[dict[str, tuple[str, float]]]:
    """Yield the formula and the number of each cell of a sheet, where it has a number."""
    with ZipFile(io.BytesIO(content)) as parts:
        for name in sorted(parts.namelist()):
            if name.startswith("xl/worksheets/sheet"):
                text = parts.read(name).decode()
                yield {
                    column + row: (formula, float(value))
                    for column, row, formula, value in CELL.findall(text)
                    if re.fullmatch(r"-?[\d.]+", value)
                }


def worked_out(formula: str, numbers: dict[str, tuple[str, float]], rows: list[list[Any]]) -> float:
    """Return what a formula of ours comes to: a sum of a column or of some of it, or cells added up."""
    whole = re.fullmatch(r"SUM\(([A-Z])(\d+):\1(\d+)\)", formula)
    if whole:
        column, first, last = whole[1], int(whole[2]), int(whole[3])
        return sum(numbers.get(f"{column}{row}", ("", 0.0))[1] for row in range(first, last + 1))
    some = re.fullmatch(r"SUMPRODUCT\((.*\*)([A-Z])(\d+):\2(\d+)\)", formula)
    if some:
        asked = re.findall(r'\(([A-Z])\d+:\1\d+="([^"]*)"\)', some[1])
        return sum(
            numbers[f"{some[2]}{row}"][1]
            for row in range(int(some[3]), int(some[4]) + 1)
            if all(rows[row - 1][ord(column) - ord("A")] == text for column, text in asked)
        )
    parts = re.findall(r"([+-]?)([A-Z]+\d+)", formula)
    assert "".join(sign + cell for sign, cell in parts) == formula
    return sum((-1 if sign == "-" else 1) * numbers[cell][1] for sign, cell in parts)


def test_every_formula_comes_to_the_figure_it_stands_with(house: House) -> None:
    formulas = 0
    made = book(house)
    for numbers, rows in zip(cells(made), sheets(made).values(), strict=True):
        for formula, value in numbers.values():
            if formula:
                formulas += 1
                assert round(worked_out(formula, numbers, rows), 2) == value
    assert formulas > 30
