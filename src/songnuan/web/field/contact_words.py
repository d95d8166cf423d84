"""Words of the screens of families, by the names that `kinds/contacts.js` asks for."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from songnuan.casework.case_models import Category, Urgency, Way
from songnuan.web.case_forms import ContactForm, HomeVisitForm, NeedForm
from songnuan.web.field.asked import Word, choices_of, words_of

WORDS: Mapping[str, Word] = {
    "contacts.title": _("Families I keep in touch with"),
    "contacts.due": _("Contact by {day}"),
    "contacts.visit_due": _("Visit at home by {day}"),
    "contacts.late": pgettext_lazy("field", "overdue"),
    "contacts.waiting": _("{count} records not sent"),
    "contacts.gone": _("This family is not on this device any more. Fetch the newest."),
    "contacts.contact": _("Record a contact"),
    "contacts.visit": _("Record a visit at home"),
    "contacts.need_only": _("Put a need down"),
    "contacts.came_up": _("Did a need come up?"),
    "contacts.do": pgettext_lazy("field", "Record"),
    **choices_of("contacts.ways", Way.choices),
    **choices_of("contacts.categories", Category.choices),
    **choices_of("contacts.urgencies", Urgency.choices),
    **choices_of("contacts.reached_or_not", ContactForm.base_fields["reached"].choices),  # type: ignore[attr-defined] # a choice
    **words_of("contacts", ContactForm, "happened_on way reached words need category urgency"),
    **words_of("contacts", HomeVisitForm, "went received_by brought living difficulties answered follow_up"),
    **words_of("contacts.alone", NeedForm, "need"),
}
