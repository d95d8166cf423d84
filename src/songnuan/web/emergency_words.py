"""Words for the trail about an emergency: what was done, what was tried, and why it was refused."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from songnuan.emergency.models import ActVerb, Asks, Way

EMERGENCY_ACTS: Mapping[str, Promise] = {
    "emergency.accept_handover": gettext_lazy("took on the authority to end a response"),
    "emergency.activate": gettext_lazy("set an emergency plan in motion"),
    "emergency.answer_order": gettext_lazy("answered an order"),
    "emergency.appoint_member": gettext_lazy("gave somebody a place in the leading group"),
    "emergency.write_after_action": gettext_lazy("wrote the after-action report of a response"),
    "emergency.assess": gettext_lazy("assessed a response"),
    "emergency.change_level": gettext_lazy("changed the level of a response"),
    "emergency.decline_handover": gettext_lazy("declined to take on the authority to end a response"),
    "emergency.end_member": gettext_lazy("let a place in the leading group end"),
    "emergency.end_stand_in": gettext_lazy("let the acting in somebody's stead end"),
    "emergency.offer_handover": gettext_lazy("offered the authority to end a response"),
    "emergency.record_stand_in": gettext_lazy("noted who acts in somebody's stead"),
    "emergency.stand_down": gettext_lazy("stood a response down"),
    "emergency.take_back_handover": gettext_lazy("took back the offer of the authority to end a response"),
    "emergency.take_in_order": gettext_lazy("took in an order"),
}
TO_COMMAND: Mapping[str, Promise] = {
    "activate_plan": pgettext_lazy("refused", "to set an emergency plan in motion"),
    "appoint_member": pgettext_lazy("refused", "to change who is in the leading group"),
    "hand_over_response": pgettext_lazy("refused", "to hand over or take on the authority to end a response"),
    "stand_down": pgettext_lazy("refused", "to stand a response down"),
    "stand_in": pgettext_lazy("refused", "to change who acts in whose stead"),
    "steer_response": pgettext_lazy("refused", "to assess a response, or change its level"),
    "take_in_order": pgettext_lazy("refused", "to take in an order, or answer it"),
    "write_after_action": pgettext_lazy("refused", "to write an after-action report"),
}
NOT_COMMANDED: Mapping[str, Promise] = {
    "activation_active": pgettext_lazy("refusal", "the response was still in force"),
    "activation_ended": pgettext_lazy("refusal", "the response was stood down already"),
    "activation_unknown": pgettext_lazy("refusal", "there was no such response"),
    "already_active": pgettext_lazy("refusal", "it was in force already"),
    "day_past": pgettext_lazy("refusal", "the day lay in the past"),
    "emergency_not_entitled": pgettext_lazy("refusal", "the person does not sign orders by the plan"),
    "handover_not_yours": pgettext_lazy("refusal", "it was not offered to this person"),
    "handover_offered": pgettext_lazy("refusal", "the authority was offered to somebody"),
    "happens_later": pgettext_lazy("refusal", "it lay in the future"),
    "leader_stands": pgettext_lazy("refusal", "the group had a leader"),
    "level_same": pgettext_lazy("refusal", "it had this level already"),
    "response_level_unknown": pgettext_lazy("refusal", "the plan had no such level"),
    "member_holds": pgettext_lazy("refusal", "the member may end a response in force"),
    "member_same": pgettext_lazy("refusal", "the member had this place already"),
    "group_member_unknown": pgettext_lazy("refusal", "there was no such member"),
    "not_a_member": pgettext_lazy("refusal", "the person was not in the leading group"),
    "not_the_holder": pgettext_lazy("refusal", "somebody else alone may end it"),
    "order_about": pgettext_lazy("refusal", "it named no response in force"),
    "order_asks": pgettext_lazy("refusal", "it was not said what was ordered"),
    "order_by_act": pgettext_lazy("refusal", "it is answered by ending the response"),
    "order_due": pgettext_lazy("refusal", "it was due before it was received"),
    "order_issuer": pgettext_lazy("refusal", "it was not said who gave it"),
    "order_twice": pgettext_lazy("refusal", "the order was entered already"),
    "order_unfit": pgettext_lazy("refusal", "the order asked for something else"),
    "order_unknown": pgettext_lazy("refusal", "there was no such order"),
    "order_way": pgettext_lazy("refusal", "it was not said how it arrived"),
    "own_place": pgettext_lazy("refusal", "it was the person's own place"),
    "position_unknown": pgettext_lazy("refusal", "there was no such position"),
    "report_stale": pgettext_lazy("refusal", "somebody else had written the report"),
    "standin_stands": pgettext_lazy("refusal", "somebody acted in this stead already"),
    "standin_times": pgettext_lazy("refusal", "the times were not in order"),
    "standin_unfit": pgettext_lazy("refusal", "one of the two could not act so"),
    "standin_unknown": pgettext_lazy("refusal", "there was no such entry"),
    "successor_unfit": pgettext_lazy("refusal", "the successor could not take it on"),
    "turn_invalid": pgettext_lazy("refusal", "the place in the order was none"),
    "counts_empty": pgettext_lazy("refusal", "the file of counts was empty"),
    "counts_headings": pgettext_lazy("refusal", "the file of counts named no columns"),
    "counts_many": pgettext_lazy("refusal", "the file of counts had too many rows"),
    "counts_order": pgettext_lazy("refusal", "the days of the file of counts were not in their order"),
    "counts_row": pgettext_lazy("refusal", "a row of the file of counts could not be read"),
}
EMERGENCY_FACTS: Mapping[str, Promise] = {
    "asks": pgettext_lazy("fact", "asks for"),
    "activation": pgettext_lazy("fact", "response"),
    "arrived": pgettext_lazy("fact", "arrived"),
    "assessed": pgettext_lazy("fact", "assessed"),
    "drill": pgettext_lazy("fact", "drill"),
    "holder": pgettext_lazy("fact", "may end it"),
    "order": pgettext_lazy("fact", "order"),
    "response_level": pgettext_lazy("fact", "level"),
    "serial": pgettext_lazy("fact", "number in the year"),
    "standin": pgettext_lazy("fact", "entry"),
}
EMERGENCY_VALUES: Mapping[str, Mapping[str, Promise | str]] = {
    "arrived": {one.value: one.label for one in Way},
    "asks": {one.value: one.label for one in Asks},
    "assessed": {one.value: one.label for one in (ActVerb.GO_ON, ActVerb.END_IT)},
}
EMERGENCY_FORMS: Mapping[str, Promise] = {
    "after_action": gettext_lazy("After-action report"),
    "activation": gettext_lazy("Emergency plan set in motion"),
    "activation_assessed": gettext_lazy("Assessment of a response"),
    "activation_end": gettext_lazy("Response stood down"),
    "activation_handover": gettext_lazy("Authority to end a response handed over"),
    "activation_handover_answer": gettext_lazy("Answer to a handing over"),
    "activation_level": gettext_lazy("Level of a response"),
    "emergency_member": gettext_lazy("Place in the leading group"),
    "emergency_order": gettext_lazy("Order of a superior"),
    "emergency_order_answer": gettext_lazy("Answer to an order"),
    "emergency_stand_in": gettext_lazy("Who acts in whose stead"),
}
EMERGENCY_KNOWN: Mapping[str, str] = {
    "emergency.activation": (
        "measure is_drill year serial code level_label issued_by issued_as stands_for issued_at holder status"
        " end_serial end_year ended_by ended_at"
    ),
    "emergency.activationact": ("activation by as_member other order level_label happened_at at"),
    "emergency.afteraction": "activation version snapshot digest written_by written_at",
    "emergency.handover": "activation giver order status offered_by offered_at answered_at",
    "emergency.member": "measure ends_on appointed_by appointed_at",
    "emergency.order": "measure recorded_by recorded_at answered_at answered_by",
    "emergency.standin": "recorded_by recorded_at ended_at ended_by",
}
