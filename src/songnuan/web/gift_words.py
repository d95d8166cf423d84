"""Words for the codes of refusals about donations and what units got of them."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

GIVEN: Mapping[str, Promise] = {
    "beyond_share": pgettext_lazy("refusal", "more than is left of the share of the kit"),
    "donation_issued": pgettext_lazy("refusal", "goods of the donation were out of the store"),
    "donation_unknown": pgettext_lazy("refusal", "there was no such donation"),
    "donor_missing": pgettext_lazy("refusal", "no donor"),
    "donor_unknown": pgettext_lazy("refusal", "no kind of donor"),
    "issue_straight": pgettext_lazy("refusal", "the goods had gone straight from the donor to the unit"),
    "issue_unknown": pgettext_lazy("refusal", "there was no such issue of goods"),
    "kit_other": pgettext_lazy("refusal", "the unit gets another kit of the plan"),
    "kit_with_visits": pgettext_lazy("refusal", "visits bring the kits of the plan"),
    "not_at_unit": pgettext_lazy("refusal", "the goods were not booked at the unit any more"),
    "own_donation": pgettext_lazy("refusal", "who recorded it cancels it on the same day only"),
    "own_issue": pgettext_lazy("refusal", "who recorded it takes it back on the same day only"),
    "receiver_is_recorder": pgettext_lazy("refusal", "who enters it took the goods in"),
    "share_unknown": pgettext_lazy("refusal", "the number of people of the unit was unknown"),
    "unit_gets_none": pgettext_lazy("refusal", "the unit is not among those that get a kit"),
    "valuation_missing": pgettext_lazy("refusal", "no word on where the value comes from"),
    "value_too_large": pgettext_lazy("refusal", "a value beyond what is plausible"),
}
