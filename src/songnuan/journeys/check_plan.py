"""Checks a plan file: the rules of its text, and those of its measures."""

from django.utils.translation import gettext as _

from songnuan.journeys.measures import kinds, settings_by_kind
from songnuan.kernel.refusal import Refusal
from songnuan.plans.lint import LintFinding, Severity, check_text
from songnuan.plans.planfile import read


def check_plan(source: str) -> list[LintFinding]:
    """Return every finding about the plan file, in the order of its clauses.

    Raises:
        Refusal: `plan_unreadable` or `plan_invalid` when it is no plan file at all.

    """
    plan_file = read(source, settings_by_kind())
    findings = check_text(plan_file)
    for clause in plan_file.clauses:
        for entry in clause.measures:
            kind = kinds()[entry.kind]
            findings += kind.lint(plan_file, clause, kind.settings.model_validate(entry.settings))
    return findings


def refuse_if_faulty(source: str) -> None:
    """Refuse a plan that has errors, naming the first of them.

    Raises:
        Refusal: `plan_faulty`.

    """
    errors = [finding for finding in check_plan(source) if finding.severity == Severity.ERROR]
    if errors:
        raise Refusal(
            "plan_faulty",
            _("The check finds %(count)s errors. First: %(clause)s %(message)s %(mend)s")
            % {
                "count": len(errors),
                "clause": errors[0].clause,
                "message": errors[0].message,
                "mend": errors[0].mend,
            },
            count=len(errors),
        )
