"""What the parts of a visit's report are called, wherever a correction tells them."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PARTS: Mapping[str, Promise] = {
    "happened_at": _("The visit took place"),
    "form": _("How the unit was reached"),
    "form_reason": _("Why not on site"),
    "members": _("Who went"),
    "prevention": _("How prevention is carried out"),
    "prevention_note": _("What is not carried out well"),
    "conditions": _("How the staff work and live"),
    "inspection": _("Inspection on the same occasion"),
    "late_reason": _("Why it is late"),
    "entry_reason": _("Why it is entered only now"),
}
