"""Words for the trail about flexible work: what was done, what was tried, and why it was refused."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from songnuan.casework.flexible_models import FlexibleVerb

FLEXIBLE_ACTS: Mapping[str, Promise] = {
    "casework.approve_flexible": gettext_lazy("flexible work was approved"),
    "casework.ask_flexible": gettext_lazy("asked for flexible work"),
    "casework.forget_flexible": gettext_lazy("emptied flexible work of people who were erased"),
    "casework.return_flexible": gettext_lazy("a request for flexible work was returned"),
    "casework.review_flexible": gettext_lazy("looked at flexible work again"),
    "casework.take_flexible_book": gettext_lazy("took the ledger of flexible work as a workbook"),
    "casework.withdraw_flexible": gettext_lazy("a request for flexible work was withdrawn"),
}
TO_WORK_FLEXIBLY: Mapping[str, Promise] = {
    "approve_flexible": pgettext_lazy("refused", "to approve flexible work"),
    "ask_flexible": pgettext_lazy("refused", "to ask for flexible work"),
    "decide_flexible": pgettext_lazy("refused", "to decide about flexible work"),
    "flexible_book": pgettext_lazy("refused", "to take the ledger of flexible work"),
    "return_flexible": pgettext_lazy("refused", "to return a request for flexible work"),
    "review_flexible": pgettext_lazy("refused", "to look at flexible work again"),
    "withdraw_flexible": pgettext_lazy("refused", "to withdraw a request for flexible work"),
}
NOT_FLEXIBLE: Mapping[str, Promise] = {
    "dependant_unknown": pgettext_lazy("refusal", "somebody chosen was not of the household"),
    "dependants_missing": pgettext_lazy("refusal", "nobody was chosen who has to be looked after"),
    "employee_unknown": pgettext_lazy("refusal", "the employee did not stand in the plan's roster there"),
    "exception_missing": pgettext_lazy("refusal", "the family data did not allow it, and no words said why"),
    "exception_needless": pgettext_lazy("refusal", "an exception was asked for that was not needed"),
    "flexible_closed": pgettext_lazy("refusal", "the clause on flexible work was not under way"),
    "flexible_form": pgettext_lazy("refusal", "no form of flexible work was chosen"),
    "flexible_late": pgettext_lazy("refusal", "its last day was over"),
    "flexible_long": pgettext_lazy("refusal", "it was longer than the plan allows"),
    "flexible_over": pgettext_lazy("refusal", "the arrangement was over, or never approved"),
    "flexible_past": pgettext_lazy("refusal", "it was to begin in the past"),
    "flexible_period": pgettext_lazy("refusal", "its last day lay before the first"),
    "flexible_stands": pgettext_lazy("refusal", "another arrangement held for some of the days"),
    "flexible_unknown": pgettext_lazy("refusal", "no such request for flexible work"),
    "flexible_waits": pgettext_lazy("refusal", "another request for the employee waited"),
    "hours_missing": pgettext_lazy("refusal", "the working hours were missing"),
    "hours_order": pgettext_lazy("refusal", "work was to end before it began"),
    "own_flexible": pgettext_lazy("refusal", "it was about this person"),
    "review_same": pgettext_lazy("refusal", "the change changed nothing"),
    "review_stale": pgettext_lazy("refusal", "somebody else had decided about the arrangement"),
    "review_verb": pgettext_lazy("refusal", "it was not said what is decided"),
    "staff_office_unknown": pgettext_lazy("refusal", "there was no unit of the name of the staff office"),
    "weekdays_missing": pgettext_lazy("refusal", "no days of the week were chosen"),
}
FLEXIBLE_FACTS: Mapping[str, Promise] = {
    "decided": pgettext_lazy("fact", "decided"),
    "eligible": pgettext_lazy("fact", "allowed by the family data"),
}
FLEXIBLE_VALUES: Mapping[str, Mapping[str, Promise | str]] = {
    "decided": {one.value: one.label for one in FlexibleVerb}
}
FLEXIBLE_SEALED: Mapping[str, Promise] = {
    "casework.flexibleact.words": gettext_lazy("Flexible work: what was said when it was looked at again"),
    "casework.flexiblerequest.exception": gettext_lazy("Flexible work: why an exception was asked for"),
    "casework.flexiblerequest.facts": gettext_lazy("Flexible work: what the family data told"),
    "casework.flexiblerequest.reason": gettext_lazy("Flexible work: why the family data allow it or not"),
    "casework.flexiblerequest.why": gettext_lazy("Flexible work: why nobody else can look after them"),
}
"""What is kept sealed, by its column."""
FLEXIBLE_KNOWN: Mapping[str, str] = {
    "casework.flexibleact": "request from_on review_on is_eligible service_over by at",
    "casework.flexibledependant": "request kind",
    "casework.flexiblerequest": (
        "measure number person unit is_eligible reason facts sealed_digest digest status made_by made_at"
    ),
}
"""What the house writes by itself, as `facts.KNOWN`."""
FLEXIBLE_FORMS: Mapping[str, Promise] = {
    "flexible": gettext_lazy("Request for flexible work"),
    "flexible_review": gettext_lazy("Review of flexible work"),
}
