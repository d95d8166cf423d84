"""Words of the screens of musters, by the names that `kinds/musters.js` asks for."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from songnuan.web.field.asked import Word

WORDS: Mapping[str, Word] = {
    "musters.title": pgettext_lazy("field", "Muster"),
    "musters.by": _("Everybody is there by {time}"),
    "musters.drill": pgettext_lazy("field", "drill"),
    "musters.over": _("This muster runs no more."),
    "musters.me": _("I am there"),
    "musters.me_there": _("You are checked in."),
    "musters.me_here": _("Checked in with this device, {time}"),
    "musters.place": _("Add where I am"),
    "musters.place_asking": _("Asking this device where it is …"),
    "musters.place_kept": _("The place goes along, to within {metres} m."),
    "musters.place_none": _("This device does not tell where it is. You are checked in without it."),
    "musters.others": _("Check in others"),
    "musters.missing": _("{count} not there yet"),
    "musters.find": _("Name or section"),
    "musters.sure": _("{name} is there: check in"),
    "musters.here": _("Checked in with this device, {time}"),
    "musters.more": _("{count} more: type a name."),
    "musters.nobody": _("Nobody of that name is missing."),
    "musters.own": pgettext_lazy("field", "Checked in: myself"),
}
