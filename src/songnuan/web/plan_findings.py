"""What the check found, as the page of a plan shows it: what holds it up first, each with its clause."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from songnuan.journeys.living_plan import ClauseView, LivingPlan, QuestionView
from songnuan.plans.lint import LintFinding, Severity


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One finding; `key` is that of the clause it is about, empty for the whole plan."""

    key: str
    heading: str
    message: str
    mend: str


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """The findings of one severity."""

    severity: Severity
    lines: tuple[FindingLine, ...]


def grouped(findings: Iterable[LintFinding], clauses: Sequence[ClauseView]) -> list[FindingGroup]:
    """Return errors, then warnings. What is open is left out: the questions stand on the page themselves."""
    keys = {f"{clause.number}{clause.title}": clause.key for clause in clauses}
    rows = list(findings)
    groups = [
        FindingGroup(
            severity,
            tuple(
                FindingLine(keys.get(row.clause, ""), row.clause, row.message, row.mend)
                for row in rows
                if row.severity == severity
            ),
        )
        for severity in (Severity.ERROR, Severity.WARNING)
    ]
    return [group for group in groups if group.lines]


def asked_of(page: LivingPlan) -> list[tuple[ClauseView, QuestionView]]:
    """Return the questions without an answer, each with the clause beside which it stands."""
    return [
        (clause, question) for clause in page.clauses for question in clause.questions if not question.answer
    ]
