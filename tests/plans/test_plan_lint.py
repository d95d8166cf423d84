"""Each lint rule finds what it is for in a plan that has it, and nothing in one that has not."""

import pytest

from plans.plan_samples import plan
from songnuan.kernel.refusal import Refusal
from songnuan.plans.lint import RULES, LintFinding, Severity, lint_text, refuse_errors

E, W, I = Severity.ERROR, Severity.WARNING, Severity.INFO  # noqa: E741 - a note
GOODS = "二、慰问品"
SUM = "47个单位，每个单位300元，共14,100元，由专项资金列支。"
TEXT_OF_PAIRING = "一个单位由一个处室牵头。"
MEASURE_OF_PAIRING = "    measures:\n      - kind: pairing\n        units: 47\n"
NUMBER = "number: 澄水运防〔2020〕3号"
ANSWER = "    answer: 是实物。\n    ground: 会议纪要\n"


def found(*changes: tuple[str, str]) -> list[tuple[str, Severity, str]]:
    return [(finding.code, finding.severity, finding.clause) for finding in lint_text(plan(*changes))]


def test_a_plan_without_a_fault_has_no_findings() -> None:
    assert lint_text(plan()) == []


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (("due_on: 2020-04-21\n", ""), ("deadline_missing", E, "")),
        (("due_on: 2020-04-21", "due_on: 2020-04-07"), ("deadline_before_start", E, "")),
        (("due_on: 2020-04-21", "due_on: 2020-04-25"), ("deadline_not_workday", W, "")),
        (("due_on: 2020-04-21", "due_on: 2099-04-21"), ("deadline_unknown_day", W, "")),
        ((NUMBER, "number: 澄水运防(2020)3号"), ("basis_number_form", E, "")),
        ((NUMBER, "number: 澄水运防〔20〕3号"), ("basis_number_form", E, "")),
        ((NUMBER, "number: 澄水运防〔2020〕03号"), ("basis_number_form", E, "")),
        ((NUMBER, "number: 澄水运防〔2020〕第3号"), ("basis_number_form", E, "")),
        (("amount: 14100", "amount: 0"), ("fund_zero", E, "")),
        (("〔2020〕18号", "[2020]18号"), ("fund_number_form", E, "")),
        ((ANSWER, ""), ("question_open", I, "")),
        (("number: （一）", "number: (一)"), ("clause_number_form", W, "(一)结对")),
        (("number: （二）", "number: （一）"), ("clause_number_repeated", E, "（一）时限")),
        (("number: （二）", "number: （三）"), ("clause_number_gap", E, "（三）时限")),
        (("number: 一、", "number: 二、"), ("clause_number_gap", E, "二、走访安排")),
        (("number: （一）", "number: 1."), ("clause_level_skipped", E, "1.结对")),
        ((TEXT_OF_PAIRING, "''"), ("clause_empty", E, "（一）结对")),
        ((MEASURE_OF_PAIRING, ""), ("clause_without_measure", W, "（一）结对")),
        ((SUM, "47个单位，每个单位300元，共14,000元。"), ("sum_wrong", E, GOODS)),
        ((SUM, "四十七个单位，每个单位三百元，共计一万四千元。"), ("sum_wrong", E, GOODS)),
        ((SUM, "47家单位每家统一标准300元，合计人民币1.42万元。"), ("sum_wrong", E, GOODS)),
        ((SUM, "18个处室走访47个单位，每个300元，共14000元。"), ("sum_wrong", E, GOODS)),
        ((SUM, "安排专项资金14,000元。"), ("sum_fund_differs", E, GOODS)),
        ((SUM, "从专项资金列支，48个单位，每个单位300元，共14,400元。"), ("sum_beyond_fund", E, GOODS)),
        ((SUM, "48个单位，每个单位300元，从澄水运财〔2020〕18号资金列支。"), ("sum_beyond_fund", E, GOODS)),
        ((SUM, "按澄水运防[2020]3号执行。"), ("document_number_brackets", W, GOODS)),
        ((SUM, "按澄水运防（2020）3号执行。"), ("document_number_brackets", W, GOODS)),
        ((SUM, "按澄水运防〔2020〕第3号执行。"), ("document_number_brackets", W, GOODS)),
        (("title: 局领导批示", "title: 关于【2020】3号文的批示"), ("document_number_brackets", W, "")),
        ((SUM, "４７个单位，每个单位３００元，共１４０００元。"), ("sum_wrong", E, GOODS)),
        ((SUM, "47个单位，按300元/个的标准，共14,000元。"), ("sum_wrong", E, GOODS)),
        ((SUM, "47个单位，每一个单位300元，共14,000元。"), ("sum_wrong", E, GOODS)),
        ((SUM, "286名教师，每人80元，5个工作日内发放，共22,000元。"), ("sum_wrong", E, GOODS)),
        ((SUM, "慰问品47份，每份300元，共14,000元。"), ("sum_wrong", E, GOODS)),
        ((SUM, "专项资金（澄水运财〔2020〕18号）14,000元。"), ("sum_fund_differs", E, GOODS)),
        ((SUM, "专项资金总额为1.4万元。"), ("sum_fund_differs", E, GOODS)),
        ((SUM, "下达14,000元防疫慰问专项资金。"), ("sum_fund_differs", E, GOODS)),
        ((SUM, "补助标准待定，待财务处核定。"), ("placeholder_left", E, GOODS)),
        ((SUM, "补助标准为每户（　）元。"), ("placeholder_left", E, GOODS)),
        ((SUM, "补助标准为每户**元。"), ("placeholder_left", E, GOODS)),
        ((SUM, "由□□处室负责。"), ("placeholder_left", E, GOODS)),
        (("item: 苹果", "item: 苹果（规格待定）"), ("placeholder_left", E, GOODS)),
        (("title: 关于联防联控的通知", "title: 关于XX的通知"), ("placeholder_left", E, "")),
        ((SUM, "早日完成采购。"), ("deadline_vague", W, GOODS)),
        ((SUM, "近期完成采购。"), ("deadline_vague", W, GOODS)),
        ((SUM, "于四月二十二日前采购完毕。"), ("text_date_unknown", W, GOODS)),
        ((SUM, "于4月22号前采购完毕。"), ("text_date_unknown", W, GOODS)),
        ((TEXT_OF_PAIRING, "48个一线防疫慰问单位由处室牵头。"), ("text_count_differs", W, "（一）结对")),
        ((NUMBER, "number: 第三号文件"), ("basis_number_form", E, "")),
        (
            (f"通知\n    {NUMBER}", "办法（试行）"),
            ("basis_number_missing", W, ""),
        ),
    ],
)
def test_a_rule_finds_what_it_is_for(change: tuple[str, str], finding: tuple[str, Severity, str]) -> None:
    assert finding in found(change)


def test_a_plan_that_cites_nothing_is_pointed_out() -> None:
    bases = plan().model_copy(update={"basis": ()})
    assert [finding.code for finding in lint_text(bases)] == ["basis_missing"]


@pytest.mark.parametrize(
    "change",
    [
        ("due_on: 2020-04-21", "due_on: 2020-04-26"),  # a Sunday worked in place of a holiday
        ("due_on: 2020-04-21", "due_on: 2020-04-08"),
        (NUMBER, "number: 〔2020〕3号"),
        ("amount: 14100", "amount: 14,100.00"),
        (SUM, "四十七个单位，每个单位三百元，共计一万四千一百元。"),
        (SUM, "47家单位每家统一标准300元，合计人民币1.41万元。"),
        (SUM, "18个处室走访47个单位，每个300元，共14100元。"),
        (SUM, "每个单位300元，47个单位共需14,100元。"),
        (SUM, "每个单位300元，每名职工20元，共47个单位。"),
        (SUM, "每个单位方便面2箱、苹果1箱，47个单位共94箱、47箱。"),
        (SUM, "公共资金每年300元，3个单位。"),
        (SUM, "专项资金14,100元，专款专用。"),
        (SUM, "10个单位，每个单位300元，由专项资金列支。"),
        (SUM, "按澄水运防〔2020〕3号执行，共同落实。"),
        (SUM, "按（2020）年度第3号任务执行。"),
        (SUM, "47户，每户300元，其中3户另发200元，共14,700元。"),
        (SUM, "47户，每户每月300元，3个月共42,300元。"),
        (SUM, "47个单位，每个单位300元，分2次发放，共28,200元。"),
        (SUM, "每个单位300元，5个工作日内采购到位，共14,100元。"),
        (SUM, "每个单位300元，由2名同志带队送达，共14,100元。"),
        (SUM, "47个单位，每个单位不超过300元，共安排14,000元。"),
        (SUM, "47个单位，每个单位约300元，共14,000元。"),
        (SUM, "专项资金不得用于单价超过500元的物品。"),
        (SUM, "专项资金中安排5,000元购置口罩。"),
        (SUM, "每个单位300元从专项资金列支。"),
        (SUM, "慰问隔离点（2020）3号楼值守人员。"),
        (SUM, "采购防护服XXL号、N95口罩，每箱3×100只。"),
        (SUM, "等待定点医院通知，看待定性问题。"),
        (SUM, "对近期有旅居史的人员逐一询问。"),
        (SUM, "尽快完成采购，最迟不晚于4月21日。"),
        (SUM, "于四月二十一日前采购完毕。"),
        (TEXT_OF_PAIRING, "18个牵头单位分别负责，47个一线单位不遗漏。"),
        (TEXT_OF_PAIRING, "由18个牵头单位分别负责。"),
        (NUMBER, "number: 国家卫生健康委员会公告2020年第1号"),
        (NUMBER, "number: 国务院令第588号"),
        (NUMBER, "number: 第1号"),
        (NUMBER, "number: 专题会议纪要第7期"),
        (("title: 局领导批示", "title: 关于“多元共治、一元化领导”的批示")),
    ],
)
def test_what_is_right_is_not_pointed_out(change: tuple[str, str]) -> None:
    assert found(change) == []


def test_numbers_begin_again_below_each_heading() -> None:
    last = "          - {item: 苹果, quantity: 1}\n"
    below = "  - key: more\n    number: （一）\n    title: 采购\n    text: 由财务处采购。\n"
    measure = "    measures:\n      - kind: pairing\n        key: again\n        units: 47\n"
    assert found((last, last + below + measure)) == []
    assert found((last, last + below.replace("（一）", "（三）") + measure)) == [
        ("clause_number_gap", E, "（三）采购")
    ]


def test_two_levels_may_be_numbered_as_the_first_and_the_third() -> None:
    assert found(("number: （一）", "number: 1."), ("number: （二）", "number: 2.")) == []


def test_amounts_in_words_ask_for_a_fund_too() -> None:
    for text, said in (
        ("每户补助三百元。", True),
        ("每户补助1.5万元。", True),
        ("元旦前坚持一元化领导，二十元月值班。", False),
    ):
        without = plan((SUM, text)).model_copy(update={"funds": ()})
        assert ("money_without_fund" in {row.code for row in lint_text(without)}) is said, text


def test_days_are_written_as_people_write_them() -> None:
    messages = {
        row.code: row.message
        for change in ("due_on: 2020-04-07", "due_on: 2020-04-25")
        for row in lint_text(plan(("due_on: 2020-04-21", change)))
    }
    assert (
        messages["deadline_before_start"]
        == "The deadline 7 April 2020 lies before the first day 8 April 2020."
    )
    assert messages["deadline_not_workday"] == "The deadline 25 April 2020 is not a working day."


@pytest.mark.parametrize(
    "run", ["九", "1", "1,", "每个3      ", "每十", "十个单", "共", "（ ", "X ", "(2020)00"]
)
def test_very_long_runs_are_looked_through_once(run: str) -> None:
    """Looked through again from each of their characters, these would take minutes."""
    long = plan((SUM, "47个单位。"))
    clause = long.clauses[-1].model_copy(update={"text": run * (20_000 // len(run))})
    assert lint_text(long.model_copy(update={"clauses": (*long.clauses[:-1], *[clause] * 8)}))


def test_which_of_two_numbers_follows_is_said() -> None:
    finding = next(iter(lint_text(plan(("number: （二）", "number: （四）")))))
    assert finding.message == "The number （四） does not follow; （二） would be next."


def test_an_open_question_says_what_it_blocks() -> None:
    finding = next(iter(lint_text(plan((ANSWER, "")))))
    assert finding.message == "Still open: 是实物还是现金？ It blocks: opening its measures."


def test_findings_come_in_the_order_of_the_text_errors_first() -> None:
    order = found(
        (ANSWER, ""),
        ("due_on: 2020-04-21\n", ""),
        (TEXT_OF_PAIRING, "''"),
        (SUM, "按[2020]3号，3个各。每个5元共2元，3个。"),
    )
    assert [code for code, _severity, _clause in order] == [
        "deadline_missing", "question_open", "clause_empty", "sum_wrong", "document_number_brackets",
    ]  # fmt: skip


def test_every_finding_says_what_is_wrong_and_how_to_mend_it() -> None:
    findings = lint_text(
        plan(
            (ANSWER, ""), (NUMBER, "number: 3"), (SUM, "按[2020]3号。"), ("number: （二）", "number: （四）")
        )
    )
    assert len(findings) == 4
    assert all(finding.message.endswith((".", "。")) and finding.mend.endswith(".") for finding in findings)


def test_errors_hold_a_plan_up_and_warnings_do_not() -> None:
    warning = LintFinding("w", Severity.WARNING, "", "a.", "b.")
    error = LintFinding("e", Severity.ERROR, "一、走访", "The text is wrong.", "Mend it.")
    refuse_errors([warning])
    with pytest.raises(Refusal) as caught:
        refuse_errors([warning, error])
    assert (caught.value.code, caught.value.facts) == ("plan_lint", {"count": 1})
    assert caught.value.sentence.endswith("\n一、走访: The text is wrong. Mend it.")


def test_every_rule_stands_in_the_registry_once() -> None:
    assert len(set(RULES)) == len(RULES)
