"""What forms about families ask, and what the house knows of them by itself."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CASE_KNOWN: Mapping[str, str] = MappingProxyType(
    {
        "casework.case": (
            "measure plan number employee opened_by opened_at helper_state helper_at lead ended_at keep_until"
        ),
        "casework.caselook": "case by at what",
        "casework.contact": "case by at",
        "casework.feedback": "need round source link heard_by at",
        "casework.helperact": "case helper verb by at",
        "casework.homevisit": "contact",
        "casework.need": "case number contact by at raised_on",
        "casework.needaction": "need by at",
        "casework.needclosing": "need round feedback by at",
        "casework.needreopening": "closing by at",
        "casework.specialfamily": "case index told_by told_at erased_at",
    }
)
CASE_FORMS: Mapping[str, Promise] = MappingProxyType(
    {
        "family_call": _("What a family said in a call"),
        "family_contact": _("Contact with a family"),
        "family_decline": _("Why somebody declines to help a family"),
        "family_deputy": _("Deputy for a special family"),
        "family_end": _("Why the case of a special family ends"),
        "family_feedback": _("Feedback of a family by its link"),
        "family_helper": _("Another helper for a family"),
        "family_helpers": _("Helpers for families"),
        "family_inspect": _("Why an inspector looks at a special family"),
        "family_visit": _("Visit at a family's home"),
        "need": _("Need of a family"),
        "need_action": _("What was done for a need"),
        "need_closing": _("Closing of a need"),
        "need_goods": _("Goods for a need of a family"),
        "special_family": _("Special family"),
        "need_reopening": _("Why a need is open again"),
    }
)
CASE_LINES: Mapping[str, tuple[tuple[Promise, str], ...]] = MappingProxyType(
    {
        "family_helpers": ((_("Helper"), "casework.case.helper"),),
        "need_goods": ((_("Packs"), "goods.movementline.quantity"),),
    }
)
