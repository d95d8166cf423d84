"""Words for the trail about lists of payments: what was done, what was tried, and why it was refused."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

PAYING: Mapping[str, Promise] = {
    "benefits.settle_list": gettext_lazy("noted what a payment list settles"),
    "benefits.unsettle_list": gettext_lazy("took back what a payment list had settled"),
    "payments.approve_list": gettext_lazy("approved a payment list"),
    "payments.cancel_list": gettext_lazy("cancelled a payment list"),
    "payments.check_list": gettext_lazy("checked a payment list"),
    "payments.make_list": gettext_lazy("made a payment list"),
    "payments.return_list": gettext_lazy("returned a payment list"),
    "payments.sign_list": gettext_lazy("signed a payment list as inspector"),
    "payments.withdraw_list": gettext_lazy("withdrew a payment list"),
    "payments.write_layout": gettext_lazy("wrote a version of a layout of bank files"),
}
TO_PAY: Mapping[str, Promise] = {
    "approve_list": pgettext_lazy("refused", "to check or approve a payment list"),
    "cancel_list": pgettext_lazy("refused", "to cancel a payment list"),
    "decide_list": pgettext_lazy("refused", "to decide about a payment list"),
    "put_up_list": pgettext_lazy("refused", "to freeze a payment list and hand it in"),
    "return_list": pgettext_lazy("refused", "to return a payment list"),
    "sign_list": pgettext_lazy("refused", "to sign a payment list as inspector"),
    "withdraw_list": pgettext_lazy("refused", "to withdraw a payment list"),
    "write_layout": pgettext_lazy("refused", "to write a layout of bank files"),
}
NOT_PAID: Mapping[str, Promise] = {
    "double_open": pgettext_lazy("refusal", "a possible double payment was not decided yet"),
    "chain_unchecked": pgettext_lazy("refusal", "the chain had no check before the signature"),
    "entry_of_list": pgettext_lazy("refusal", "a payment list rests on the entry"),
    "fund_unknown": pgettext_lazy("refusal", "the plan has no such fund"),
    "layout_invalid": pgettext_lazy("refusal", "the layout of bank files was at fault"),
    "layout_rows": pgettext_lazy("refusal", "more payments than a workbook holds"),
    "layout_same": pgettext_lazy("refusal", "the layout stood like this already"),
    "layout_stale": pgettext_lazy("refusal", "somebody else had written a version of the layout"),
    "layout_taken": pgettext_lazy("refusal", "the short name was another layout's"),
    "layout_unknown": pgettext_lazy("refusal", "no such layout of bank files"),
    "layout_unreadable": pgettext_lazy("refusal", "the layout of bank files could not be read"),
    "line_unfit": pgettext_lazy("refusal", "a payment did not fit the layout of the bank file"),
    "list_differs": pgettext_lazy("refusal", "the register told something else than the payment list"),
    "list_empty": pgettext_lazy("refusal", "the list would have paid nobody"),
    "list_unknown": pgettext_lazy("refusal", "no such payment list"),
    "list_waits": pgettext_lazy("refusal", "another list of the clause waited for approval"),
    "payee_acts": pgettext_lazy("refusal", "the list pays whoever acted"),
    "reckoning_listed": pgettext_lazy("refusal", "a list was made of it already, or it was reckoned again"),
    "results_doubled": pgettext_lazy("refusal", "two columns of the bank's answer told the same"),
    "results_empty": pgettext_lazy("refusal", "the bank's answer told of no payment"),
    "results_headings": pgettext_lazy("refusal", "the bank's answer lacked a column"),
    "results_many": pgettext_lazy("refusal", "the bank's answer had too many rows"),
    "results_sheets": pgettext_lazy("refusal", "two sheets of the bank's answer held rows"),
    "reckoning_stale": pgettext_lazy("refusal", "the standard or the plan's answers had changed"),
}
