"""What an act on a fund does, and what is refused; a refusal changes nothing."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import IntegrityError, transaction

from goods.builders import (
    CLAUSE,
    NOW,
    TODAY,
    House,
    acting,
    appropriate,
    commit,
    disburse,
    make_fund,
    make_house,
    release,
    reverse,
    snapshot,
)
from songnuan.audit.models import Entry as TrailEntry
from songnuan.funds import actions as funds
from songnuan.funds.checks import verify
from songnuan.funds.models import Commitment, Entry, Fund, Kind, Posting
from songnuan.funds.queries import balance, held_by, ledger, ledger_page, of_plan, rest_of
from songnuan.kernel.actor import Actor
from songnuan.kernel.days import written
from songnuan.kernel.money import LIMIT_MINOR
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.records.models import Document

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return make_house()


def figures(house: House) -> tuple[int, int, int, int]:
    stands = balance(house.fund_id)
    return (stands.appropriated, stands.committed, stands.disbursed, stands.available)


def test_what_helps_where_money_cannot_be_taken_back_depends_on_where_it_stands(house: House) -> None:
    first = appropriate(house, 100_00)
    paid = commit(house, 60_00)
    before = snapshot()
    with pytest.raises(Refusal) as refused:
        reverse(house, first.pk)
    assert "预留" in refused.value.sentence
    assert snapshot() == before
    disburse(house, paid.pk, 60_00)
    before = snapshot()
    with pytest.raises(Refusal) as refused:
        reverse(house, first.pk)
    assert refused.value.code == "beyond_fund"
    assert "预留" not in refused.value.sentence, "nothing is committed"
    assert "支付" in refused.value.sentence
    assert snapshot() == before


def test_one_fen_beyond_the_fund_is_refused_with_both_figures(house: House) -> None:
    appropriate(house, 14_100_00)
    before = snapshot()
    with pytest.raises(Refusal) as refused:
        commit(house, 14_100_01)
    assert snapshot() == before
    assert refused.value.code == "beyond_fund"
    assert refused.value.field == "amount"
    assert refused.value.facts == {"available_minor": 14_100_00, "asked_minor": 14_100_01}
    assert "14,100.01" in refused.value.sentence
    assert "14,100.00" in refused.value.sentence
    commit(house, 14_100_00)
    assert figures(house) == (14_100_00, 14_100_00, 0, 0)


def test_one_fen_beyond_the_commitment_is_refused_though_the_fund_has_it(house: House) -> None:
    appropriate(house, 1_000_00)
    entry = commit(house, 300_00)
    commit(house, 300_00)
    before = snapshot()
    draws: Sequence[Callable[[House, int, int], object]] = (disburse, release)
    for act in draws:
        with pytest.raises(Refusal) as refused:
            act(house, entry.pk, 300_01)
        assert snapshot() == before
        assert refused.value.code == "beyond_commitment"
        assert refused.value.facts == {"rest_minor": 300_00, "asked_minor": 300_01}
        assert "300.01" in refused.value.sentence


@pytest.mark.parametrize("amount", [0, -1, LIMIT_MINOR + 1])
def test_an_amount_is_more_than_zero_and_within_reason(house: House, amount: int) -> None:
    appropriate(house, 1_000_00)
    entry = commit(house, 300_00)
    before = snapshot()
    acts: Sequence[Callable[[], object]] = (
        lambda: appropriate(house, amount),
        lambda: commit(house, amount),
        lambda: disburse(house, entry.pk, amount),
        lambda: release(house, entry.pk, amount),
    )
    for act in acts:
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == "amount_invalid"
        assert snapshot() == before


def test_one_fen_beyond_the_document_is_refused_with_the_figures() -> None:
    house = make_house(granted=14_100_00)
    appropriate(house, 10_000_00)
    before = snapshot()
    with pytest.raises(Refusal) as refused:
        appropriate(house, 4_100_01)
    assert snapshot() == before
    assert (refused.value.code, refused.value.field) == ("beyond_document", "amount")
    assert refused.value.facts == {
        "granted_minor": 14_100_00,
        "appropriated_minor": 10_000_00,
        "asked_minor": 4_100_01,
    }
    assert all(figure in refused.value.sentence for figure in ("14,100.00", "10,000.00", "4,100.01"))
    reverse(house, appropriate(house, 4_100_00).pk)
    appropriate(house, 4_100_00)
    assert figures(house) == (14_100_00, 0, 0, 14_100_00)


def test_the_database_itself_refuses_more_than_the_document_gives() -> None:
    house = make_house(granted=14_100_00)
    with pytest.raises(IntegrityError, match="funds_fund_within_document"), transaction.atomic():
        Fund.objects.filter(pk=house.fund_id).update(appropriated_minor=14_100_01)


@pytest.mark.parametrize("voucher", ["购-0003", " 购－0003", "购-", "购-x"])
def test_the_vouchers_of_purchases_are_not_typed(house: House, voucher: str) -> None:
    before = snapshot()
    with pytest.raises(Refusal) as refused, acting():
        funds.appropriate(
            fund_id=house.fund_id,
            amount_minor=1,
            voucher=voucher,
            happened_on=TODAY,
            actor=house.finance,
            at=NOW,
        )
    assert (refused.value.code, refused.value.field) == ("voucher_reserved", "voucher")
    assert "购-" in refused.value.sentence
    assert snapshot() == before


def every_act(house: House, commitment_id: int, actor: Actor) -> Sequence[Callable[[], object]]:
    facts: dict[str, Any] = {"happened_on": TODAY, "actor": actor, "at": NOW}
    fund: dict[str, Any] = {"fund_id": house.fund_id, "amount_minor": 1}
    return (
        lambda: funds.appropriate(**fund, voucher="x", **facts),
        lambda: funds.commit(**fund, subject="", clause_key=CLAUSE, **facts),
        lambda: funds.disburse(entry_id=commitment_id, amount_minor=1, voucher="x", **facts),
        lambda: funds.release(entry_id=commitment_id, reason="x", **facts),
        lambda: funds.reverse(entry_id=commitment_id, reason="x", **facts),
    )


@pytest.mark.parametrize("who", ["stranger", "officer", "liaison"])
def test_every_act_needs_its_permission_over_the_unit_of_the_plan(house: House, who: str) -> None:
    appropriate(house, 1_000_00)
    entry = commit(house, 300_00)
    before = snapshot()
    for act in every_act(house, entry.pk, getattr(house, who)):
        with pytest.raises(NotPermitted), acting():
            act()
        assert snapshot() == before


@pytest.mark.parametrize("who", ["stranger", "finance", "liaison"])
def test_a_fund_is_opened_by_who_may_open_the_plan(house: House, who: str) -> None:
    document = Document.objects.create(
        kind="fund", title="通知", number="〔2020〕999号", issuer="澄江省财政厅", dated_on=TODAY
    )
    facts: dict[str, Any] = {
        "plan_id": house.plan.pk,
        "document_id": document.pk,
        "title": "基金",
        "granted_minor": 100,
        "at": NOW,
    }
    before = snapshot()
    with pytest.raises(NotPermitted), acting():
        funds.open_fund(actor=getattr(house, who), **facts)
    assert snapshot() == before
    with acting():
        funds.open_fund(actor=house.officer, **facts)


def test_reversing_an_appropriation_takes_the_permission_to_appropriate(house: House) -> None:
    given = appropriate(house, 100)
    with pytest.raises(NotPermitted) as refused, acting():
        funds.reverse(entry_id=given.pk, reason="x", happened_on=TODAY, actor=house.officer, at=NOW)
    assert refused.value.facts["permission"] == "fund.appropriate"


def test_a_voucher_is_needed_and_counts_once_in_a_fund(house: House) -> None:
    facts: dict[str, Any] = {"fund_id": house.fund_id, "amount_minor": 100, "happened_on": TODAY, "at": NOW}
    with acting():
        funds.appropriate(voucher=" 记－01 ", actor=house.finance, **facts)
    assert [row.voucher for row in ledger(house.fund_id)] == ["记-01"]
    before = snapshot()
    for voucher, code in (("记-01", "voucher_used"), ("　", "voucher_missing"), ("9" * 201, "text_too_long")):
        with pytest.raises(Refusal) as refused, acting():
            funds.appropriate(voucher=voucher, actor=house.finance, **facts)
        assert (refused.value.code, refused.value.field) == (code, "voucher")
        assert snapshot() == before


def test_a_voucher_of_another_fund_is_free(house: House) -> None:
    other = make_fund(house.plan, "〔2020〕99号")
    for fund_id in (house.fund_id, other):
        with acting():
            funds.appropriate(
                fund_id=fund_id,
                amount_minor=100,
                voucher="记-01",
                happened_on=TODAY,
                actor=house.finance,
                at=NOW,
            )
    assert [row.balance.available for row in of_plan(house.plan.pk)] == [100, 100]


def test_the_database_itself_refuses_a_voucher_twice(house: House) -> None:
    entry = appropriate(house, 100)
    twin = Entry(
        fund_id=house.fund_id,
        kind=Kind.APPROPRIATE,
        amount_minor=1,
        happened_on=TODAY,
        at=NOW,
        voucher=entry.voucher,
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)


def test_the_database_itself_refuses_an_overdrawn_fund_and_commitment(house: House) -> None:
    appropriate(house, 100)
    entry = commit(house, 60)
    with pytest.raises(IntegrityError), transaction.atomic():
        Fund.objects.filter(pk=house.fund_id).update(committed_minor=101)
    with pytest.raises(IntegrityError), transaction.atomic():
        Fund.objects.filter(pk=house.fund_id).update(committed_minor=-1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Commitment.objects.filter(entry=entry).update(disbursed_minor=61)


def test_entries_and_postings_are_only_ever_added_to(house: House) -> None:
    appropriate(house, 100)
    for rows in (Entry.objects.all(), Posting.objects.all()):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(amount_minor=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Posting.objects.all()._raw_delete(using="default")


@pytest.mark.parametrize(
    ("happened_on", "late"), [(TODAY, False), (TODAY - timedelta(days=1), True), (date(2020, 3, 30), True)]
)
def test_an_entry_after_its_day_is_marked_late_and_taken(
    house: House, happened_on: date, *, late: bool
) -> None:
    with acting():
        funds.appropriate(
            fund_id=house.fund_id,
            amount_minor=100,
            voucher="记-01",
            happened_on=happened_on,
            actor=house.finance,
            at=NOW,
        )
    (row,) = ledger(house.fund_id)
    assert (row.late_entry, row.happened_on, row.at) == (late, happened_on, NOW)
    assert (row.entered_by, row.kind_label != "") == (house.finance.label, True)


def test_no_money_comes_before_its_document(house: House) -> None:
    before = snapshot()
    with pytest.raises(Refusal) as refused, acting():
        funds.appropriate(
            fund_id=house.fund_id,
            amount_minor=100,
            voucher="记-01",
            happened_on=date(2020, 3, 29),
            actor=house.finance,
            at=NOW,
        )
    assert (refused.value.code, refused.value.field) == ("before_document", "happened_on")
    assert refused.value.facts == {"first": "2020-03-30", "happened_on": "2020-03-29"}
    for day in (date(2020, 3, 29), date(2020, 3, 30)):
        assert written(day, "full") in refused.value.sentence
    assert snapshot() == before


@pytest.mark.parametrize(("hour", "refused"), [(15, True), (16, False)])
def test_the_day_is_counted_in_china(house: House, hour: int, *, refused: bool) -> None:
    moment = datetime(2020, 4, 7, hour, tzinfo=UTC)
    tomorrow = date(2020, 4, 8)
    before = snapshot()
    facts: dict[str, Any] = {
        "fund_id": house.fund_id,
        "amount_minor": 1,
        "voucher": "x",
        "happened_on": tomorrow,
        "actor": house.finance,
        "at": moment,
    }
    if refused:
        with pytest.raises(Refusal) as refusal, acting():
            funds.appropriate(**facts)
        assert (refusal.value.code, refusal.value.field) == ("happened_in_future", "happened_on")
        assert snapshot() == before
    else:
        with acting():
            funds.appropriate(**facts)
        assert not ledger(house.fund_id)[0].late_entry


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
def test_pages_of_the_ledger_hold_the_same_lines_as_the_whole_of_it(house: House, size: int) -> None:
    appropriate(house, 1_000_00)
    first = commit(house, 300_00)
    paid = disburse(house, first.pk, 120_00)
    disburse(house, first.pk, 170_00, final=True)
    reverse(house, paid.pk)
    reverse(house, commit(house, 40_00).pk)
    elsewhere = make_fund(house.plan, "〔2020〕77号")
    appropriate(replace(house, fund_id=elsewhere), 5_00)
    whole = ledger(house.fund_id)
    assert [row.freed_minor // 100 for row in whole] == [1000, -300, 0, 0, 10, 0, 120, -40, 40]
    assert sum(row.freed_minor for row in whole) == balance(house.fund_id).available
    pages, before = [], None
    while page := ledger_page(house.fund_id, size=size, before=before):
        pages += page
        before = page[-1].entry_id
    assert pages == whole[::-1]


def test_a_page_of_the_ledger_reads_no_more_entries_than_it_shows(house: House) -> None:
    for _again in range(20):
        appropriate(house, 1_00)
    with patch.object(Entry, "from_db", side_effect=Entry.from_db) as read:
        (row,) = ledger_page(house.fund_id, size=1)
    assert (row.after.available, read.call_count) == (20_00, 1)


def test_the_last_payment_releases_what_is_left_in_the_same_act(house: House) -> None:
    appropriate(house, 1_000_00)
    entry = commit(house, 300_00)
    disburse(house, entry.pk, 120_00)
    disburse(house, entry.pk, 170_00, final=True)
    assert figures(house) == (1_000_00, 0, 290_00, 710_00)
    assert [row.kind for row in ledger(house.fund_id)] == [
        Kind.APPROPRIATE,
        Kind.COMMIT,
        Kind.DISBURSE,
        Kind.DISBURSE,
        Kind.RELEASE,
    ]
    assert (rest_of(entry.pk), held_by(entry.pk)) == (0, 290_00)


def test_a_last_payment_of_everything_leaves_nothing_to_release(house: House) -> None:
    appropriate(house, 1_000_00)
    entry = commit(house, 300_00)
    disburse(house, entry.pk, 300_00, final=True)
    assert [row.kind for row in ledger(house.fund_id)][-1] == Kind.DISBURSE


def test_a_release_without_an_amount_is_of_all_that_is_left_and_happens_once(house: House) -> None:
    appropriate(house, 1_000_00)
    entry = commit(house, 300_00)
    disburse(house, entry.pk, 100_00)
    assert release(house, entry.pk).amount_minor == 200_00
    before = snapshot()
    with pytest.raises(Refusal) as refused:
        release(house, entry.pk)
    assert refused.value.code == "beyond_commitment"
    assert snapshot() == before


def test_what_was_released_is_not_drawn_again_though_others_hold_money(house: House) -> None:
    appropriate(house, 1_000_00)
    entry = commit(house, 300_00)
    commit(house, 300_00)
    release(house, entry.pk, 100_00)
    before = snapshot()
    with pytest.raises(Refusal) as refused:
        disburse(house, entry.pk, 200_01)
    assert (refused.value.code, refused.value.facts["rest_minor"]) == ("beyond_commitment", 200_00)
    assert snapshot() == before


def test_nothing_is_left_of_a_reversed_commitment_though_others_hold_money(house: House) -> None:
    appropriate(house, 1_000_00)
    entry = commit(house, 300_00)
    commit(house, 300_00)
    reverse(house, entry.pk)
    assert (rest_of(entry.pk), held_by(entry.pk)) == (0, 0)
    before = snapshot()
    with pytest.raises(Refusal) as refused:
        disburse(house, entry.pk, 1)
    assert (refused.value.code, refused.value.facts["rest_minor"]) == ("beyond_commitment", 0)
    assert snapshot() == before


def test_money_is_drawn_on_commitments_only(house: House) -> None:
    given = appropriate(house, 1_000_00)
    before = snapshot()
    with pytest.raises(Refusal) as refused:
        disburse(house, given.pk, 1)
    assert refused.value.code == "not_a_commitment"
    assert snapshot() == before


def test_a_disbursement_taken_back_is_available_again_and_no_longer_spent(house: House) -> None:
    appropriate(house, 1_000_00)
    entry = commit(house, 300_00)
    paid = disburse(house, entry.pk, 300_00)
    mirror = reverse(house, paid.pk)
    assert figures(house) == (1_000_00, 0, 0, 1_000_00)
    assert (mirror.reverses_id, mirror.voucher, mirror.reason) == (paid.pk, paid.voucher, "金额录错")
    rows = {row.entry_id: row for row in ledger(house.fund_id)}
    assert rows[paid.pk].is_reversed
    assert not rows[mirror.pk].is_reversed
    assert (rest_of(entry.pk), held_by(entry.pk)) == (0, 0)


def test_a_part_payment_taken_back_leaves_the_rest_of_the_commitment_as_it_was(house: House) -> None:
    appropriate(house, 1_000_00)
    entry = commit(house, 300_00)
    paid = disburse(house, entry.pk, 100_00)
    reverse(house, paid.pk)
    assert figures(house) == (1_000_00, 200_00, 0, 800_00)
    assert rest_of(entry.pk) == 200_00


def test_a_reversal_says_why(house: House) -> None:
    given = appropriate(house, 1_000_00)
    before = snapshot()
    with pytest.raises(Refusal) as refused, acting():
        funds.reverse(entry_id=given.pk, reason=" ", happened_on=TODAY, actor=house.finance, at=NOW)
    assert (refused.value.code, refused.value.field) == ("reason_missing", "reason")
    assert snapshot() == before


def test_a_fund_is_opened_once_for_a_document_and_has_a_name(house: House) -> None:
    document_id = Fund.objects.get(pk=house.fund_id).document_id
    before = snapshot()
    cases = (
        ("专项资金", 100, "fund_exists"),
        (" ", 100, "title_missing"),
        ("长" * 201, 100, "text_too_long"),
        ("专项资金", 0, "amount_invalid"),
    )
    for title, granted, code in cases:
        with pytest.raises(Refusal) as refused, acting():
            funds.open_fund(
                plan_id=house.plan.pk,
                document_id=document_id,
                title=title,
                granted_minor=granted,
                actor=house.officer,
                at=NOW,
            )
        assert refused.value.code == code
    assert snapshot() == before


def test_every_act_is_in_the_trail_of_its_fund(house: House) -> None:
    appropriate(house, 1_000_00)
    entry = commit(house, 300_00)
    paid = disburse(house, entry.pk, 290_00, final=True)
    reverse(house, paid.pk)
    rows = TrailEntry.objects.filter(stream__name=f"fund:{house.fund_id}").order_by("seq")
    assert [row.action.removeprefix("funds.") for row in rows] == [
        "open_fund",
        "appropriate",
        "commit",
        "disburse",
        "release",
        "reverse",
        "release",
    ]
    assert rows[1].actor_key == house.finance.key


def test_the_checks_are_content_with_what_the_actions_wrote(house: House) -> None:
    appropriate(house, 1_000_00)
    entry = commit(house, 300_00)
    paid = disburse(house, entry.pk, 290_00, final=True)
    reverse(house, paid.pk)
    reverse(house, commit(house, 10_00).pk)
    assert verify() == []
