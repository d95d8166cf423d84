"""What forms of situation reports ask, and what the house knows of them by itself."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from songnuan.web.returnee_words import RETURNEE_FORMS, RETURNEE_KNOWN

SITUATION_BY_HAND: Mapping[str, str] = MappingProxyType(
    {
        "alerts": "emergency.alertact.alert",
        "checked": "emergency.situationreport.checked",
        "missing": "emergency.reportpart.missing",
    }
)
SITUATION_KNOWN: Mapping[str, str] = MappingProxyType(
    {
        **RETURNEE_KNOWN,
        "emergency.reportchase": "slot way by at",
        "emergency.reportexcuse": "measure unit by at withdrawn_at withdrawn_by",
        "emergency.reportpart": "period node version changes is_by_office by at",
        "emergency.reportsummary": (
            "period version number title superior snapshot digest changes due_at made_by made_at status"
            " sent_at sent_by receipt_entered_by receipt_entered_at"
        ),
        "emergency.situationreport": ("slot version by device_at clock_skew_seconds received_at key digest"),
    }
)
SITUATION_FORMS: Mapping[str, Promise] = MappingProxyType(
    {
        **RETURNEE_FORMS,
        "situation_call": _("Situation report told by telephone"),
        "situation_call_correction": _("Correction of what was told by telephone"),
        "situation_correction": _("Correction of a situation report"),
        "situation_event": _("Situation report of an event"),
        "situation_excuse": _("Excuse from reporting"),
        "situation_excuse_back": _("Why an excuse is taken back"),
        "situation_part": _("Part of a situation report passed on"),
        "situation_phone": _("What a unit answered on the phone"),
        "situation_receipt": _("Receipt of a consolidated report"),
        "situation_send": _("Sending of a consolidated report"),
    }
)
SITUATION_LINES: Mapping[str, tuple[tuple[Promise, str], ...]] = MappingProxyType(
    {
        "situation_call": ((_("Figure of an event"), "emergency.situationreport.figures"),),
        "situation_call_correction": ((_("Figure of an event"), "emergency.situationreport.figures"),),
        "situation_correction": ((_("Figure of an event"), "emergency.situationreport.figures"),),
        "situation_event": ((_("Figure of an event"), "emergency.situationreport.figures"),),
    }
)
