"""Words of kits that people pick up, for the trail and for what is kept of people."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

PICKED: Mapping[str, Promise] = {
    "batch_over": pgettext_lazy("refusal", "the batch was over"),
    "batch_unknown": pgettext_lazy("refusal", "there was no such batch"),
    "rounds_for_all": pgettext_lazy("refusal", "the batches were rounds for all"),
    "batch_day_twice": pgettext_lazy("refusal", "two batches had the same day"),
    "desk_closed": pgettext_lazy("refusal", "the desk was closed, and had nothing left"),
    "desk_named_so": pgettext_lazy("refusal", "another desk had this name"),
    "desk_unnamed": pgettext_lazy("refusal", "the desk had no name"),
    "kit_at_desks": pgettext_lazy("refusal", "people pick this kit up themselves"),
    "kit_given": pgettext_lazy("refusal", "units had got some of this kit"),
    "kit_other_plan": pgettext_lazy("refusal", "the kit was bought under another plan"),
    "kit_per_unit": pgettext_lazy("refusal", "the kit was not bought for each person"),
    "mode_known": pgettext_lazy("refusal", "it was decided before what the batches are"),
    "mode_open": pgettext_lazy("refusal", "it was open what the batches are"),
    "no_batches": pgettext_lazy("refusal", "no batch was given"),
    "own_record": pgettext_lazy("refusal", "they had recorded this themselves"),
    "pickup_decided": pgettext_lazy("refusal", "the record had been decided about"),
    "portion_not_open": pgettext_lazy("refusal", "the portion was picked up or settled"),
    "portion_unknown": pgettext_lazy("refusal", "nobody on the roster had this portion"),
    "roster_of_no_people": pgettext_lazy("refusal", "it was no roster of people that is kept"),
}
PICKUP_ACTS: Mapping[str, Promise] = {
    "goods.open_distribution": gettext_lazy("opened the handing out of a kit"),
    "goods.set_mode": gettext_lazy("decided what the batches are"),
    "goods.align_distribution": gettext_lazy("brought the portions in line with the roster"),
    "goods.pass_missed_on": gettext_lazy("passed on what was not picked up"),
    "goods.place_portion": gettext_lazy("put a portion into another batch"),
    "goods.place_unit": gettext_lazy("put the portions of a unit into another batch"),
    "goods.settle_portion": gettext_lazy("settled a portion"),
    "goods.open_desk": gettext_lazy("opened a desk"),
    "goods.allot": gettext_lazy("allotted kits to a desk"),
    "goods.close_desk": gettext_lazy("closed a desk"),
    "goods.record_pickup": gettext_lazy("recorded a pickup"),
    "goods.decide_pickup": gettext_lazy("decided about a pickup"),
    "goods.give_back": gettext_lazy("took back what was picked up"),
}
PICKUP_FACTS: Mapping[str, Promise] = {
    "desk": pgettext_lazy("fact", "desk"),
    "pickup_batch": pgettext_lazy("fact", "into batch no."),
    "portions": pgettext_lazy("fact", "portions"),
}
PICKUP_SEALED: Mapping[str, Promise] = {
    "goods.pickup.proxy": gettext_lazy("Who picked a kit up for somebody: the name"),
    "goods.pickup.reason": gettext_lazy("What was decided about pickups, and why"),
    "goods.portion.reason": gettext_lazy("What became of kits that nobody picked up"),
}
