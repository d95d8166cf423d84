"""What may be written as a standard; pure."""

from datetime import date

from django.utils.translation import gettext as _

from songnuan.benefits.standards import Standard
from songnuan.kernel.refusal import Refusal

DECISION_MOST = 200


def sets_amounts(before: Standard, after: Standard) -> tuple[str, ...]:
    """Return the names of rows whose amount a new version sets, or sets anew: each needs a decision.

    A row is the same as long as its key is; under another key it is a new one, whose amount is set too.
    """
    known = {row.key: row.worth_minor for part in before.parts for row in part.rows if not row.is_open}
    return tuple(
        row.label
        for part in after.parts
        for row in part.rows
        if not row.is_open and known.get(row.key) != row.worth_minor
    )


def check_decision(rows: tuple[str, ...], decision: str, decided_on: date | None, today: date) -> None:
    """Let pass a version whose new amounts a recorded decision set.

    Raises:
        Refusal: `decision_missing`, `decision_long`, `decision_day`.

    """
    if rows and not decision:
        sentence = _(
            "This version sets the amount of %(rows)s. Name the collective decision that set it: the meeting,"
            " and the number of its minutes."
        )
        raise Refusal("decision_missing", sentence % {"rows": "、".join(rows)}, field="decision")
    if len(decision) > DECISION_MOST:
        sentence = _("The decision has %(length)s characters; at most %(most)s fit. Shorten it.")
        facts = {"length": len(decision), "most": DECISION_MOST}
        raise Refusal("decision_long", sentence % facts, field="decision", **facts)
    if decision and decided_on is None:
        raise Refusal("decision_day", _("Enter the day of the decision."), field="decided_on")
    if decided_on is not None and not decision:
        sentence = _("Name the decision of this day, or leave the day empty.")
        raise Refusal("decision_missing", sentence, field="decision")
    if decided_on is not None and decided_on > today:
        sentence = _("The day of the decision lies in the future. A decision is recorded once it was made.")
        raise Refusal("decision_day", sentence, field="decided_on")
