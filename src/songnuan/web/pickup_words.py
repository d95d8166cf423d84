"""Words of kits that people pick up, for the trail and for what is kept of people."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from songnuan.goods.pickup_models import PickupDoubt
from songnuan.goods.pickup_states import Mode

PICKED: Mapping[str, Promise] = {
    "batch_begun": pgettext_lazy("refusal", "kits of the batch had been picked up"),
    "batch_day_over": pgettext_lazy("refusal", "the day of the batch was over"),
    "batch_order": pgettext_lazy("refusal", "the batches would not have kept their order"),
    "too_many_batches": pgettext_lazy("refusal", "there were as many batches as there may be"),
    "batch_over": pgettext_lazy("refusal", "the batch was over"),
    "batch_unknown": pgettext_lazy("refusal", "there was no such batch"),
    "rounds_for_all": pgettext_lazy("refusal", "the batches were rounds for all"),
    "batch_day_twice": pgettext_lazy("refusal", "two batches had the same day"),
    "desk_closed": pgettext_lazy("refusal", "the desk was closed, and had nothing left"),
    "desk_named_so": pgettext_lazy("refusal", "another desk had this name"),
    "desk_unknown": pgettext_lazy("refusal", "there was no desk of this name"),
    "desk_unnamed": pgettext_lazy("refusal", "the desk had no name"),
    "desks_open": pgettext_lazy("refusal", "desks were open"),
    "difference_changed": pgettext_lazy("refusal", "the roster had changed since it was looked at"),
    "distribution_begun": pgettext_lazy("refusal", "kits were at desks, or photos were added"),
    "portion_not_settled": pgettext_lazy("refusal", "the portion was not settled"),
    "distribution_open": pgettext_lazy("refusal", "another kit was handed out there already"),
    "kit_at_desks": pgettext_lazy("refusal", "people pick this kit up themselves"),
    "kit_given": pgettext_lazy("refusal", "units had got some of this kit"),
    "kit_other_plan": pgettext_lazy("refusal", "the kit was bought under another plan"),
    "kit_per_unit": pgettext_lazy("refusal", "the kit was not bought for each person"),
    "mode_known": pgettext_lazy("refusal", "it was decided before what the batches are"),
    "mode_open": pgettext_lazy("refusal", "it was open what the batches are"),
    "nobody_to_print": pgettext_lazy("refusal", "nobody like that still got a kit"),
    "too_many_to_print": pgettext_lazy("refusal", "it was too many cards for one file"),
    "no_batches": pgettext_lazy("refusal", "no batch was given"),
    "own_record": pgettext_lazy("refusal", "they had recorded this themselves"),
    "pickup_decided": pgettext_lazy("refusal", "the record had been decided about"),
    "pickups_kit_missing": pgettext_lazy("refusal", "the plan had no kit to hand out"),
    "pickups_unopened": pgettext_lazy("refusal", "nothing was handed out there yet"),
    "roster_unchosen": pgettext_lazy("refusal", "no roster was named or chosen"),
    "portion_not_open": pgettext_lazy("refusal", "the portion was picked up or settled"),
    "portion_unknown": pgettext_lazy("refusal", "nobody on the roster had this portion"),
    "proxies_off": pgettext_lazy("refusal", "nobody fetched this kit for somebody else"),
    "roster_of_no_people": pgettext_lazy("refusal", "it was no roster of people that is kept"),
}
TO_HAND_OUT: Mapping[str, Promise] = {
    "change_batches": pgettext_lazy("refused", "to move or add a batch"),
    "align_distribution": pgettext_lazy("refused", "to bring portions in line with a roster"),
    "allot_to_desk": pgettext_lazy("refused", "to allot kits to a desk"),
    "close_desk": pgettext_lazy("refused", "to close a desk"),
    "decide_pickup": pgettext_lazy("refused", "to decide about a pickup"),
    "give_back": pgettext_lazy("refused", "to take back what was picked up"),
    "keep_pickups": pgettext_lazy("refused", "to bring pickups in line with their rosters"),
    "name_proxy": pgettext_lazy("refused", "to name who may fetch a kit"),
    "open_desk": pgettext_lazy("refused", "to open a desk"),
    "open_distribution": pgettext_lazy("refused", "to open the handing out of a kit"),
    "open_pickups": pgettext_lazy("refused", "to open the handing out of a kit as the plan says"),
    "pass_missed_on": pgettext_lazy("refused", "to pass on what was not picked up"),
    "record_pickup": pgettext_lazy("refused", "to record a pickup"),
    "set_batches_mode": pgettext_lazy("refused", "to decide what batches are"),
    "print_pickup_codes": pgettext_lazy("refused", "to print codes of pickups"),
    "place_portion": pgettext_lazy("refused", "to put portions into another batch"),
    "take_pickup_list": pgettext_lazy("refused", "to take a list of people who get kits"),
    "take_people_along": pgettext_lazy("refused", "to take along who gets a kit"),
    "settle_portion": pgettext_lazy("refused", "to settle a portion"),
    "add_batch_photos": pgettext_lazy("refused", "to add photos of a day on which kits were handed out"),
    "reopen_portion": pgettext_lazy("refused", "to open a settled portion again"),
    "withdraw_batch_photo": pgettext_lazy("refused", "to take out a photo of a handing out"),
    "withdraw_distribution": pgettext_lazy("refused", "to withdraw the handing out of a kit"),
    "make_pickup_papers": pgettext_lazy("refused", "to make a paper of kits that people pick up"),
}
PICKUP_ACTS: Mapping[str, Promise] = {
    "goods.open_distribution": gettext_lazy("opened the handing out of a kit"),
    "goods.set_mode": gettext_lazy("decided what the batches are"),
    "goods.align_distribution": gettext_lazy("brought the portions in line with the roster"),
    "goods.move_batch": gettext_lazy("changed day or place of a batch"),
    "goods.add_batch": gettext_lazy("added a batch"),
    "goods.pass_missed_on": gettext_lazy("passed on what was not picked up"),
    "goods.place_portion": gettext_lazy("put a portion into another batch"),
    "goods.place_unit": gettext_lazy("put the portions of a unit into another batch"),
    "goods.settle_portion": gettext_lazy("settled a portion"),
    "goods.open_desk": gettext_lazy("opened a desk"),
    "goods.allot": gettext_lazy("allotted kits to a desk"),
    "goods.close_desk": gettext_lazy("closed a desk"),
    "goods.name_proxy": gettext_lazy("named who may fetch a kit, or took it back"),
    "goods.record_pickup": gettext_lazy("recorded a pickup"),
    "goods.decide_pickup": gettext_lazy("decided about a pickup"),
    "goods.forget_pickups": gettext_lazy("emptied what desks kept of people who were erased"),
    "goods.give_back": gettext_lazy("took back what was picked up"),
    "goods.add_batch_photos": gettext_lazy("added photos of a day on which kits were handed out"),
    "goods.reopen_portion": gettext_lazy("opened a settled portion again"),
    "goods.withdraw_batch_photo": gettext_lazy("took out a photo of a day on which kits were handed out"),
    "goods.withdraw_distribution": gettext_lazy("withdrew the handing out of a kit"),
    "goods.take_pickup_list": gettext_lazy("took a list of people who get kits"),
}
PICKUP_FACTS: Mapping[str, Promise] = {
    "batch_added": pgettext_lazy("fact", "batch no."),
    "batch_moved": pgettext_lazy("fact", "batch no."),
    "from_day": pgettext_lazy("fact", "so far on"),
    "to_day": pgettext_lazy("fact", "on"),
    "desk": pgettext_lazy("fact", "desk"),
    "pickup_batch": pgettext_lazy("fact", "into batch no."),
    "pickup_list": pgettext_lazy("fact", "list"),
    "portions": pgettext_lazy("fact", "portions"),
    "distribution": pgettext_lazy("fact", "handing out of kits"),
    "in_person": pgettext_lazy("fact", "by the person"),
    "by_proxy": pgettext_lazy("fact", "fetched by somebody else"),
    "doubt": pgettext_lazy("fact", "in doubt"),
    "kits": pgettext_lazy("fact", "kits"),
    "mode": pgettext_lazy("fact", "what the batches are"),
    "portion": pgettext_lazy("fact", "portion"),
    "went_out": pgettext_lazy("fact", "the goods did go out"),
    "named": pgettext_lazy("fact", "somebody is named"),
    "recipient": pgettext_lazy("fact", "recipient"),
}
PICKUP_THINGS: Mapping[str, str] = {
    "desk": "goods.desk",
    "distribution": "goods.distribution",
    "portion": "goods.portion",
    "recipient": "goods.recipient",
}
PICKUP_OF_ACTS: Mapping[str, Mapping[str, Promise]] = {
    "goods.open_distribution": {
        "batches": pgettext_lazy("fact of pickups", "days of the batches"),
        "roster": pgettext_lazy("fact of pickups", "roster"),
    },
    "goods.pass_missed_on": {
        "on": pgettext_lazy("fact of pickups", "into the next batch"),
        "office": pgettext_lazy("fact of pickups", "to the list of the office"),
    },
    "goods.align_distribution": {
        "made": pgettext_lazy("fact of pickups", "people who joined"),
        "left": pgettext_lazy("fact of pickups", "people who left"),
        "back": pgettext_lazy("fact of pickups", "people who came back"),
        "other_unit": pgettext_lazy("fact of pickups", "people counted at another unit"),
    },
}
PICKUP_SEALED: Mapping[str, Promise] = {
    "goods.batchphoto.caption": gettext_lazy("What photos of days show on which kits were handed out"),
    "goods.pickup.proxy": gettext_lazy("Who picked a kit up for somebody: the name"),
    "goods.pickup.reason": gettext_lazy("What was decided about pickups, and why"),
    "goods.recipient.proxy": gettext_lazy("Who may pick a kit up for somebody: the name"),
    "goods.portion.reason": gettext_lazy("What became of kits that nobody picked up"),
}
PICKUP_VALUES: Mapping[str, Mapping[str, Promise | str]] = {
    "doubt": {one.value: one.label for one in PickupDoubt},
    "mode": {
        Mode.DIVIDE.value: pgettext_lazy("batches", "they divide the people"),
        Mode.ROUNDS.value: pgettext_lazy("batches", "rounds for all"),
    },
    "pickup_list": {
        "codes": pgettext_lazy("list of pickups", "codes to print"),
        "missed": pgettext_lazy("list of pickups", "not picked up"),
    },
}
PICKUP_FORMS: Mapping[str, Promise] = {
    "batch_photos": gettext_lazy("Photos of a day on which kits were handed out"),
    "pickups_allot": gettext_lazy("Kits for a desk"),
    "pickups_batch": gettext_lazy("Day of a batch"),
    "pickups_back": gettext_lazy("Pickup given back"),
    "pickups_codes": gettext_lazy("Codes of pickups to print"),
    "pickups_decide": gettext_lazy("Decision about a pickup"),
    "pickups_desk": gettext_lazy("New desk"),
    "pickups_open": gettext_lazy("Kit handed out"),
    "pickups_place": gettext_lazy("Batch of a portion"),
    "pickups_place_unit": gettext_lazy("Batch of a unit"),
    "pickups_proxy": gettext_lazy("Who may pick a kit up"),
    "pickups_reopen": gettext_lazy("Settled portion opened again"),
    "pickups_withdraw": gettext_lazy("Handing out withdrawn"),
    "pickups_settle": gettext_lazy("Portion settled"),
    "own_proxy": gettext_lazy("Own kit: who may pick it up"),
}
PICKUP_LINES: Mapping[str, tuple[tuple[Promise, str], ...]] = {
    "pickups_open": (
        (gettext_lazy("Day of a batch"), "goods.batch.on"),
        (gettext_lazy("Place of a batch"), "goods.batch.place"),
    ),
}
PICKUP_KNOWN: Mapping[str, str] = {
    "goods.batch": "distribution position",
    "goods.batchphoto": "position thumbnail added_by added_at",
    "goods.desk": "distribution opened_at closed_at version",
    "goods.distribution": "measure mode opened_at opened_by seen_on version",
    "goods.pickup": (
        "key digest desk portion doubt device_at taken_at received_at by proxy by_proxy signature by_name"
        " movement"
        " decided_by decided_at"
    ),
    "goods.portion": "recipient round first_batch status settled_by settled_at",
    "goods.recipient": "distribution person unit code proxy_named_at",
}
