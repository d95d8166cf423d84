"""Rules that hold the figures of measures against each other, against the text and the head."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from songnuan.plans.lint.finding import LintFinding, Severity
from songnuan.plans.numbering import HAN_NUMERAL, parse_numeral
from songnuan.plans.planfile import MeasureEntry, PlanFile

_NUMBER = rf"(?:[0-9]{{1,7}}|{HAN_NUMERAL})"
# Those who lead or help are counted too, and are not the units that the measure is about.
_LEADS = "(?!牵头|承办|主办|协办|责任|成员|主管|参与|配合|帮扶)"
_UNITS = re.compile(
    rf"(?P<before>{_NUMBER})[个家]{_LEADS}[^，。；、\n]{{0,6}}?单位|单位共(?P<after>{_NUMBER})[个家]"
)


_FAMILIES = re.compile(rf"(?P<before>{_NUMBER})户|家庭共(?P<after>{_NUMBER})[个户]")


def units_differ(plan: PlanFile) -> Iterator[LintFinding]:
    """Measures that go by the same units name the same number of them."""
    first: tuple[int, str] | None = None
    for clause, measure in plan.measures():
        units = measure.settings.get("units")
        if not isinstance(units, int) or _counts_families(measure):
            continue
        first = first or (units, clause.heading)
        if units != first[0]:
            message = _("%(units)s units are meant here, but %(others)s under %(clause)s.")
            facts = {"units": units, "others": first[0], "clause": first[1]}
            mend = _("Write the same number in both places, or say in the text why they differ.")
            yield LintFinding("units_differ", Severity.WARNING, clause.heading, message % facts, mend)


def text_count_differs(plan: PlanFile) -> Iterator[LintFinding]:
    """The number of units (or families) in a clause's text is that of its measure."""
    for clause, measure in plan.measures():
        units, whose = measure.settings.get("units"), _FAMILIES if _counts_families(measure) else _UNITS
        numbers = (_number(found["before"] or found["after"]) for found in whose.finditer(clause.text))
        said = [number for number in numbers if number != 1]  # “one unit” speaks of each, not of how many
        if isinstance(units, int) and said and units not in said:
            facts = {"text": said[0], "units": units}
            message = _("The text speaks of %(text)s units, its measure of %(units)s.")
            mend = _("Correct the figure that is wrong; the annex has as many rows.")
            if whose is _FAMILIES:
                message = _("The text speaks of %(text)s families, its measure of %(units)s.")
                mend = _("Correct the figure that is wrong.")
            yield LintFinding("text_count_differs", Severity.WARNING, clause.heading, message % facts, mend)


def _counts_families(measure: MeasureEntry) -> bool:
    """Return whether what a measure calls units are families."""
    return measure.settings.get("per") == "family"


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() else parse_numeral(text)


def fund_unused(plan: PlanFile) -> Iterator[LintFinding]:
    """Each fund of the head is spoken of by a measure, or nothing will show what became of it."""
    used = {
        value
        for _clause, measure in plan.measures()
        for name, value in measure.settings.items()
        if name in {"fund", "number"}
    }
    for fund in plan.funds:
        if fund.number not in used:
            message = _("No measure speaks of the fund %(number)s.") % {"number": fund.number}
            mend = _("Bind a measure for the fund to the clause about the money, or remove the fund.")
            yield LintFinding("fund_unused", Severity.WARNING, "", message, mend)
