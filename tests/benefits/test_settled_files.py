"""What was settled already comes out of a file: who is meant, what is wrong, what is recorded once."""

import random
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from benefits.oracle import Part, Row, Served, Standard, reckon
from benefits.register import Register, make_register
from benefits.settled import (
    HEADINGS,
    PAID,
    TABLES,
    faults,
    look_at,
    merge,
    record,
    record_rows,
    row,
    table,
    with_number,
)
from benefits.test_lists import FAMILIES, lines
from benefits.test_lists import reckon as reckoned
from benefits.union import NOW, SET, TODAY, write
from goods.builders import snapshot
from hands import together
from mess_files import Cell, Formula, Sheet, xlsx
from roster_files import number
from songnuan.audit.models import Entry
from songnuan.benefits.models import SettledFile, Settlement
from songnuan.benefits.settled import AMOUNT_MOST, Settled
from songnuan.benefits.settled_file import ROWS_MOST
from songnuan.journeys.withdraw_settlement import withdraw_settlement
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.people.models import Enrolment, Person

pytestmark = pytest.mark.django_db(transaction=True)
DAILY = FAMILIES.replace("by: once", "by: day").replace("5000", "100").replace("2000", "50")


@pytest.fixture
def register() -> Register:
    found = make_register()
    write(found.union, FAMILIES)
    return found


def refused(code: str, act: Any) -> Refusal:
    """Carry out what is refused with a code, and show that nothing was kept."""
    before = snapshot(TABLES)
    with pytest.raises(Refusal) as found:
        act()
    assert found.value.code == code
    assert snapshot(TABLES) == before
    return found.value


def test_a_file_is_matched_by_numbers_and_recorded_with_one_entry(register: Register) -> None:
    first, second = with_number(register, "甲"), with_number(register, "乙")
    register.employ("甲")
    register.relate("甲", "spouse", "丙")
    content = table(
        row("甲", 身份证号=first, 亲属姓名="丙", 金额="1,500.50"),
        row("乙", 身份证号=second.lower(), 金额=200),
        row("合计", 金额="1700.5"),
        above=["已领取慰问金人员名单"],
    )
    looked = look_at(register, content)
    assert (looked.told.count, looked.fresh, looked.total_minor, looked.faults) == (2, 2, 1700_50, [])
    assert looked.told.unread == ("备注",)
    assert not Settlement.objects.exists()
    done = record(register, content)
    assert (done.rows, done.known, done.total_minor) == (2, 0, 1700_50)
    kept = Settlement.objects.order_by("pk").values_list("payee__name", "qualifier__name", "amount_minor")
    assert list(kept) == [("甲", "丙", 1500_50), ("乙", None, 200_00)]
    one = Settlement.objects.earliest("pk")
    assert (one.paid_on, one.source, one.recorded_by_id) == (PAID, "市中心医院工会", register.officer.user_id)
    assert (one.recorded_at, one.withdrawn_why) == (NOW, "")
    [entry] = Entry.objects.filter(action="benefits.record_settlements")
    assert (entry.stream.name, entry.subject) == ("standard:family-money", "benefits.standard:family-money")
    assert '"rows":2' in entry.facts.replace(" ", "")
    assert all(told not in entry.facts for told in ("甲", "乙", first, second))


def test_english_headings_and_a_source_for_the_whole_file_are_read(register: Register) -> None:
    told = with_number(register, "甲")
    headings: list[Cell] = ["Name", "ID number", "Amount (yuan)", "paid_on"]
    content = table(["甲", told, 30, "2020-02-01"], headings=headings)
    assert refused("settled_payer", lambda: record(register, content)).field == "source"
    record(register, content, source="  区总工会 ")
    assert Settlement.objects.get().source == "区总工会"


def test_each_fault_says_its_row_and_its_column(register: Register) -> None:
    good = with_number(register, "甲")
    with_number(register, "乙")
    register.employ("丙", "丁")
    twin = register.person("丁二")
    Person.objects.filter(pk=twin.pk).update(name="丁")
    Person.objects.filter(pk=register.person("戊").pk).update(restricted=True)
    register.employ("戊")
    content = table(
        row("甲", 身份证号=good, 金额=100),
        row("乙", 身份证号=good, 金额=100),
        row("庚", 身份证号=number(77), 金额=100),
        row("辛", 身份证号="110101199003071235", 金额=100),
        row("辛", 金额=100),
        row("丁", 金额=100),
        row("戊", 金额=100),
        row("甲", 身份证号=good),
        row("甲", 身份证号=good, 金额="一千"),
        row("甲", 身份证号=good, 金额=100, 发放日期=""),
        row("甲", 身份证号=good, 金额=100, 发放日期="2020-13-01"),
        row("甲", 身份证号=good, 金额=100, 发放日期=TODAY + timedelta(days=1)),
        row("甲", 身份证号=good, 已发起="2020-02-01", 已发止="2020-02-03"),
        row("甲", 身份证号=good, 亲属姓名="丙", 已发起="2020-02-03", 已发止="2020-02-01"),
        row("甲", 身份证号=good, 亲属姓名="丙", 已发起="2020-02-03"),
        row("甲", 身份证号=good, 亲属姓名="丙", 已发起="2020-02-03", 已发止="2020-03-30"),
        row("", 亲属姓名="丙", 金额=100),
        row("甲", 身份证号=good, 金额=100),
        row("甲", 身份证号=good, 金额=AMOUNT_MOST // 100 + 1),
        row("甲", 身份证号=good, 金额=Formula("=50+50", 100)),
        row("甲", 身份证号=float("1.10101199003071e17"), 金额=100),
        row("甲", 身份证号=good, 金额=5, 发放单位="长" * 201),
        row("甲？*", 金额="-5"),
    )
    found = look_at(register, content)
    assert faults(found) == [
        (3, "payee_number", "conflict_existing"),
        (4, "payee_number", "settled_number_unknown"),
        (5, "payee_number", "id_checksum"),
        (6, "payee_name", "settled_name_unknown"),
        (7, "payee_name", "settled_several"),
        (8, "payee_name", "settled_name_unknown"),
        (9, "amount", "settled_nothing"),
        (10, "amount", "settled_money"),
        (11, "paid_on", "settled_paid_missing"),
        (12, "paid_on", "date_invalid"),
        (13, "paid_on", "settled_paid_future"),
        (14, "relative_name", "settled_relative"),
        (15, "ends_on", "settled_order"),
        (16, "ends_on", "settled_last"),
        (17, "ends_on", "settled_days_future"),
        (18, "payee_name", "settled_payee"),
        (19, "payee_name", "settled_twice"),
        (20, "amount", "settled_amount"),
        (21, "amount", "formula"),
        (22, "payee_number", "id_lost_digits"),
        (23, "source", "settled_source_long"),
        (24, "payee_name", "name_lost_character"),
        (24, "amount", "settled_money"),
    ]
    assert all(fault.sentence and good not in fault.sentence for fault in found.faults)
    told = refused("settled_faults", lambda: record(register, content))
    assert dict(told.facts) == {"rows": 22}
    assert not Entry.objects.filter(action="benefits.record_settlements").exists()


def test_a_name_alone_tells_only_whom_the_officer_reaches(register: Register) -> None:
    register.employ("甲")
    register.person("乙")
    content = table(row("甲", 金额=1), row("乙", 金额=1))
    assert faults(look_at(register, content)) == [(3, "payee_name", "settled_name_unknown")]


def test_who_was_merged_leads_to_whom_they_were_merged_into(register: Register) -> None:
    old = with_number(register, "乙")
    with_number(register, "甲")
    register.employ("甲")
    merge(register.person("乙"), register.person("甲"))
    content = table(
        row("乙", 身份证号=old, 金额=1),
        row("甲", 身份证号=old, 金额=2),
        row("乙", 金额=3),
        row("丙", 身份证号=old, 金额=4),
    )
    looked = look_at(register, content)
    assert faults(looked) == [(5, "payee_number", "conflict_existing")]
    assert {one.payee_id for one in looked.rows} == {register.person("甲").pk}


def test_the_same_file_is_recorded_once_and_a_row_that_stands_is_known(register: Register) -> None:
    told = with_number(register, "甲")
    with_number(register, "乙")
    content = table(row("甲", 身份证号=told, 金额=100))
    record(register, content)
    found = refused("settled_file_known", lambda: record(register, content))
    assert "2020年3月2日" in found.sentence
    again = table(row("甲", 身份证号=told, 金额="100.00", 发放单位="另一单位"))
    refused("settled_known", lambda: record(register, again))
    wider = table(row("甲", 身份证号=told, 金额=100), row("乙", 金额=0.5, 身份证号=number(2)))
    looked = look_at(register, wider)
    assert (looked.fresh, looked.total_minor, looked.may_be_recorded) == (1, 50, True)
    done = record(register, wider)
    assert (done.rows, done.known, done.total_minor) == (1, 1, 50)
    assert list(SettledFile.objects.values_list("rows", "known", "total_minor")) == [
        (1, 0, 100_00),
        (1, 1, 50),
    ]


def test_a_row_that_stands_for_one_who_was_merged_since_is_known(register: Register) -> None:
    told = with_number(register, "甲")
    record(register, table(row("甲", 身份证号=told, 金额=100)))
    with_number(register, "乙")
    merge(register.person("甲"), register.person("乙"))
    refused("settled_known", lambda: record(register, table(row("乙", 身份证号=number(2), 金额=100))))


def test_what_is_withdrawn_counts_no_more_and_may_be_recorded_anew(register: Register) -> None:
    told = with_number(register, "甲")
    other = with_number(register, "乙")
    content = table(row("甲", 身份证号=told, 金额=100), row("乙", 身份证号=other, 金额=50))
    record(register, content)
    first, second = Settlement.objects.order_by("pk")
    facts: dict[str, Any] = {"why": "登记错误", "whole_file": False, "actor": register.officer, "at": NOW}
    key = uuid4()
    assert withdraw_settlement(settlement_id=first.pk, key=key, **facts) == 1
    assert withdraw_settlement(settlement_id=first.pk, key=key, **facts) == 1
    first.refresh_from_db()
    assert (first.withdrawn_at, first.withdrawn_by_id, first.withdrawn_why) == (
        NOW,
        register.officer.user_id,
        "登记错误",
    )
    refused("settled_withdrawn", lambda: withdraw_settlement(settlement_id=first.pk, key=uuid4(), **facts))
    refused("settled_file_known", lambda: record(register, content))
    for why in (" ", "长" * 201):
        told_ = {**facts, "why": why}
        refused("settled_why", lambda t=told_: withdraw_settlement(settlement_id=second.pk, key=uuid4(), **t))
    refused("settled_unknown", lambda: withdraw_settlement(settlement_id=0, key=uuid4(), **facts))
    assert withdraw_settlement(settlement_id=second.pk, key=uuid4(), **{**facts, "whole_file": True}) == 1
    assert record(register, content).rows == 2
    [entry, _other] = Entry.objects.filter(action="benefits.withdraw_settlement").order_by("seq")
    assert "登记错误" not in entry.facts
    assert '"amount_minor":10000' in entry.facts.replace(" ", "")


def test_a_whole_file_is_withdrawn_at_once_and_no_other(register: Register) -> None:
    numbers = [with_number(register, name) for name in "甲乙丙"]
    record(register, table(*(row("", 身份证号=told, 金额=9) for told in numbers[:2])))
    record(register, table(row("", 身份证号=numbers[2], 金额=9)))
    one = Settlement.objects.earliest("pk")
    facts: dict[str, Any] = {"why": "整表作废", "actor": register.officer, "at": NOW}
    assert withdraw_settlement(settlement_id=one.pk, whole_file=True, key=uuid4(), **facts) == 2
    assert Settlement.objects.get(withdrawn_at=None).payee.id_number == numbers[2]  # type: ignore[union-attr]
    [entry] = Entry.objects.filter(action="benefits.withdraw_settlement")
    assert '"amount_minor":1800' in entry.facts.replace(" ", "")


def test_what_a_list_of_this_house_settles_is_withdrawn_with_the_list_alone(register: Register) -> None:
    told = with_number(register, "甲")
    record(register, table(row("甲", 身份证号=told, 金额=100)))
    Settlement.objects.update(origin="payments.list:1")
    facts: dict[str, Any] = {"why": "错", "whole_file": True, "actor": register.officer, "at": NOW}
    one = Settlement.objects.get().pk
    refused("settled_by_list", lambda: withdraw_settlement(settlement_id=one, key=uuid4(), **facts))


def test_nobody_records_or_withdraws_for_another_unit_or_without_the_post(register: Register) -> None:
    told = with_number(register, "甲")
    content = table(row("甲", 身份证号=told, 金额=100))
    looked = look_at(register, content)
    record(register, content)
    one, union = Settlement.objects.get(), register.union
    before = snapshot((*TABLES, Person))
    rows = [Settled(register.person("甲").pk, None, None, None, 7_00, PAID, "工会")]
    assert looked.rows
    for actor in (union.stranger, union.approver, union.finance, union.inspector):
        with pytest.raises(NotPermitted):
            look_at(register, content, actor=actor)
        with pytest.raises(NotPermitted):
            record_rows(register, rows=rows, actor=actor)
        with pytest.raises(NotPermitted):
            withdraw_settlement(
                settlement_id=one.pk, why="x", whole_file=False, key=uuid4(), actor=actor, at=NOW
            )
    refused("standard_unknown", lambda: record_rows(register, rows=rows, slug="none"))
    assert snapshot((*TABLES, Person)) == before


def test_rows_at_fault_are_refused_whoever_made_them(register: Register) -> None:
    good = Settled(register.person("甲").pk, None, None, None, 7_00, PAID, "工会")
    bad = Settled(None, None, None, None, 7_00, PAID, "工会")
    found = refused("settled_wrong", lambda: record_rows(register, rows=[good, bad]))
    assert found.field == "payee_name"


def test_the_same_form_twice_is_one_entry_and_two_at_once_are_too(register: Register) -> None:
    rows = [Settled(register.person("甲").pk, None, None, None, 7_00, PAID, "工会")]
    key = uuid4()
    assert record_rows(register, rows=rows, key=key) == record_rows(register, rows=rows, key=key)
    assert Settlement.objects.count() == 1
    more = [Settled(register.person("乙").pk, None, None, None, 7_00, PAID, "工会")]
    outcomes = together(*[lambda: record_rows(register, rows=more)] * 4)
    assert outcomes == {"done": 1, "settled_known": 3}
    one = Settlement.objects.latest("pk").pk
    facts: dict[str, Any] = {"why": "错", "whole_file": True, "actor": register.officer, "at": NOW}
    outcomes = together(
        *[lambda: withdraw_settlement(settlement_id=one, key=uuid4(), **facts)] * 4,
    )
    assert outcomes == {"done": 1, "settled_withdrawn": 3}


def test_of_the_own_service_who_was_paid_is_who_served(register: Register) -> None:
    write(register.union, SET.replace("family-money", "own-money"))
    told, other = with_number(register, "甲"), with_number(register, "乙")
    days = {"已发起": "2020-02-01", "已发止": "2020-02-03"}
    content = table(
        row("甲", 身份证号=told, **days),
        row("甲", 身份证号=told, 金额=5),
        row("甲", 身份证号=told, 亲属身份证号=other, 金额=6),
    )
    looked = look_at(register, content, slug="own-money")
    assert {one.qualifier_id for one in looked.rows} == {register.person("甲").pk}
    assert faults(looked) == [(4, "relative_name", "settled_own")]


def test_the_recorded_file_is_out_or_deducted_as_the_oracle_says(register: Register) -> None:
    write(register.union, DAILY, base=1, decision="纪要2号", decided_on=TODAY)
    dice = random.Random(7)  # noqa: S311 - invented sums
    first, last = date(2020, 1, 20), date(2020, 2, 18)
    expected, rows = {}, []
    for place in range(1, 25):
        payee, relative = f"职工{place}", f"亲属{place}"
        register.employ(payee)
        register.relate(payee, "spouse", relative)
        register.serve([relative])
        person = {"身份证号": with_number(register, payee, place)}
        kin = {"亲属身份证号": with_number(register, relative, 100 + place)}
        out: set[date] = set()
        settled = 0
        for _time in range(dice.randrange(3)):
            if dice.random() < 0.5:
                begin = first + timedelta(days=dice.randrange(-5, 30))
                end = min(begin + timedelta(days=dice.randrange(12)), TODAY)
                out |= {begin + timedelta(days=day) for day in range((end - begin).days + 1)}
                sum_: dict[str, Cell] = {"金额": dice.randrange(1, 50)} if dice.random() < 0.3 else {}
                told = person if sum_ or dice.random() < 0.5 else {}
                rows.append(row(**told, **kin, 已发起=begin, 已发止=end, **sum_))
            else:
                amount = dice.randrange(1, 900)
                settled += amount
                named = kin if dice.random() < 0.5 else {}
                rows.append(row(**person, **named, 金额=amount, 发放日期=PAID - timedelta(days=_time)))
        part = Part("day", [Row("hubei", 100_00, places=["湖北", "武汉"]), Row("front", 50_00)])
        standard = Standard([part], first)
        served = [Served(first, last, "本市")]
        minor = reckon(standard, served, TODAY, out=out, settled=settled * 100).minor
        expected[f"{payee} for {relative}"] = minor // 100
    assert look_at(register, table(*rows)).faults == []
    record(register, table(*rows))
    assert lines(reckoned(register)) == expected
    assert len(set(expected.values())) > 8


# Hostile files -------------------------------------------------------------------------------------


def test_a_table_without_its_headings_is_refused_with_what_is_lacking(register: Register) -> None:
    for headings, lacking in (
        (["姓名", "金额"], "发放日期"),
        (["姓名", "发放日期"], "金额"),
        (["金额", "发放日期"], "姓名"),
        (["甲", "乙"], "姓名"),
    ):
        content = table(["甲", 1], headings=[*headings, "发放单位"])
        found = refused("settled_headings", lambda c=content: record(register, c))
        assert lacking in found.sentence
    refused("settled_empty", lambda: record(register, table()))


def test_two_columns_or_sheets_that_tell_the_same_are_refused(register: Register) -> None:
    doubled = table(row("甲", 金额=1), headings=[*HEADINGS[:-1], "已发金额"])
    assert "金额" in refused("settled_doubled", lambda: record(register, doubled)).sentence
    sheet = [HEADINGS, row("甲", 金额=1)]
    two = xlsx([Sheet("一", sheet), Sheet("二", sheet)])
    assert "“二”" in refused("settled_sheets", lambda: record(register, two)).sentence
    with_number(register, "甲")
    register.employ("甲")
    notes = xlsx([Sheet("说明", [["填表说明", "见下"], ["只填金额"]]), Sheet("二", sheet)])
    assert record(register, notes).rows == 1


def test_a_file_of_too_many_rows_is_left_at_the_limit(register: Register) -> None:
    head = "姓名,金额,发放日期,发放单位\n".encode()
    content = head + "甲,1,2020-02-01,市工会\n".encode() * (ROWS_MOST + 1)
    found = refused("settled_many", lambda: record(register, content))
    assert found.facts == {"limit": ROWS_MOST}


def test_what_is_no_table_is_refused(register: Register) -> None:
    refused("unreadable", lambda: record(register, b"%PDF-1.4 nothing"))
    refused("unreadable", lambda: record(register, b""))


def test_enrolments_of_a_reckoning_are_untouched_by_recording(register: Register) -> None:
    told = with_number(register, "甲")
    register.employ("甲")
    before = snapshot((Enrolment, Person))
    record(register, table(row("甲", 身份证号=told, 金额=1)))
    assert snapshot((Enrolment, Person)) == before
