"""Rules over the head of a plan: its days, what it rests on, its money, its questions."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from songnuan.kernel.days import written
from songnuan.kernel.refusal import Refusal
from songnuan.kernel.workdays import is_workday
from songnuan.plans.lint.finding import LintFinding, Severity
from songnuan.plans.models import Blocks
from songnuan.plans.planfile import PlanFile

# 〔2020〕3号, with or without the sign of the issuing office in front; orders, announcements and minutes are
# counted instead: 国务院令第588号, 公告2020年第1号, 会议纪要第7期.
DOCUMENT_NUMBER = re.compile(
    r"[\u3400-\u9fff]{0,20}〔(19|20)\d{2}〕[1-9]\d{0,8}号"
    r"|(?:[\u3400-\u9fff]{0,30}?(?:令|公告|通告|纪要))?(?:(?:19|20)\d{2}年)?第[1-9]\d{0,8}[号期次]"
)

# Papers that bear a number, by the last word of their title.
_NUMBERED = re.compile(
    r"(?:通知|通报|意见|办法|规定|决定|公告|通告|批复|函|方案|预案|指南|措施)(?:（[^）]{1,12}）)?[》”]?$"
)


def _whole(code: str, severity: Severity, message: str, mend: str) -> LintFinding:
    return LintFinding(code=code, severity=severity, clause="", message=message, mend=mend)


def deadline_missing(plan: PlanFile) -> Iterator[LintFinding]:
    """A plan says until when."""
    if plan.due_on is None:
        message = _("The plan has no deadline, so nothing in it can be late.")
        yield _whole(
            "deadline_missing", Severity.ERROR, message, _("Write the deadline in the head of the plan.")
        )


def deadline_before_start(plan: PlanFile) -> Iterator[LintFinding]:
    """A plan does not end before it begins."""
    if plan.starts_on and plan.due_on and plan.due_on < plan.starts_on:
        message = _("The deadline %(due)s lies before the first day %(start)s.")
        facts = {"due": written(plan.due_on, "full"), "start": written(plan.starts_on, "full")}
        yield _whole(
            "deadline_before_start",
            Severity.ERROR,
            message % facts,
            _("Correct the deadline or the first day."),
        )


def deadline_not_workday(plan: PlanFile) -> Iterator[LintFinding]:
    """A deadline falls on a working day, as far as the calendar is known."""
    if plan.due_on is None:
        return
    try:
        working = is_workday(plan.due_on)
    except Refusal as refusal:
        yield _whole("deadline_unknown_day", Severity.WARNING, refusal.sentence, _("Check the day by hand."))
        return
    if not working:
        message = _("The deadline %(due)s is not a working day.") % {"due": written(plan.due_on, "full")}
        mend = _("Choose the working day before it, or leave it if the work goes on over the holiday.")
        yield _whole("deadline_not_workday", Severity.WARNING, message, mend)


def basis_missing(plan: PlanFile) -> Iterator[LintFinding]:
    """A plan cites what it rests on."""
    if not plan.basis:
        message = _("The plan cites no notice or instruction that it rests on.")
        mend = _("Add them to the basis: title, document number, issuer, date.")
        yield _whole("basis_missing", Severity.WARNING, message, mend)


def basis_number_form(plan: PlanFile) -> Iterator[LintFinding]:
    """The document number of each basis has its proper form; an instruction has none."""
    for basis in plan.basis:
        if basis.number is not None and not DOCUMENT_NUMBER.fullmatch(basis.number):
            yield _number_form("basis_number_form", basis.number, basis.title)


def fund_number_form(plan: PlanFile) -> Iterator[LintFinding]:
    """The document number of each fund has its proper form."""
    for fund in plan.funds:
        if not DOCUMENT_NUMBER.fullmatch(fund.number):
            yield _number_form("fund_number_form", fund.number, fund.title)


def basis_incomplete(plan: PlanFile) -> Iterator[LintFinding]:
    """A notice is cited with its number, and everything with its date, no later than the plan begins."""
    mend = _("Write in the basis what its paper says.")
    for basis in plan.basis:
        facts = {"title": basis.title}
        if basis.number is None and _NUMBERED.search(basis.title):
            message = _("“%(title)s” is cited without its document number.") % facts
            yield _whole("basis_number_missing", Severity.WARNING, message, mend)
        if basis.dated_on is None:
            message = _("“%(title)s” is cited without its date.") % facts
            yield _whole("basis_date_missing", Severity.WARNING, message, mend)
        elif plan.starts_on is not None and basis.dated_on > plan.starts_on:
            facts["day"] = written(basis.dated_on, "full")
            message = _("“%(title)s” is dated %(day)s, after the plan begins.") % facts
            yield _whole("basis_later", Severity.WARNING, message, _("Check its date, and the first day."))


def _number_form(code: str, number: str, title: str) -> LintFinding:
    message = _("“%(number)s”, the number of “%(title)s”, is not in the form of a document number.")
    mend = _(
        "Write it as 澄水运防〔2020〕3号: the year in full between 〔 and 〕, no 第, no zero in front; "
        "of orders, announcements and minutes 第3号 or 第3期."
    )
    return _whole(code, Severity.ERROR, message % {"number": number, "title": title}, mend)


def fund_zero(plan: PlanFile) -> Iterator[LintFinding]:
    """A fund has money in it."""
    for fund in plan.funds:
        if fund.amount_minor == 0:
            message = _("The fund %(number)s has an amount of zero.") % {"number": fund.number}
            mend = _("Write the amount that its document sets, or remove the fund.")
            yield _whole("fund_zero", Severity.ERROR, message, mend)


def question_open(plan: PlanFile) -> Iterator[LintFinding]:
    """Each question without an answer is pointed out, with what it blocks."""
    for question in plan.questions:
        if question.answer is None:
            message = _("Still open: %(question)s It blocks: %(blocks)s.")
            facts = {"question": question.text, "blocks": Blocks(question.blocks).label}
            mend = _("Have it decided, and write answer and ground beside it.")
            heading = next((clause.heading for clause in plan.clauses if clause.key == question.clause), "")
            yield LintFinding("question_open", Severity.INFO, heading, message % facts, mend)
