"""Words of early warning: for the trail, for what is refused, for forms."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from songnuan.emergency.models import Outcome

TO_WARN: Mapping[str, Promise] = {
    "act_on_alert": pgettext_lazy("refused", "to see to an alert of early warning"),
    "look_for_warnings": pgettext_lazy("refused", "to look for unusual counts"),
    "remind_of_alerts": pgettext_lazy("refused", "to remind of alerts"),
}
"""What was tried, by the journey."""
NOT_WARNED: Mapping[str, Promise] = {
    "alerts_none": pgettext_lazy("refusal", "no alert was chosen"),
    "alerts_taken": pgettext_lazy("refusal", "others had acknowledged the alerts"),
    "alert_unknown": pgettext_lazy("refusal", "there was no such alert"),
    "outcome_unfit": pgettext_lazy("refusal", "the outcome did not fit the signal"),
    "signal_missing": pgettext_lazy("refusal", "it was not said whether the rise was real"),
}
"""Codes of refusals."""
WARNING_ACTS: Mapping[str, Promise] = {
    "emergency.acknowledge_alert": gettext_lazy("acknowledged an alert of early warning"),
    "emergency.close_alert": gettext_lazy("closed an alert of early warning"),
    "emergency.note_alert": gettext_lazy("noted something about an alert of early warning"),
    "emergency.raise_alerts": gettext_lazy("raised alerts of early warning"),
    "emergency.reckon_alert": gettext_lazy("reckoned an alert of early warning anew"),
    "emergency.verify_alert": gettext_lazy("verified an alert of early warning"),
}
WARNING_FACTS: Mapping[str, Promise] = {
    "above_bound": pgettext_lazy("fact", "above the bound"),
    "alert_outcome": pgettext_lazy("fact", "what became of it"),
    "alerts": pgettext_lazy("fact", "alerts"),
    "case_count": pgettext_lazy("fact", "count"),
    "true_signal": pgettext_lazy("fact", "true signal"),
}
WARNING_VALUES: Mapping[str, Mapping[str, Promise | str]] = {
    "alert_outcome": {one.value: one.label for one in Outcome},
}
WARNING_FORMS: Mapping[str, Promise] = {
    "alerts_acknowledge": gettext_lazy("Several alerts of early warning acknowledged"),
    "alert_acknowledge": gettext_lazy("Alert of early warning acknowledged"),
    "alert_close": gettext_lazy("Alert of early warning closed"),
    "alert_note": gettext_lazy("Note about an alert of early warning"),
    "alert_verify": gettext_lazy("Alert of early warning verified"),
}
WARNING_KNOWN: Mapping[str, str] = {
    "emergency.alert": (
        "measure period unit is_node path figure figure_label count expected upper method z least_sd"
        " least_complete asked received raised_at now_count is_over status acknowledged_by acknowledged_at"
        " verified_by verified_at closed_by closed_at"
    ),
    "emergency.alertact": "verb count upper is_over by at",
}
