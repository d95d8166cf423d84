"""Words of kits that people pick up, for the trail and for what is kept of people."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

PICKED: Mapping[str, Promise] = {
    "batch_day_twice": pgettext_lazy("refusal", "two batches had the same day"),
    "desk_closed": pgettext_lazy("refusal", "the desk was closed, and had nothing left"),
    "desk_named_so": pgettext_lazy("refusal", "another desk had this name"),
    "desk_unnamed": pgettext_lazy("refusal", "the desk had no name"),
    "distribution_open": pgettext_lazy("refusal", "another kit was handed out there already"),
    "kit_at_desks": pgettext_lazy("refusal", "people pick this kit up themselves"),
    "kit_given": pgettext_lazy("refusal", "units had got some of this kit"),
    "kit_other_plan": pgettext_lazy("refusal", "the kit was bought under another plan"),
    "kit_per_unit": pgettext_lazy("refusal", "the kit was not bought for each person"),
    "mode_known": pgettext_lazy("refusal", "it was decided before what the batches are"),
    "mode_open": pgettext_lazy("refusal", "it was open what the batches are"),
    "no_batches": pgettext_lazy("refusal", "no batch was given"),
    "own_record": pgettext_lazy("refusal", "they had recorded this themselves"),
    "pickup_decided": pgettext_lazy("refusal", "the record had been decided about"),
    "pickups_kit_missing": pgettext_lazy("refusal", "the plan had no kit to hand out"),
    "roster_unchosen": pgettext_lazy("refusal", "no roster was named or chosen"),
    "portion_not_open": pgettext_lazy("refusal", "the portion was picked up or settled"),
    "portion_unknown": pgettext_lazy("refusal", "nobody on the roster had this portion"),
    "proxies_off": pgettext_lazy("refusal", "nobody fetched this kit for somebody else"),
    "roster_of_no_people": pgettext_lazy("refusal", "it was no roster of people that is kept"),
}
TO_HAND_OUT: Mapping[str, Promise] = {
    "align_distribution": pgettext_lazy("refused", "to bring portions in line with a roster"),
    "allot_to_desk": pgettext_lazy("refused", "to allot kits to a desk"),
    "close_desk": pgettext_lazy("refused", "to close a desk"),
    "decide_pickup": pgettext_lazy("refused", "to decide about a pickup"),
    "give_back": pgettext_lazy("refused", "to take back what was picked up"),
    "name_proxy": pgettext_lazy("refused", "to name who may fetch a kit"),
    "open_desk": pgettext_lazy("refused", "to open a desk"),
    "open_distribution": pgettext_lazy("refused", "to open the handing out of a kit"),
    "open_pickups": pgettext_lazy("refused", "to open the handing out of a kit as the plan says"),
    "pass_missed_on": pgettext_lazy("refused", "to pass on what was not picked up"),
    "record_pickup": pgettext_lazy("refused", "to record a pickup"),
    "set_batches_mode": pgettext_lazy("refused", "to decide what batches are"),
    "settle_portion": pgettext_lazy("refused", "to settle a portion"),
}
PICKUP_ACTS: Mapping[str, Promise] = {
    "goods.open_distribution": gettext_lazy("opened the handing out of a kit"),
    "goods.set_mode": gettext_lazy("decided what the batches are"),
    "goods.align_distribution": gettext_lazy("brought the portions in line with the roster"),
    "goods.pass_missed_on": gettext_lazy("passed on what was not picked up"),
    "goods.settle_portion": gettext_lazy("settled a portion"),
    "goods.open_desk": gettext_lazy("opened a desk"),
    "goods.allot": gettext_lazy("allotted kits to a desk"),
    "goods.close_desk": gettext_lazy("closed a desk"),
    "goods.name_proxy": gettext_lazy("named who may fetch a kit, or took it back"),
    "goods.record_pickup": gettext_lazy("recorded a pickup"),
    "goods.decide_pickup": gettext_lazy("decided about a pickup"),
    "goods.give_back": gettext_lazy("took back what was picked up"),
}
PICKUP_FACTS: Mapping[str, Promise] = {
    "desk": pgettext_lazy("fact", "desk"),
    "distribution": pgettext_lazy("fact", "handing out of kits"),
    "in_person": pgettext_lazy("fact", "by the person"),
    "named": pgettext_lazy("fact", "somebody is named"),
    "recipient": pgettext_lazy("fact", "recipient"),
}
PICKUP_SEALED: Mapping[str, Promise] = {
    "goods.pickup.proxy": gettext_lazy("Who picked a kit up for somebody: the name"),
    "goods.pickup.reason": gettext_lazy("What was decided about pickups, and why"),
    "goods.recipient.proxy": gettext_lazy("Who may pick a kit up for somebody: the name"),
    "goods.portion.reason": gettext_lazy("What became of kits that nobody picked up"),
}
