"""Words of accounts, and of the devices that people open the field app on."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

OF_ACCOUNTS: Mapping[str, Promise] = {
    "calendar_of_nobody": pgettext_lazy("refusal", "there was no account"),
    "last_administrator": pgettext_lazy("refusal", "nobody else administers the unit"),
    "no_second_factor": pgettext_lazy("refusal", "no second step was set up"),
    "own_second_factor": pgettext_lazy("refusal", "one's own second step"),
    "user_inactive": pgettext_lazy("refusal", "the account is shut"),
    "user_unknown": pgettext_lazy("refusal", "no such account"),
    "username_invalid": pgettext_lazy("refusal", "the user name was not one"),
    "username_taken": pgettext_lazy("refusal", "the user name is taken"),
    "device_closed": pgettext_lazy("refusal", "the device was closed"),
    "device_of_another": pgettext_lazy("refusal", "the device was somebody else's"),
    "device_of_nobody": pgettext_lazy("refusal", "only somebody with an account has devices"),
    "device_unknown": pgettext_lazy("refusal", "there was no such device"),
    "devices_many": pgettext_lazy("refusal", "too many devices were open"),
    "field_files": pgettext_lazy("refusal", "too many or too large files with a record of a device"),
    "field_kind": pgettext_lazy("refusal", "a device sent a kind of record that is not known"),
    "field_many": pgettext_lazy("refusal", "a device sent too many records at once"),
    "field_record": pgettext_lazy("refusal", "a record of a device could not be read"),
    "field_unreadable": pgettext_lazy("refusal", "what a device sent could not be read"),
}
OF_DEVICES: Mapping[str, Promise] = {
    "close_device": pgettext_lazy("refused", "to close a device"),
    "note_device_seen": pgettext_lazy("refused", "to send what a device had recorded"),
    "open_device": pgettext_lazy("refused", "to open the field app on a device"),
}
DEVICE_ACTS: Mapping[str, Promise] = {
    "organisation.open_device": gettext_lazy("opened the field app on a device"),
    "organisation.give_device_key": gettext_lazy("took the key of a device once more"),
    "organisation.close_device": gettext_lazy("closed a device"),
}
DEVICE_FACTS: Mapping[str, Promise] = {
    "device": pgettext_lazy("fact", "device"),
    "unsent": pgettext_lazy("fact", "records not sent"),
}
ORGANISATION_SEALED: Mapping[str, Promise] = {
    "organisation.device.key": gettext_lazy("Keys of devices with the field app"),
    "organisation.unitrecord.address": gettext_lazy("Where a unit is, as of every period"),
    "organisation.unitrecord.contact_name": gettext_lazy("Whom to call at a unit: the name"),
    "organisation.unitrecord.contact_phone": gettext_lazy("Whom to call at a unit: the phone"),
    "organisation.user.name": gettext_lazy("People with an account: the name"),
    "organisation.user.phone": gettext_lazy("People with an account: the phone"),
}
