"""What forms about payments are called, and what of their tables the house writes by itself (see `facts`)."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PAID_KNOWN: Mapping[str, str] = MappingProxyType(
    {
        "payments.cashreceipt": "instruction recorded_by recorded_at",
        "payments.lineend": "line ended_by ended_at",
        "payments.paymentbatch": (
            "payment_list number channel commitment purpose lines_count total_minor released_by released_at"
        ),
        "payments.paymentinstruction": (
            "batch position correction amount_minor name account account_index bank status result back"
        ),
        "payments.paymentresult": (
            "batch number source digest status rows_count paid_count paid_minor failed_count failed_minor"
            " back_count back_minor odd_count disbursement refund made_by made_at decided_by decided_at"
        ),
        "payments.recall": "batch asked_by asked_at",
        "payments.banklayout": "number written_by written_at",
        "payments.listact": "payment_list person verb stood_in at",
        "payments.paymentlist": (
            "measure reckoning fund number first lines_count people_count total_minor digest status"
            " commitment made_at cancelled_at cancelled_by"
        ),
        "payments.notice": (
            "payment_list number key title organ ends_on days lines_count total_minor digest published_by"
            " published_at"
        ),
        "payments.noticeend": "notice ended_by ended_at",
        "payments.objection": "notice number recorded_by recorded_at",
        "payments.objectionanswer": "objection answered_by answered_at",
        "payments.objector": "objection",
        "payments.payeeword": "line said_at",
        "payments.payeewordanswer": "word answered_by answered_at",
        "payments.callback": "payment reached is_amiss by at",
        "payments.paymentsample": (
            "plan number payment_list seed drawn_from population total_minor digest drawn_by drawn_at"
        ),
    }
)
PAID_FORMS: Mapping[str, Promise] = MappingProxyType(
    {
        "payment_again": _("Lines paid again"),
        "payment_answer": _("Answer of the bank about payments"),
        "payment_booking": _("Booking of what became of payments"),
        "payment_by_hand": _("What became of payments, by hand"),
        "payment_cash": _("Cash signed for"),
        "payment_end": _("Lines that are not paid after all"),
        "payment_recall": _("Batch asked back from the bank"),
        "payment_release": _("Release of a payment list"),
    }
)
PAID_LINES: Mapping[str, tuple[tuple[Promise, str], ...]] = MappingProxyType(
    {
        "payment_by_hand": (
            (_("What became of it"), "act:outcome"),
            (_("Why it was not paid"), "payments.paymentinstruction.reason"),
        )
    }
)
