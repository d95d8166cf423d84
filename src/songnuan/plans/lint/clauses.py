"""Rules over the clauses: their numbers, their text, what they set in motion."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from songnuan.plans.lint.finding import LintFinding, Severity
from songnuan.plans.numbering import clause_number
from songnuan.plans.planfile import ClauseEntry, PlanFile, paragraphs


def _finding(code: str, severity: Severity, clause: ClauseEntry, message: str, mend: str) -> LintFinding:
    return LintFinding(code=code, severity=severity, clause=clause.heading, message=message, mend=mend)


def _leaves(plan: PlanFile) -> Iterator[ClauseEntry]:
    """Yield the clauses that have no clause below them."""
    following = [clause.level for clause in plan.clauses[1:]] + [0]
    for clause, next_level in zip(plan.clauses, following, strict=True):
        if next_level <= clause.level:
            yield clause


def clause_number_form(plan: PlanFile) -> Iterator[LintFinding]:
    """Numbers are written with full-width brackets and the proper signs."""
    for clause in plan.clauses:
        proper = clause.place.proper
        if clause.number != proper:
            message = _("The number “%(number)s” should be written “%(proper)s”.")
            facts = {"number": clause.number, "proper": proper}
            mend = _("The four levels are 一、（一）1.（1）, with full-width brackets.")
            yield _finding("clause_number_form", Severity.WARNING, clause, message % facts, mend)


def clause_number_order(plan: PlanFile) -> Iterator[LintFinding]:
    """Among the clauses below one heading, numbers follow each other, each once."""
    seen: dict[int, list[int]] = {}
    for clause in plan.clauses:
        level, ordinal = clause.level, clause.place.ordinal
        for deeper in [other for other in seen if other > level]:
            del seen[deeper]
        before = seen.setdefault(level, [])
        expected = (before[-1] if before else 0) + 1
        facts = {"number": clause.place.proper, "expected": clause_number(level, min(expected, 99))}
        mend = _("Number the clauses again in their order.")
        if ordinal in before:
            message = _("The number %(number)s is used twice.") % facts
            yield _finding("clause_number_repeated", Severity.ERROR, clause, message, mend)
        elif ordinal != expected:
            message = _("The number %(number)s does not follow; %(expected)s would be next.") % facts
            yield _finding("clause_number_gap", Severity.ERROR, clause, message, mend)
        before.append(ordinal)


def clause_level_skipped(plan: PlanFile) -> Iterator[LintFinding]:
    """Levels are used in turn: below 一、 stands （一）; in a plan of two levels it may be 1. all through."""
    above = 0
    levels = {clause.level for clause in plan.clauses}
    for clause in plan.clauses:
        if clause.level > above + 1 and not (levels == {1, 3} and above):
            message = _(
                "The clause stands on level %(level)s, but no clause on level %(missing)s is above it."
            )
            facts = {"level": clause.level, "missing": clause.level - 1}
            mend = _("Use the levels in turn: 一、（一）1.（1）.")
            yield _finding("clause_level_skipped", Severity.ERROR, clause, message % facts, mend)
        above = clause.level


def clause_empty(plan: PlanFile) -> Iterator[LintFinding]:
    """A clause without clauses below it says something."""
    for clause in _leaves(plan):
        if not paragraphs(clause.text):
            message = _("The clause has a heading but no text.")
            mend = _("Write its text, or remove it.")
            yield _finding("clause_empty", Severity.ERROR, clause, message, mend)


def clause_without_measure(plan: PlanFile) -> Iterator[LintFinding]:
    """What is asked for is also set in motion, or nothing will ever show that it was done."""
    for clause in _leaves(plan):
        if paragraphs(clause.text) and not clause.measures:
            message = _("No measure belongs to this clause, so nothing will show that it was carried out.")
            mend = _("Bind a measure to it, or accept that it has no evidence.")
            yield _finding("clause_without_measure", Severity.WARNING, clause, message, mend)
