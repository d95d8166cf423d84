"""The lint of a plan's text: what a careful reader would stumble over, each with how to mend it.

`RULES` is the registry: functions from a plan file to findings, one rule each. What can be wrong
with the settings of a measure is linted by its kind, above, in findings of the same shape.
"""

from collections.abc import Callable, Iterable, Iterator

from django.utils.translation import gettext as _

from songnuan.kernel.refusal import Refusal
from songnuan.plans.lint.clauses import (
    clause_empty,
    clause_level_skipped,
    clause_number_form,
    clause_number_order,
    clause_without_measure,
)
from songnuan.plans.lint.days import (
    deadline_vague,
    measure_before_start,
    measure_not_workday,
    text_date_unknown,
)
from songnuan.plans.lint.figures import fund_unused, text_count_differs, units_differ
from songnuan.plans.lint.finding import LintFinding, Severity
from songnuan.plans.lint.head import (
    basis_incomplete,
    basis_missing,
    basis_number_form,
    deadline_before_start,
    deadline_missing,
    deadline_not_workday,
    fund_number_form,
    fund_zero,
    question_open,
)
from songnuan.plans.lint.sums import document_number_brackets, prices_each, sum_against_fund, sum_wrong
from songnuan.plans.lint.wording import money_without_fund, placeholder_left, same_asked_twice
from songnuan.plans.planfile import PlanFile

__all__ = ["RULES", "LintFinding", "Severity", "lint_text", "prices_each", "refuse_errors"]

RULES: tuple[Callable[[PlanFile], Iterator[LintFinding]], ...] = (
    deadline_missing,
    deadline_before_start,
    deadline_not_workday,
    basis_missing,
    basis_number_form,
    basis_incomplete,
    fund_zero,
    fund_number_form,
    fund_unused,
    money_without_fund,
    question_open,
    clause_number_form,
    clause_number_order,
    clause_level_skipped,
    clause_empty,
    clause_without_measure,
    sum_wrong,
    sum_against_fund,
    document_number_brackets,
    units_differ,
    text_count_differs,
    measure_before_start,
    measure_not_workday,
    deadline_vague,
    text_date_unknown,
    placeholder_left,
    same_asked_twice,
)


def lint_text(plan: PlanFile) -> list[LintFinding]:
    """Return what every rule finds: the whole plan first, then clause by clause; errors before warnings."""
    places = {clause.heading: index for index, clause in enumerate(plan.clauses)}
    found = [finding for rule in RULES for finding in rule(plan)]
    return sorted(found, key=lambda finding: (places.get(finding.clause, -1), finding.severity.order))


def refuse_errors(findings: Iterable[LintFinding]) -> None:
    """Let pass what has warnings at most.

    Raises:
        Refusal: `plan_lint` with every error and how to mend it.

    """
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if errors:
        head = _("The plan cannot go on yet; first mend this:")
        raise Refusal("plan_lint", "\n".join([head, *map(str, errors)]), count=len(errors))
