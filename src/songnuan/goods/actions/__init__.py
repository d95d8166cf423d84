"""The only writers of kits, purchases, stock, counts and donations."""

from songnuan.goods.actions.counts import (
    abandon_count,
    decide_count,
    decide_disposal,
    hand_in_count,
    propose_disposal,
    start_count,
)
from songnuan.goods.actions.donations import (
    cancel_donation,
    issue_goods,
    record_donation,
    take_back_issue,
)
from songnuan.goods.actions.giving import hand_over, issue_kit, issue_to_family
from songnuan.goods.actions.purchases import cancel_purchase, close_short, define_kit, record_purchase, settle
from songnuan.goods.actions.stock import receive, send_back

__all__ = [
    "abandon_count",
    "cancel_donation",
    "cancel_purchase",
    "close_short",
    "decide_count",
    "decide_disposal",
    "define_kit",
    "hand_in_count",
    "hand_over",
    "issue_goods",
    "issue_kit",
    "issue_to_family",
    "propose_disposal",
    "receive",
    "record_donation",
    "record_purchase",
    "send_back",
    "settle",
    "start_count",
    "take_back_issue",
]
