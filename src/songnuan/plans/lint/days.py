"""Rules over the days of a plan: those of its measures, and those that its text names."""

import re
from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from songnuan.kernel.days import beside, written
from songnuan.kernel.refusal import Refusal
from songnuan.kernel.workdays import is_workday
from songnuan.plans.lint.finding import LintFinding, Severity
from songnuan.plans.numbering import parse_numeral
from songnuan.plans.planfile import ClauseEntry, PlanFile

# What in the settings of a measure, whatever its kind, says until when.
_UNTIL = frozenset({"due_on", "until"})
_DAYS = _UNTIL | {"day"}  # on which something happens, too
_DEADLINES = _DAYS | {"due_workdays", "within_hours"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_HAN = "[一二三四五六七八九十]"
_IN_TEXT = re.compile(
    r"(?:(?P<year>(?:19|20)\d{2})\s{0,4}年\s{0,4})?"
    rf"(?P<month>\d{{1,2}}|{_HAN}{{1,2}})\s{{0,4}}月\s{{0,4}}(?P<day>\d{{1,2}}|{_HAN}{{1,3}})\s{{0,4}}[日号]"
)
_VAGUE = re.compile(
    r"尽快|尽早|早日|从速|适时|择机|抓紧|近期(?=内|[^，。；\n]{0,6}(?:完成|开展|组织|落实|启动|安排|召开))"
    r"|原则上(?=[^。；\n]{0,20}(?:日|天|月底|完成))"
)


def _named(settings: object, names: frozenset[str]) -> Iterator[tuple[str, object]]:
    """Yield what stands under these names anywhere in the settings of a measure."""
    if isinstance(settings, dict):
        for name, value in settings.items():
            if name in names and value is not None:
                yield name, value
            yield from _named(value, names)
    elif isinstance(settings, list):
        for value in settings:
            yield from _named(value, names)


def _days_of(settings: object, names: frozenset[str] = _UNTIL) -> list[date]:
    found = [str(value) for _name, value in _named(settings, names)]
    return [date.fromisoformat(text) for text in found if _DAY.fullmatch(text)]


def _finding(code: str, severity: Severity, clause: ClauseEntry, message: str, mend: str) -> LintFinding:
    return LintFinding(code=code, severity=severity, clause=clause.heading, message=message, mend=mend)


def measure_before_start(plan: PlanFile) -> Iterator[LintFinding]:
    """Nothing is due before the plan begins."""
    if plan.starts_on is None:
        return
    for clause, measure in plan.measures():
        for day in sorted(set(_days_of(measure.settings))):
            if day < plan.starts_on:
                message = _("Something here is due on %(day)s, before the plan begins on %(start)s.")
                facts = {"day": beside(day, plan.starts_on), "start": written(plan.starts_on, "full")}
                mend = _("Correct the day, or the first day of the plan.")
                yield _finding("measure_before_start", Severity.ERROR, clause, message % facts, mend)


def measure_not_workday(plan: PlanFile) -> Iterator[LintFinding]:
    """What is due is due on a working day; the deadline of the plan is looked at by itself."""
    for clause, measure in plan.measures():
        for day in sorted(set(_days_of(measure.settings, frozenset({"due_on"}))) - {plan.due_on}):
            try:
                working = is_workday(day)
            except Refusal:
                continue  # beyond the calendar; said of the deadline of the plan, which lies there too
            if not working:
                message = _("Something here is due on %(day)s, which is not a working day.")
                mend = _("Choose the working day before it, or leave it if people work on that day.")
                facts = {"day": written(day, "full")}
                yield _finding("measure_not_workday", Severity.WARNING, clause, message % facts, mend)


def deadline_vague(plan: PlanFile) -> Iterator[LintFinding]:
    """Where the text says “soon”, a measure says until when, or nobody can ever be late."""
    for clause in plan.clauses:
        found = next(filter(None, map(_vague_in, re.split(r"[。；\n]", clause.text))), None)
        if found is None or any(
            True for measure in clause.measures for _one in _named(measure.settings, _DEADLINES)
        ):
            continue
        message = _("“%(words)s” is no deadline, and no measure of the clause has one.")
        mend = _("Write the day, or bind a measure with a deadline to the clause.")
        yield _finding("deadline_vague", Severity.WARNING, clause, message % {"words": found[0]}, mend)


def _vague_in(sentence: str) -> re.Match[str] | None:
    """Return the word that stands for a deadline; beside a day it stands for none, unless in principle."""
    found = _VAGUE.search(sentence)
    return found if found and (found[0] == "原则上" or not _IN_TEXT.search(sentence)) else None


def text_date_unknown(plan: PlanFile) -> Iterator[LintFinding]:
    """A day that the text names is one the plan goes by: of its head, a measure, a basis or an answer."""
    known = _known_days(plan)
    short = {(month, day) for _year, month, day in known}
    for clause in plan.clauses:
        for found in dict.fromkeys(match.group() for match in _IN_TEXT.finditer(clause.text)):
            parts = _parts(found)
            if parts is None or (parts not in known if parts[0] else parts[1:] not in short):
                message = _("The text names the day %(day)s, which no measure and no date of the plan has.")
                mend = _("Correct the day, or give it to the measure it belongs to.")
                yield _finding("text_date_unknown", Severity.WARNING, clause, message % {"day": found}, mend)


def _known_days(plan: PlanFile) -> set[tuple[int, int, int]]:
    days = [plan.starts_on, plan.due_on]
    days += [basis.dated_on for basis in plan.basis]
    days += [fund.dated_on for fund in plan.funds]
    days += [day for _clause, measure in plan.measures() for day in _days_of(measure.settings, _DAYS)]
    known = {(day.year, day.month, day.day) for day in days if day is not None}
    said = "\n".join(f"{question.answer or ''}\n{question.ground or ''}" for question in plan.questions)
    return known | {parts for match in _IN_TEXT.finditer(said) if (parts := _parts(match.group()))}


def _parts(text: str) -> tuple[int, int, int] | None:
    """Return year (0 where none is named), month and day; None where the calendar has no such day."""
    found = _IN_TEXT.fullmatch(text)
    if found is None:
        return None
    year, month, day = (_figure(found[name] or "0") for name in ("year", "month", "day"))
    try:
        date(year or 2000, month, day)  # a leap year: without its year, 29 February may be
    except ValueError:
        return None
    return year, month, day


def _figure(text: str) -> int:
    return int(text) if text.isdigit() else parse_numeral(text) or 0
