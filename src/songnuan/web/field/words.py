"""All words of the app, in one file for each language: all of them are there without a network."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from songnuan.web.field.registry import KINDS
from songnuan.web.sentences import REQUIRED

OWN: Mapping[str, Promise] = {
    "app": pgettext_lazy("field", "In the field"),
    "home": pgettext_lazy("field", "What to do"),
    "back": _("Back"),
    "recorded": pgettext_lazy("field", "Recorded"),
    "recorded_kept": _("Kept on this device, and sent as soon as there is a network."),
    "nothing": _("Nothing to do for you here just now."),
    "offline": _("No network"),
    "online": _("Network"),
    "as_of": _("As of {time}"),
    "renew": _("Fetch the newest"),
    "renewing": _("Fetching …"),
    "unsent": _("{count} not sent"),
    "all_sent": _("All sent"),
    "sending": pgettext_lazy("field", "Sending …"),
    "sign_in": _("Sign in"),
    "signed_out": _("Your sign-in has run out. Sign in again, so that what is kept here is sent."),
    "other_person": _(
        "Somebody else has signed in in this browser. Sign in as yourself, so that it is sent."
    ),
    "fault": _("The house can't be reached. What you record is kept here."),
    "records": _("My records"),
    "records_none": _("Nothing was recorded with this device."),
    "state.unsent": pgettext_lazy("field", "not sent"),
    "state.sending": pgettext_lazy("field", "being sent"),
    "state.later": pgettext_lazy("field", "sent again later"),
    "state.taken": pgettext_lazy("field", "taken"),
    "state.waits": pgettext_lazy("field", "waits for a decision"),
    "state.decided": pgettext_lazy("field", "decided about"),
    "state.refused": pgettext_lazy("field", "refused"),
    "open_site": _("Open its page"),
    "refused_some": _("{count} refused: see what to do"),
    "waits_some": _("{count} wait for a decision"),
    "clear": _("Clear this device"),
    "clear_what": _(
        "All that this app keeps on this device is deleted. Records that were not sent are lost for good."
    ),
    "clear_count": _("To delete, type the number of records that are not sent, or were refused: {count}"),
    "clear_do": _("Delete all"),
    "clear_wrong": _("This is not the number."),
    "cleared": _("This device keeps nothing any more."),
    "mend": _("Mend it and send it anew"),
    "look": _("See what was recorded"),
    "look.photo": _("Photo"),
    "look.signature": _("Signature"),
    "needed": REQUIRED,
    "dismiss": _("Read: remove from this device"),
    "set_up": _("Set this device up"),
    "set_up_what": _(
        "Choose a PIN of at least 6 digits. It opens what this app keeps on this device; nobody else knows"
        " it."
    ),
    "pin": _("PIN"),
    "pin_again": _("PIN once more"),
    "pin_differ": _("The two PINs differ."),
    "pin_weak": _("This PIN is too easy to guess. Choose another."),
    "pin_digits": _("A PIN has at least 6 digits."),
    "pin_wrong": _("This PIN is wrong."),
    "pin_wait": _("Too many wrong PINs. Wait {seconds} seconds."),
    "pin_forgotten": _("PIN forgotten"),
    "pin_forgotten_what": _("Sign in with a network: then choose a new PIN. Nothing that is kept is lost."),
    "pin_new": _("Choose a new PIN"),
    "unlock": pgettext_lazy("field", "Open"),
    "unlock_unsent": _("{count} records wait here to be sent. Enter the PIN to send them."),
    "lock": _("Lock"),
    "who": _("Who are you?"),
    "first_online": _("This device is not set up yet. Sign in with a network first."),
    "closed": _("This device was closed. What it kept has been deleted."),
    "no_store": _(
        "This browser keeps nothing on this device (a private window?). Open the app in an ordinary window."
    ),
    "no_crypto": _("Open this page under https://, or nothing can be kept safely."),
    "kept_loosely": _(
        "This browser may delete what is kept here when space grows short. Install the app on the home"
        " screen."
    ),
    "broken": _("A record that can't be opened on this device. It stays, and the others are sent."),
    "state.broken": pgettext_lazy("field", "can't be opened"),
    "dismiss_refused": _("Remove without carrying it out"),
    "dismiss_sure": _("What this record tells was not carried out, and is kept nowhere else."),
    "lost": _("this device was cleared in another window"),
    "fault_store": _("the device could not write it"),
    "fault_odd": _("Something went wrong. Try again."),
    "unreached": _("The house can't be reached just now. Try again with a network."),
    "closed_sending": _(
        "This device was closed. Once everything is sent, and what was refused is put away, it deletes what"
        " it keeps."
    ),
    "closed_pin": _(
        "This device was closed: no new PIN can be chosen. Enter the old PIN, so that {count} records"
        " are sent."
    ),
    "key_other": _(
        "The house has another key for this device by now. Enter the old PIN, so that {count} records"
        " are sent."
    ),
    "password_again": _("Enter your password once more; then choose a PIN at once."),
    "password": _("Enter the password"),
    "device_unknown": _(
        "The house does not know this device. Enter your password once more, so that what is kept here"
        " is sent."
    ),
    "unsent_of_all": _("{count} records of all who use this device wait here to be sent."),
    "full": _("Not recorded: this device has no space left. Delete some photos of your own, and try again."),
    "full_draft": _(
        "This device has no space left: what you fill in is not kept. Delete some photos of your own, then"
        " go on."
    ),
    "failed": _("Not recorded: {fault}. Try again, or note it on paper."),
    "update": _("A new version is here: use it"),
    "site": _("To the site"),
    "devices": _("My devices"),
    "scan.aim": _("Hold the code before the camera"),
    "scan.photo": _("Take a photo of the code"),
    "scan.type": _("Type the code"),
    "scan.look_up": _("Look up"),
    "scan.none": _("No code found in the photo. Hold it closer and straight."),
    "scan.no_camera": _("The camera can't be used. Take a photo of the code, or type it."),
    "photos.add": _("Add a photo"),
    "photos.unread": _("This photo can't be read."),
    "photos.many": _("At most {most} photos."),
    "photos.remove": _("Remove photo {number}"),
    "sign.clear": _("Sign again"),
    "sign.short": _("This is too short for a signature."),
}


def words(language: str) -> dict[str, str]:
    """Return all words in a language."""
    with override(language):
        own = {name: str(word) for name, word in OWN.items()}
        return own | {name: str(word) for kind in KINDS.values() for name, word in kind.words.items()}
