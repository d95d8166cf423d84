"""Times the release of 200,000 payments, the bank's file of them, and its answer of 100,000 rows.

Called by `bench.py --money`. The release stands beside a statement written by hand and a loop over the rows,
the file beside the library alone, turn by turn.
"""

import statistics
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from tempfile import TemporaryFile
from time import perf_counter
from typing import Any

from bench_money import TURNS, clock, gathered

LINES = 200_000
ANSWERED = 100_000
LOOPED = 2_000
MINOR = 600_00
AT = datetime(2020, 4, 20, 2, tzinfo=UTC)
# What somebody would write who knows that nothing was corrected and that everybody has an account.
BY_HAND = """
INSERT INTO payments_paymentinstruction (
  batch_id, position, line_id, amount_minor, name, account, account_index, bank, status, reason
)
SELECT {batch}, position, id, amount_minor, name, account, account_index, bank, 'sent', ''
FROM payments_paymentline WHERE payment_list_id = {list_id}
"""

# The register tells what the lines tell.
REGISTER = """
UPDATE people_person AS p SET account = l.account, account_index = l.account_index, bank = l.bank
FROM payments_paymentline l WHERE l.payee_id = p.id
"""


class _UndoneError(Exception):
    """A turn is over; the next one begins as it did."""


def payments(line: Callable[..., None], register: Any, reckoning: Any) -> None:  # noqa: ANN401
    """Make a list of 200,000 lines by its tables, and time what becomes of it."""
    house = _House(register, reckoning)
    gathered()
    _releases(line, house)
    _again(line, house)
    _files(line, house)
    for kind in ("csv", "xlsx"):
        _answers(line, house, kind)


class _House:
    """A signed list with its fund, and who pays it."""

    def __init__(self, register: Any, reckoning: Any) -> None:  # noqa: ANN401
        from django.db import connection, transaction

        from goods.builders import acting, make_fund
        from songnuan.funds import actions as funds
        from songnuan.kernel.clock import CHINA
        from songnuan.payments.layout_queries import layout_of
        from songnuan.payments.models import PaymentList

        union = register.union
        self.finance, self.unit = union.finance, union.unit
        self.told: dict[str, Any] = {
            "happened_on": AT.astimezone(CHINA).date(),
            "actor": self.finance,
            "at": AT,
        }
        self.layout = layout_of("workbook-five")
        self.fund = make_fund(register.measure.plan, "澄工财〔2020〕6号")
        total = LINES * MINOR
        with acting():
            funds.appropriate(fund_id=self.fund, amount_minor=2 * total, voucher="记-01", **self.told)
        with transaction.atomic():
            made = PaymentList.objects.create(
                measure=register.measure,
                reckoning=reckoning,
                fund_id=self.fund,
                number=1,
                lines_count=LINES,
                people_count=LINES,
                total_minor=total,
                digest="0" * 64,
                made_at=AT,
            )
            _lines(made.pk, self.unit.pk)
            with connection.cursor() as cursor:
                cursor.execute(REGISTER)
        self.list_id, self.subject = made.pk, f"payments.list:{made.pk}"
        with acting():
            self.commitment = self.commit(total)
        PaymentList.objects.filter(pk=made.pk).update(status="signed", commitment_id=self.commitment)

    def commit(self, minor: int) -> int:
        """Set money aside for the list."""
        from songnuan.funds import actions as funds

        told = {"subject": self.subject, "clause_key": "", **self.told}
        return funds.commit(fund_id=self.fund, amount_minor=minor, **told).pk

    def release(self) -> Any:  # noqa: ANN401
        """Release it as the house does."""
        from unittest.mock import patch

        from songnuan.payments.actions import releases

        with patch.object(releases, "require_noticed"):  # no notice hangs for ten days here
            [batch] = releases.release_list(
                list_id=self.list_id,
                unit_id=self.unit.pk,
                digest="0" * 64,
                layout=self.layout.model_dump_json(),
                purpose="慰问金",
                actor=self.finance,
                at=AT,
            )
        return batch

    def batch(self) -> Any:  # noqa: ANN401
        """Make a batch without instructions."""
        from songnuan.payments.models import PaymentBatch, PaymentList

        PaymentList.objects.filter(pk=self.list_id).update(status="released")
        return PaymentBatch.objects.create(
            payment_list_id=self.list_id,
            number=1,
            channel="bank",
            commitment_id=self.commitment,
            layout="{}",
            lines_count=LINES,
            total_minor=LINES * MINOR,
            released_by_id=self.finance.user_id,
            released_at=AT,
        )


def _lines(list_id: int, unit: int) -> None:
    """Write the lines of a list straight into their table, each with an account of its own, sealed."""
    from songnuan.kernel.bulk import load
    from songnuan.kernel.sealing import blind_indexes, seal_text
    from songnuan.payments.models import PaymentLine
    from songnuan.people.columns import INDEX_DIGITS, PLACES

    place = PLACES["account"]
    indexes = blind_indexes(place, [account(at) for at in range(1, LINES + 1)])
    same: dict[str, str | int | bool | None] = {
        "payment_list": list_id,
        "unit": unit,
        "relation": "spouse",
        "days": 20,
        "counted": "",
        "amount_minor": MINOR,
        "id_index": "",
        "bank": "澄江银行东港支行",
        "digest": "0" * 64,
    }
    columns = [*same, "position", "payee", "qualifier", "name", "account", "account_index"]
    rows = (
        (
            *same.values(),
            at,
            at,
            LINES + at,
            f"人{at}",
            seal_text(place, account(at)),
            index[:INDEX_DIGITS],
        )
        for at, index in enumerate(indexes, start=1)
    )
    load(PaymentLine, columns, rows)


def account(at: int) -> str:
    """Return the account of the line at this place."""
    return f"622202{at:013}"


def undone(act: Callable[[], Any]) -> list[float]:
    """Return the seconds of an act without its commit, whose rows are gone afterwards."""
    from goods.builders import acting

    seconds: list[float] = []
    with suppress(_UndoneError), acting():
        seconds = clock(act, 1)
        raise _UndoneError
    return seconds


def _releases(line: Callable[..., None], house: _House) -> None:
    """Time the release beside the statement by hand and a loop; with each the money is set aside."""
    from django.db import connection

    from songnuan.payments.models import PaymentInstruction, PaymentLine

    def ours() -> None:
        house.commit(LINES * MINOR)
        house.release()

    def by_hand() -> None:
        house.commit(LINES * MINOR)
        with connection.cursor() as cursor:
            cursor.execute(BY_HAND.format(batch=house.batch().pk, list_id=house.list_id))

    def looped() -> None:
        house.commit(LINES * MINOR)
        batch = house.batch()
        for row in PaymentLine.objects.filter(payment_list=house.list_id).order_by("position")[:LOOPED]:
            last = row.corrections.order_by("-pk").first() or row
            PaymentInstruction.objects.create(
                batch=batch,
                position=row.position,
                line=row,
                amount_minor=row.amount_minor,
                **{name: getattr(last, name) for name in ("name", "account", "account_index", "bank")},
            )

    times: dict[str, list[float]] = {"ours": [], "by hand": []}
    for _turn in range(TURNS):
        times["ours"] += undone(ours)
        times["by hand"] += undone(by_hand)
    line("payments with ledger, a list released", times["ours"], LINES)
    line("payments with ledger, by hand", times["by hand"], LINES)
    line("payments with ledger, a loop over the rows", undone(looped), LOOPED)
    _share(times["by hand"], times["ours"], "of the statement by hand")


def _share(least: list[float], ours: list[float], of: str) -> None:
    print(f"    {of}: {statistics.median(least) / statistics.median(ours):.2f}")


def _again(line: Callable[..., None], house: _House) -> None:
    """Time how 100,000 lines that failed are paid again: found open, money set aside anew, instructions."""
    from songnuan.payments.actions import releases, results
    from songnuan.payments.matching import Told
    from songnuan.payments.models import PaymentLine
    from songnuan.payments.release_models import Source
    from songnuan.payments.releasing import promised_for

    seconds: list[float] = []

    def whole() -> None:
        batch = house.release()
        rows = [Told(at, at, "", None, is_paid=False, reason="账户冻结") for at in range(1, ANSWERED + 1)]
        who: dict[str, Any] = {"actor": house.finance, "at": AT}
        read = results.read_result(
            batch_id=batch.pk,
            unit_id=house.unit.pk,
            source=Source.HAND,
            rows=rows,
            file_id=None,
            digest="",
            **who,
        )
        results.look_at_result(result_id=read.pk, unit_id=house.unit.pk, **who)
        results.book_result(
            result_id=read.pk,
            happened_on=house.told["happened_on"],
            disbursement_id=None,
            refund_id=None,
            **who,
        )
        lines = PaymentLine.objects.filter(payment_list=house.list_id, position__lte=ANSWERED)
        chosen = list(lines.order_by("position").values_list("pk", flat=True))
        begin = perf_counter()
        told: dict[str, Any] = {"list_id": house.list_id, "line_ids": chosen}
        releases.require_payable_again(**told, unit_id=house.unit.pk, **who)
        promised_for(chosen)
        layout = house.layout.model_dump_json()
        commitment = house.commit(ANSWERED * MINOR)
        releases.pay_again(**told, commitment_id=commitment, layout=layout, purpose="慰问金", **who)
        seconds.append(perf_counter() - begin)

    undone(whole)
    line("failed payments, all paid again", seconds, ANSWERED)


def _files(line: Callable[..., None], house: _House) -> None:
    """Time the bank's file: its writer on lines in memory, all of it, and the library alone."""
    from goods.builders import acting
    from songnuan.payments.bank_lines import layout_of_batch, pay_lines
    from songnuan.payments.layouts.payline import Sums
    from songnuan.payments.layouts.writing import write_file

    with acting():
        house.sent = house.release()  # type: ignore[attr-defined]  # from now on it is
    gathered()
    layout, sums = layout_of_batch(house.sent), Sums(LINES, LINES * MINOR)  # type: ignore[attr-defined]
    held = list(pay_lines(house.sent))  # type: ignore[attr-defined]

    def written(lines: Any) -> None:  # noqa: ANN401
        with TemporaryFile() as file:
            write_file(layout, lines, file, sums)

    times: dict[str, list[float]] = {"library": [], "writer": [], "whole": []}
    for _turn in range(TURNS):
        times["library"] += clock(partial(_alone, held), 1)
        times["writer"] += clock(lambda: written(held), 1)
        times["whole"] += clock(lambda: written(pay_lines(house.sent)), 1)  # type: ignore[attr-defined]
    line("bank file .xlsx, the library alone", times["library"], LINES)
    line("bank file .xlsx, written and judged", times["writer"], LINES)
    line("bank file .xlsx, with accounts opened", times["whole"], LINES)
    _share(times["library"], times["writer"], "of the library, written and judged")
    _share(times["library"], times["whole"], "of the library, with accounts opened")


def _alone(lines: list[Any]) -> None:
    """Write the same cells with the library and nothing else."""
    import xlsxwriter

    with TemporaryFile() as file:
        book = xlsxwriter.Workbook(file, {"constant_memory": True})
        sheet, text, money = book.add_worksheet(), book.add_format({"num_format": "@"}), book.add_format()
        string, number = sheet.write_string, sheet.write_number
        for row, one in enumerate(lines, start=1):
            number(row, 0, one.position)
            string(row, 1, one.account, text)
            string(row, 2, one.name, text)
            number(row, 3, one.amount_minor / 100, money)
            string(row, 4, one.purpose, text)
        book.close()


def _answers(line: Callable[..., None], house: _House, kind: str) -> None:
    """Time the bank's answer: read, matched, and booked, each for itself."""
    from unittest.mock import patch

    from songnuan.funds import actions as funds
    from songnuan.journeys.read_bank_result import read_table
    from songnuan.payments.actions import results
    from songnuan.payments.matching import match
    from songnuan.payments.release_models import Source

    content = answer(kind)
    batch, who = house.sent, {"actor": house.finance, "at": AT}  # type: ignore[attr-defined]
    parts: dict[str, list[float]] = {"read": [], "kept": [], "matched": [], "booked": [], "whole": []}

    def timed(*asked: Any) -> Any:  # noqa: ANN401
        found: list[Any] = []
        parts["matched"] += clock(lambda: found.append(match(*asked)), 1)
        return found[0]

    def whole() -> None:
        begin = perf_counter()
        told = read_table(batch, content, f"回盘.{kind}")
        parts["read"].append(perf_counter() - begin)
        begin = perf_counter()
        read = results.read_result(
            batch_id=batch.pk,
            unit_id=house.unit.pk,
            source=Source.FILE,
            rows=told,
            file_id=None,
            digest="d",
            **who,
        )
        parts["kept"].append(perf_counter() - begin - parts["matched"][-1])
        if (read.paid_count, read.failed_count, read.odd_count) != (
            ANSWERED - ANSWERED // 10,
            ANSWERED // 10,
            0,
        ):
            raise SystemExit("the answer comes to other figures")
        begin = perf_counter()
        looked = results.look_at_result(result_id=read.pk, unit_id=house.unit.pk, **who)
        told_ = {"entry_id": house.commitment, "amount_minor": looked.paid_minor, **house.told}
        paid = funds.disburse(voucher="付-1", has_left=True, **told_)
        results.book_result(
            result_id=read.pk,
            happened_on=house.told["happened_on"],
            disbursement_id=paid.pk,
            refund_id=None,
            **who,
        )
        parts["booked"].append(perf_counter() - begin - parts["matched"][-1])

    with patch.object(results, "match", timed):
        for _turn in range(TURNS):
            parts["whole"] += undone(whole)
    for part, seconds in parts.items():
        line(f"answer .{kind}, {part}", seconds, ANSWERED)


def answer(kind: str) -> bytes:
    """Return the bank's answer to the first 100,000 payments, one in ten of which failed."""
    import xlsxwriter

    content = BytesIO()
    if kind == "csv":
        text = "".join(",".join(row) + "\r\n" for row in _rows())
        return text.encode("gb18030")
    book = xlsxwriter.Workbook(content, {"constant_memory": True})
    sheet = book.add_worksheet()
    for place, row in enumerate(_rows()):
        sheet.write_row(place, 0, row)
    book.close()
    return content.getvalue()


def _rows() -> Iterator[list[str]]:
    yield ["账号", "户名", "金额", "处理结果", "失败原因"]
    for at in range(1, ANSWERED + 1):
        end = ["失败", "账户冻结"] if at % 10 == 0 else ["成功", ""]
        yield [account(at), f"人{at}", f"{MINOR / 100:.2f}", *end]
