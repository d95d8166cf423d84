"""What the house writes by itself of goods, by table: see `facts.KNOWN`."""

from collections.abc import Mapping

from songnuan.web.pickup_words import PICKUP_KNOWN

GOODS_KNOWN: Mapping[str, str] = {
    **PICKUP_KNOWN,
    "goods.count": "store taken_at started_by counted_by counted_at decided_by decided_at",
    "goods.countline": "count lot booked",
    "goods.disposal": "lot proposed_by proposed_at status decided_by decided_at remark",
    "goods.donation": (
        "store number donated_on total_minor receiver_name recorded_by recorded_at late_entry"
        " before_plan reason_late cancelled_at cancelled_by"
    ),
    "goods.donationline": "donation",
    "goods.issue": ("store movement donation recorded_by recorded_at late_entry withdrawn_at withdrawn_by"),
    "goods.item": "name",
    "goods.lot": "store item line gift",
    "goods.movement": "kit kind at subject purchase unit recorded_by part",
    "goods.movementline": "movement lot place",
    "goods.purchase": (
        "kit fund number total_minor commitment disbursement recorded_by recorded_at cancelled_at"
        " request invoice_added_by invoice_added_at"
    ),
    "goods.purchaseline": "purchase item",
    "goods.purchaserequest": (
        "kit fund number total_minor digest status asked_by asked_at commitment chosen chosen_by"
        " chosen_at is_compared withdrawn_why"
    ),
    "goods.quotation": "request recorded_by recorded_at set_aside_by set_aside_at",
    "goods.quotationline": "quotation item",
    "goods.replacedinvoice": "purchase file added_by added_at replaced_by replaced_at",
    "goods.requestline": "request item",
    "goods.shortclosing": "line refund at recorded_by",
}
