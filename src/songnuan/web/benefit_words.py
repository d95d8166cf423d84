"""Words for the trail about standards of money to people: codes of refusals, and what was tried."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

BENEFITS: Mapping[str, Promise] = {
    "decision_day": pgettext_lazy("refusal", "the day of the decision was missing, or still to come"),
    "decision_long": pgettext_lazy("refusal", "the decision was too long"),
    "decision_missing": pgettext_lazy("refusal", "no decision was named for the amounts that it sets"),
    "people_empty": pgettext_lazy("refusal", "the file of people was empty"),
    "people_headings": pgettext_lazy("refusal", "the file of people had no heading for the first day"),
    "people_many": pgettext_lazy("refusal", "the file of people had too many rows"),
    "standard_invalid": pgettext_lazy("refusal", "the standard had faults"),
    "standard_same": pgettext_lazy("refusal", "the standard stood like this already"),
    "standard_stale": pgettext_lazy("refusal", "somebody else had written a version of the standard since"),
    "standard_taken": pgettext_lazy("refusal", "the short name was another standard's"),
    "standard_unknown": pgettext_lazy("refusal", "there was no standard of this short name"),
    "standard_unreadable": pgettext_lazy("refusal", "the file of the standard could not be read"),
}
