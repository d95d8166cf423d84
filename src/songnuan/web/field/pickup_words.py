"""Words of the screens of pickups, by the names that `kinds/pickups.js` asks for."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

WORDS: Mapping[str, Promise] = {
    "pickups.title": pgettext_lazy("field", "Hand out kits"),
    "pickups.left": _("{count} kits left at this desk"),
    "pickups.none_left": _("No kit left at this desk"),
    "pickups.done": _("{count} handed out with this device"),
    "pickups.scan": _("Scan a code"),
    "pickups.find": _("Name, initials, unit or code"),
    "pickups.hint": _("Type a name, the first letters of its pinyin, or a unit."),
    "pickups.nobody": _("Nobody found. Try another spelling, or fewer characters."),
    "pickups.more": _("{count} more: type more of the name."),
    "pickups.code_unknown": _("This code is of nobody on this list. Look the person up by name."),
    "pickups.contents": _("One kit"),
    "pickups.round": _("Round {number}"),
    "pickups.batch": _("Batch {number}, {day}"),
    "pickups.open": _("Not picked up yet"),
    "pickups.taken": _("Picked up already"),
    "pickups.here": _("Handed out with this device, {time}"),
    "pickups.referred": _("Missed all batches: still to be handed out"),
    "pickups.early": _("Not due before {day}"),
    "pickups.hand": _("Hand over"),
    "pickups.anyway": _("Record that it was handed over all the same"),
    "pickups.short": _(
        "By this device's count the desk has no kit left. If one is really handed over, it is recorded and"
        " the office decides."
    ),
    "pickups.twice": _(
        "This was picked up already. If it is really handed over again, both records are kept and the"
        " office decides."
    ),
    "pickups.too_early": _(
        "This kit is due on a later day. If it is really handed over now, the record is kept and the office"
        " decides."
    ),
    "pickups.closed": _("This desk is closed. Go back and choose another."),
    "pickups.proxy": _("Somebody else fetches it"),
    "pickups.proxy_name": _("Who fetches it"),
    "pickups.proxy_for": _("{name} may fetch it"),
    "pickups.proxy_missing": _(
        "Enter who fetches it. If the person is here, close “Somebody else fetches it”."
    ),
    "pickups.proxy_named": _("{name} fetches it, as the person said"),
    "pickups.sign": _("Signature of who takes it"),
    "pickups.by_name": _("Confirmed by name, without a signature"),
    "pickups.desk": _("Desk"),
    "pickups.which": pgettext_lazy("pickup", "Round"),
}
