"""Every code of the check: one plan that has the fault and one that has not, and no code left out."""

import ast
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from goods.builders import NOW
from goods.pickups import stand_on
from made_roster import make_roster
from people import BUREAU, LEAD, OFFICE, PLANS, Bureau, at
from songnuan.cli.commands import songnuan
from songnuan.journeys.check_plan import check_plan
from songnuan.organisation.models import Assignment, Post, Unit
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import units_by_name
from songnuan.plans.faults import PlanRefused
from songnuan.plans.lint import Severity

ROOT = Path(__file__).resolve().parents[2] / "src/songnuan"

# Two units looked after, one kit each; the smallest plan in which every kind of measure has its place.
PLAN = f"""\
slug: small
title: 走访慰问方案
unit: {BUREAU}
office: {OFFICE}
starts_on: 2020-04-08
due_on: 2020-04-21
basis:
  - title: 关于联防联控的通知
    number: 澄水运防〔2020〕3号
    dated_on: 2020-03-20
funds:
  - number: 澄水运财〔2020〕18号
    title: 关于专项资金的通知
    issuer: {BUREAU}
    dated_on: 2020-04-03
    amount: 600
questions:
  - key: cash
    clause: goods
    text: 是实物还是现金？
    blocks: open
    answer: 是实物。
    ground: 会议纪要
  - key: families
    clause: goods
    text: 一户多人怎么发？
    blocks: payment
    choices:
      - {{key: each, text: 按人发}}
      - {{key: one, text: 按户发}}
    answer: 按户发
    ground: 会议纪要
clauses:
  - key: visits
    number: 一、
    title: 走访安排
  - key: pairing
    number: （一）
    title: 结对
    text: 2个单位各由一个处室牵头。
    measures:
      - kind: pairing
        units: 2
  - key: schedule
    number: （二）
    title: 时限
    text: 原则上4月21日前完成。
    measures:
      - kind: unit_visits
        due_on: 2020-04-21
        units: 2
      - kind: visit_reports
        within_hours: 24
      - kind: problems
        due_workdays: 5
      - kind: inspection
        items:
          - {{key: masks, text: 口罩储备}}
          - {{key: register, text: 进出登记}}
  - key: goods
    number: 二、
    title: 慰问品
    text: 2个单位，每个单位300元，共600元，由专项资金列支。每份苹果1箱，共苹果2箱。
    measures:
      - kind: kit_purchase
        fund: 澄水运财〔2020〕18号
        standard_yuan: "300"
        standard_basis: 澄水运财〔2020〕18号
        ceiling_yuan: "300"
        ceiling_basis: 慰问办法第三条
        kit:
          - {{item: 苹果, packing: 箱, quantity: 1, price_yuan: "300"}}
        units: 2
      - kind: fund
        number: 澄水运财〔2020〕18号
      - kind: grants
        standard: warmth-money
        roster: staff
        fund: 澄水运财〔2020〕18号
        couple: families
  - key: duties
    number: 三、
    title: 值守
    text: 建立通讯录，每周演练一次。
    measures:
      - kind: assignments
        items:
          - {{key: drill, text: 开展演练, owner: {LEAD}, due_on: 2020-04-10, every: week}}
          - {{key: book, text: 建立通讯录, owner: {LEAD}, due_workdays: 2}}
      - kind: leader_visits
      - kind: families
        roster: staff
      - kind: situation_reports
        due: '16:00'
        figures: [{{key: fever, label: 发热}}, {{key: contacts, label: 密接}}]
        ladder: [{{after: 10, whom: liaison}}]
        superior: 市卫生健康局
        superior_due: '17:30'
        code: 澄水运防
      - kind: early_warning
        watches:
          - {{figure: fever, method: C2, z: 3}}
          - {{figure: contacts, method: C1, alpha: 0.05}}
        ladder: [{{after: 30, whom: office}}]
      - kind: returnees
      - kind: screening
      - kind: lessons
        learn_by: 2020-04-20
      - kind: event
        days: [{{day: 2020-04-17}}, {{day: 2020-04-20}}]
        invite_by: 2020-04-15
        invited: [{{who: chair}}]
"""
GOODS = "2个单位，每个单位300元，共600元，由专项资金列支。"
DUTY = "text: 建立通讯录，每周演练一次。"
SCHEDULE = "原则上4月21日前完成。"
FUNDS = PLAN[PLAN.index("funds:") : PLAN.index("questions:")]
PAIRS = PLAN[PLAN.index("    measures:\n      - kind: pairing") : PLAN.index("  - key: schedule")]
AGAIN = PAIRS.replace("pairing\n", "pairing\n        key: again\n")
_UNITS_OF_KITS = 'price_yuan: "300"}\n        units: 2\n'
MONTHS = ("due_on: 2020-04-21\nbasis", "due_on: 2020-12-31\nbasis")
Change = tuple[str, str]

# Each code, and the changes that bring it about; the plan as it stands is the one that has it not.
FLEXIBLE = "      - kind: flexible_work\n        roster: staff\n        longest_days: 10\n"
RESPONSE = (
    "      - kind: response\n        code: 临急\n"
    "        levels: [{key: one, title: Ⅰ级}, {key: one, title: Ⅱ级}]\n"
)
_VISITS = "        units: 2\n      - kind: visit"


def _picked_up(batches: str = "{day: 2020-04-09}", more: str = "mode: divide") -> tuple[Change, ...]:
    """Return the changes that let people pick the kits up."""
    measure = f"      - kind: pickups\n        batches: [{batches}]\n        {more}\n"
    return ((_VISITS, f"        units: 2\n{measure}      - kind: visit"),)


BREAKS: dict[str, tuple[Change, ...]] = {
    "first_after_interval": (("kind: families\n", "kind: families\n        first: 9\n"),),
    "deadline_missing": (("due_on: 2020-04-21\nbasis", "basis"),),
    "deadline_before_start": (("due_on: 2020-04-21\nbasis", "due_on: 2020-04-07\nbasis"),),
    "deadline_not_workday": (("due_on: 2020-04-21\nbasis", "due_on: 2020-05-01\nbasis"),),
    "deadline_unknown_day": (("due_on: 2020-04-21\nbasis", "due_on: 2099-05-01\nbasis"),),
    "measure_before_start": (("due_on: 2020-04-10", "due_on: 2020-04-07"),),
    "measure_after_plan": (("due_on: 2020-04-10", "due_on: 2020-04-22"),),
    "measure_not_workday": (("due_on: 2020-04-10", "due_on: 2020-04-11"),),
    "deadline_vague": (("text: 2个单位各由", "text: 尽快落实，2个单位各由"),),
    "text_date_unknown": ((SCHEDULE, "原则上4月22日前完成。"),),
    "duty_endless": (("due_on: 2020-04-21\nbasis", "basis"),),
    "duty_ends_early": (("every: week}", "every: week, until: 2020-04-09}"),),
    "duty_too_often": (MONTHS, ("every: week", "every: day")),
    "basis_missing": ((PLAN[PLAN.index("basis:") : PLAN.index("funds:")], ""),),
    "basis_number_form": (("number: 澄水运防〔2020〕3号", "number: 澄水运防〔2020〕第3号"),),
    "basis_number_missing": (("    number: 澄水运防〔2020〕3号\n", ""),),
    "basis_date_missing": (("    dated_on: 2020-03-20\n", ""),),
    "basis_later": (("dated_on: 2020-03-20", "dated_on: 2020-04-09"),),
    "document_number_brackets": (("title: 关于联防联控的通知", "title: 关于（2020）03号文的通知"),),
    "fund_number_form": (("- number: 澄水运财〔2020〕18号", "- number: 澄水运财18号"),),
    "fund_zero": (("amount: 600", "amount: 0"),),
    "fund_unused": (("- number: 澄水运财〔2020〕18号", "- number: 澄水运财〔2020〕19号"),),
    "fund_unknown": (("        number: 澄水运财〔2020〕18号", "        number: 澄水运财〔2020〕19号"),),
    "fund_too_small": (("amount: 600", "amount: 599"),),
    "benefit_without_fund": (("fund: 澄水运财〔2020〕18号", "fund: 澄水运财〔2020〕19号"),),
    "money_without_fund": ((FUNDS, ""),),
    "sum_wrong": ((GOODS, "2个单位，每个单位300元，共500元。"),),
    "sum_fund_differs": ((GOODS, "安排专项资金500元。"),),
    "sum_beyond_fund": ((GOODS, "3个单位，每个单位300元，共900元，由专项资金列支。"),),
    "units_differ": (("        units: 2\n      - kind: visit", "        units: 3\n      - kind: visit"),),
    "text_count_differs": (("2个单位各由", "3个单位各由"),),
    "standard_without_basis": (("        standard_basis: 澄水运财〔2020〕18号\n", ""),),
    "standard_above_ceiling": (('ceiling_yuan: "300"', 'ceiling_yuan: "299.99"'),),
    "ceiling_without_basis": (("        ceiling_basis: 慰问办法第三条\n", ""),),
    "standard_differs": ((GOODS, "每个单位200元。"),),
    "kit_above_standard": (('price_yuan: "300"', 'price_yuan: "300.01"'),),
    "kit_total_differs": (("共苹果2箱", "共苹果3箱"),),
    "people_missing": ((_UNITS_OF_KITS, f"{_UNITS_OF_KITS}        per: person\n"),),
    "people_unused": ((_UNITS_OF_KITS, f"{_UNITS_OF_KITS}        people: 2\n"),),
    "question_unknown": (("couple: families", "couple: other"),),
    "question_without_choices": (("couple: families", "couple: cash"),),
    "flexible_never_reviewed": (
        (
            "        units: 2\n      - kind: visit",
            f"        units: 2\n{FLEXIBLE}      - kind: visit",
        ),
    ),
    "pickups_no_kit": _picked_up(more="mode: divide\n        kit: other"),
    "pickups_not_per_person": _picked_up(),
    "pickups_with_visits": _picked_up(),
    "pickups_no_days": _picked_up(batches=""),
    "batch_twice": _picked_up(batches="{day: 2020-04-09}, {day: 2020-04-09, place: 东门}"),
    "batch_outside_plan": _picked_up(batches="{day: 2020-04-22}"),
    "level_twice": (
        ("        units: 2\n      - kind: visit", f"        units: 2\n{RESPONSE}      - kind: visit"),
    ),
    "response_without_office": (
        ("        units: 2\n      - kind: visit", f"        units: 2\n{RESPONSE}      - kind: visit"),
        (f"office: {OFFICE}\n", ""),
    ),
    "question_open": (("    answer: 是实物。\n    ground: 会议纪要\n", ""),),
    "placeholder_left": ((DUTY, "text: 值守补助每人XX元。"),),
    "clause_number_form": (("number: （二）", "number: (二)"),),
    "clause_number_gap": (("number: 三、", "number: 四、"),),
    "clause_number_repeated": (("number: 三、", "number: 二、"),),
    "clause_level_skipped": (("number: （一）", "number: 1."),),
    "clause_empty": ((f"    {DUTY}\n", ""),),
    "clause_without_measure": ((PAIRS, ""),),
    "measure_without_evidence": ((PAIRS, ""),),
    "kind_twice": ((DUTY + "\n    measures:\n", DUTY + "\n" + AGAIN),),
    "same_asked_twice": (("text: 进出登记", "text: 口罩的储备情况"),),
    "item_twice": (("key: register", "key: masks"),),
    "inspection_without_visits": (
        (PLAN[PLAN.index("      - kind: unit_visits") : PLAN.index("      - kind: visit_reports")], ""),
    ),
    "figure_twice": (("key: contacts", "key: fever"),),
    "ladder_missing": (("        ladder: [{after: 10, whom: liaison}]\n", ""),),
    "report_halves": (("        due: '16:00'\n", "        period: half_day\n        due: '16:00'\n"),),
    "reports_no_response": (("        due: '16:00'\n", "        during: response\n        due: '16:00'\n"),),
    "report_due_unfit": (("due: '16:00'", "due: '00:00'"),),
    "report_superior_early": (("superior_due: '17:30'", "superior_due: '15:30'"),),
    "report_due_differs": (
        ("text: 建立通讯录，每周演练一次。", "text: 建立通讯录，每周演练一次，每日9时前报告。"),
    ),
    "warning_reports_unknown": (
        ("      - kind: early_warning\n", "      - kind: early_warning\n        reports: weekly\n"),
    ),
    "watch_unknown": (("figure: fever", "figure: cough"),),
    "watch_twice": (("figure: contacts", "figure: fever"),),
    "alert_ladder_missing": (("        ladder: [{after: 30, whom: office}]\n", ""),),
    "alerts_no_office": ((f"office: {OFFICE}\n", ""),),
    "reports_no_office": ((f"office: {OFFICE}\n", ""),),
    "returnees_no_office": ((f"office: {OFFICE}\n", ""),),
    "screening_no_office": ((f"office: {OFFICE}\n", ""),),
    "observation_differs": ((DUTY, "text: 建立通讯录，每周演练一次，健康观察21天。"),),
    "event_day_twice": (("days: [{day: 2020-04-17}", "days: [{day: 2020-04-20}"),),
    "event_outside_plan": (("{day: 2020-04-20}]", "{day: 2020-05-20}]"),),
    "event_invited_late": (("invite_by: 2020-04-15", "invite_by: 2020-04-17"),),
    "lessons_outside_plan": (("learn_by: 2020-04-20", "learn_by: 2020-05-20"),),
    "nobody_to_report_to": ((f"office: {OFFICE}\n", ""),),
    "nobody_records_leaders": ((f"office: {OFFICE}\n", ""),),
}


def source(*changes: Change) -> str:
    text = PLAN
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def known_codes() -> set[str]:
    """Return every code that the program writes into a finding, from its text.

    A function that is told the `code` passes it on; wherever else one stands, it is written out.
    """
    found = set()
    for path in sorted(ROOT.rglob("*.py")):
        text = path.read_text()
        if "LintFinding" not in text:
            continue
        nodes = list(ast.walk(ast.parse(text)))
        tellers = {"LintFinding": 0}
        for node in nodes:
            if isinstance(node, ast.FunctionDef):
                names = [arg.arg for arg in node.args.args]
                tellers |= {node.name: names.index("code")} if "code" in names else {}
        for node in nodes:
            name = (
                getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
            )
            if not isinstance(node, ast.Call) or name not in tellers:
                continue
            given = [word.value for word in node.keywords if word.arg == "code"]
            [code] = given or node.args[tellers[name] : tellers[name] + 1]
            where = f"{path.relative_to(ROOT)}:{node.lineno}"
            if isinstance(code, ast.Name) and code.id == "code":
                continue
            assert isinstance(code, ast.Constant), f"{where}: the code of a finding is written out"
            found.add(str(code.value))
    return found


def test_no_code_is_left_out() -> None:
    assert known_codes() == BREAKS.keys() | HOUSE.keys()
    assert len(known_codes()) >= 50


def test_the_plan_without_a_fault_has_no_finding() -> None:
    assert check_plan(PLAN) == []


@pytest.mark.parametrize("code", BREAKS)
def test_a_plan_with_the_fault_is_found_out(code: str) -> None:
    finding = next(row for row in check_plan(source(*BREAKS[code])) if row.code == code)
    assert finding.message
    assert finding.mend


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("共苹果2箱", "共苹果 3 箱"), "kit_total_differs"),
        (("共苹果2箱", "共3箱苹果"), "kit_total_differs"),
        (("共苹果2箱", "共苹果三箱"), "kit_total_differs"),
        (("共苹果2箱", "共苹果３箱"), "kit_total_differs"),
        ((GOODS, "按200元/个的标准。"), "standard_differs"),
    ],
)
def test_the_same_fault_in_other_words_is_found_out_too(change: Change, code: str) -> None:
    assert code in {row.code for row in check_plan(source(change))}


@pytest.mark.parametrize(
    "change",
    [
        ("共苹果2箱", "共苹果 2 箱"),
        ("共苹果2箱", "第一批1箱苹果、第二批1箱苹果，共两箱苹果"),
        ("每份苹果1箱", "每箱苹果80元，每份1箱"),
        (GOODS, "每个单位不超过400元。"),
        ('standard_yuan: "300"', "standard_yuan: 300"),
        ('price_yuan: "300"', "price_yuan: 300.00"),
        ('ceiling_yuan: "300"', "ceiling_yuan: 300"),
        ('ceiling_yuan: "300"', 'ceiling_yuan: "1,300.00"'),
    ],
)
def test_what_a_kit_may_say_is_not_pointed_out(change: Change) -> None:
    assert check_plan(source(change)) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (('standard_yuan: "300"', 'standard_yuan: "0"'), "须大于0"),
        (('standard_yuan: "300"', "standard_yuan: true"), "应填写金额"),
        (('price_yuan: "300"', "price_yuan: [300]"), "应填写金额"),
        (("quantity: 1,", f"quantity: {10**9},"), "10000"),
        (("        units: 2\n      - kind: fund", f"        units: {10**12}\n      - kind: fund"), "1000000"),
        (("        units: 2\n      - kind: visit", "        units: true\n      - kind: visit"), "整数"),
        (("hours: 24", "hours: 24.5"), "整数"),
        (("due_on: 2020-04-21\nbasis", "due_on: 9999-12-31\nbasis"), "1900"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_meant_are_refused_with_their_line(change: Change, sentence: str) -> None:
    text = source(change)
    with pytest.raises(PlanRefused) as refused:
        check_plan(text)
    fault = refused.value.faults[0]
    assert sentence in fault.sentence
    assert fault.line == text[: text.index(change[1])].count("\n") + 1


# What the house lacks: each takes something away from a house that has it all ------------------------


def dismiss(role: Role) -> None:
    """End every post of the role."""
    Post.objects.filter(role=role).update(ends_on=date(2020, 4, 5))


def pair(unit: str, holder: str, ends_on: date | None = None) -> None:
    """Let `holder` look after the unit."""
    ids = units_by_name([unit, holder], date(2020, 4, 6))
    start = date(2020, 4, 1)
    Assignment.objects.create(
        purpose="small", holder_id=ids[holder], subject_id=ids[unit], starts_on=start, ends_on=ends_on
    )


def _bureau() -> Unit:
    return Unit.objects.get(pk=units_by_name([BUREAU], date(2020, 4, 6))[BUREAU])


_SCHEDULED = PLAN[PLAN.index("      - kind: unit_visits") : PLAN.index("  - key: goods")]
_PICKUPS = "      - {kind: pickups, roster: teachers, mode: divide, batches: [{day: 2020-04-09}]}\n"
HOUSE: dict[str, tuple[Callable[[], object], tuple[Change, ...]]] = {
    "office_unknown": (lambda: None, ((f"office: {OFFICE}", "office: 局宣传办公室"),)),
    "office_unstaffed": (lambda: dismiss(Role.EPIDEMIC_OFFICE), ()),
    "nobody_approves": (lambda: dismiss(Role.APPROVER), ()),
    "no_inspector": (lambda: dismiss(Role.INSPECTOR), ()),
    "unit_without_lead": (lambda: Assignment.objects.all().delete(), ()),
    "unit_with_two_leads": (lambda: pair("办公室", "规划处", date(2020, 6, 1)), ()),
    "units_beyond_text": (lambda: pair("法规处", "规划处"), ()),
    "people_differ": (
        lambda: None,
        ((_UNITS_OF_KITS, f"{_UNITS_OF_KITS}        per: person\n        people: 2\n"),),
    ),
    "roster_differs": (
        lambda: stand_on(*make_roster(_bureau(), NOW, key="teachers"), "甲", "乙", "丙"),
        (
            (_SCHEDULED, _PICKUPS),
            (_UNITS_OF_KITS, f"{_UNITS_OF_KITS}        per: person\n        people: 2\n"),
        ),
    ),
    "owner_unknown": (lambda: None, ((f"建立通讯录, owner: {LEAD}", "建立通讯录, owner: 宣传处"),)),
}


@pytest.fixture
def house(bureau: Bureau) -> Bureau:
    """The bureau, with as many pairs as the plan says."""
    pair("办公室", LEAD)
    pair("财务处", LEAD)
    return bureau


@pytest.mark.django_db
@pytest.mark.usefixtures("house")
def test_a_house_that_has_it_all_has_no_finding() -> None:
    assert check_plan(PLAN, at(6)) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("code", HOUSE)
def test_what_the_house_lacks_is_found_out(code: str) -> None:
    change, changes = HOUSE[code]
    change()
    plan = source(*changes)
    assert [row.code for row in check_plan(plan, at(6))] == [code]
    assert check_plan(plan) == []  # without a house to ask, the text alone is fine


@pytest.mark.django_db
def test_a_plan_of_another_house_is_checked_by_its_text_alone() -> None:
    assert not Unit.objects.exists()
    assert check_plan(PLAN, at(6)) == []


# The command -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_command_prints_the_findings_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(source(*BREAKS["fund_too_small"], *BREAKS["question_open"]))
    result = CliRunner().invoke(songnuan, ["plan", "check", str(path), "--json"])
    assert result.exit_code == 1
    rows = json.loads(result.stdout)
    assert all([*row] == ["code", "severity", "clause", "message", "mend"] for row in rows)
    found = {row["code"]: row for row in rows}
    assert (found["fund_too_small"]["severity"], found["question_open"]["severity"]) == ("error", "info")
    assert found["fund_too_small"]["clause"] == "二、慰问品"


@pytest.mark.parametrize(
    ("slug", "codes"),
    [
        ("emergency-response", []),
        ("medical-families", ["question_open"] * 3),
        ("teachers-return", ["question_open"] * 2),
    ],
)
def test_the_plans_that_ship_have_open_questions_and_nothing_else(slug: str, codes: list[str]) -> None:
    findings = check_plan((PLANS / f"{slug}.yaml").read_text())
    assert [finding.code for finding in findings] == codes
    assert {finding.severity for finding in findings} <= {Severity.INFO}
