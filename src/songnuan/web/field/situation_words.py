"""Words of the screens of situation reports, by the names that `kinds/situation.js` asks for."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from songnuan.emergency.models import EventCategory
from songnuan.web.field.asked import Word, choices_of, words_of
from songnuan.web.situation_forms import EventForm

WORDS: Mapping[str, Word] = {
    "situation.title": pgettext_lazy("field", "Situation reports"),
    "situation.due": _("{count} due"),
    "situation.none": _("Nothing is due from your units just now."),
    "situation.by": _("Due {time}"),
    "situation.late": _("Was due {time}: it is taken as late"),
    "situation.drill": pgettext_lazy("field", "drill"),
    "situation.safe": pgettext_lazy("situation report", "All safe"),
    "situation.event": _("Report an event"),
    "situation.said_safe": _("All safe: {unit}"),
    "situation.said_event": _("Event: {unit}"),
    "situation.here": _("Recorded with this device, {time}"),
    "situation.now": _("Just now"),
    "situation.do": _("Report the event"),
    **choices_of("situation.categories", EventCategory.choices),
    **words_of("situation", EventForm, "category happened_at words checked"),
}
