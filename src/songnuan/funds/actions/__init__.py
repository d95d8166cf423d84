"""The only writers of the funds: entries, and closings that two people decide about."""

from songnuan.funds.actions.closing import confirm, decline, propose_closing, propose_reopening, withdraw
from songnuan.funds.actions.entries import (
    appropriate,
    commit,
    disburse,
    open_fund,
    refund,
    release,
    return_unspent,
    reverse,
)

__all__ = [
    "appropriate",
    "commit",
    "confirm",
    "decline",
    "disburse",
    "open_fund",
    "propose_closing",
    "propose_reopening",
    "refund",
    "release",
    "return_unspent",
    "reverse",
    "withdraw",
]
