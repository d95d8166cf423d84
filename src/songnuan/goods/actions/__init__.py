"""The only writers of kits, purchases, stock, counts, donations and pickups."""

from songnuan.goods.actions.batches import add_batch, move_batch, place_portion, place_unit
from songnuan.goods.actions.counts import (
    abandon_count,
    decide_count,
    decide_disposal,
    hand_in_count,
    propose_disposal,
    start_count,
)
from songnuan.goods.actions.desks import allot, close_desk, open_desk
from songnuan.goods.actions.distributing import (
    align,
    open_distribution,
    pass_missed_on,
    set_mode,
    settle_portion,
)
from songnuan.goods.actions.donations import (
    cancel_donation,
    issue_goods,
    record_donation,
    take_back_issue,
)
from songnuan.goods.actions.giving import hand_over, issue_kit, issue_to_family
from songnuan.goods.actions.photos import add_batch_photos, withdraw_batch_photo
from songnuan.goods.actions.pickups import decide_pickup, give_back, record_pickup
from songnuan.goods.actions.proxies import name_proxy
from songnuan.goods.actions.purchases import cancel_purchase, close_short, define_kit, record_purchase, settle
from songnuan.goods.actions.stock import receive, send_back
from songnuan.goods.actions.taking import take_people_along, take_pickup_list
from songnuan.goods.actions.taking_back import reopen_portion, withdraw_distribution

__all__ = [
    "abandon_count",
    "add_batch",
    "add_batch_photos",
    "align",
    "allot",
    "cancel_donation",
    "cancel_purchase",
    "close_desk",
    "close_short",
    "decide_count",
    "decide_disposal",
    "decide_pickup",
    "define_kit",
    "give_back",
    "hand_in_count",
    "hand_over",
    "issue_goods",
    "issue_kit",
    "issue_to_family",
    "move_batch",
    "name_proxy",
    "open_desk",
    "open_distribution",
    "pass_missed_on",
    "place_portion",
    "place_unit",
    "propose_disposal",
    "receive",
    "record_donation",
    "record_pickup",
    "record_purchase",
    "reopen_portion",
    "send_back",
    "set_mode",
    "settle",
    "settle_portion",
    "start_count",
    "take_back_issue",
    "take_people_along",
    "take_pickup_list",
    "withdraw_batch_photo",
    "withdraw_distribution",
]
