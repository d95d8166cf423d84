"""The only writers of casework."""

from songnuan.casework.actions.cases import (
    accept_family,
    decline_family,
    erase_texts,
    note_ledger,
    offer_helpers,
    open_cases,
)
from songnuan.casework.actions.contacts import HomeVisitWords, Touch, record_contact
from songnuan.casework.actions.feedback import make_link, note_call, take_feedback
from songnuan.casework.actions.needs import (
    NewNeed,
    act_on_need,
    close_need,
    link_goods,
    raise_need,
    reopen_need,
)
from songnuan.casework.actions.special import (
    correct_special,
    end_special,
    erase_special,
    inspect_special,
    name_deputy,
    name_office,
    note_look,
    register_special,
)

__all__ = [
    "HomeVisitWords",
    "NewNeed",
    "Touch",
    "accept_family",
    "act_on_need",
    "close_need",
    "correct_special",
    "decline_family",
    "end_special",
    "erase_special",
    "erase_texts",
    "inspect_special",
    "link_goods",
    "make_link",
    "name_deputy",
    "name_office",
    "note_call",
    "note_ledger",
    "note_look",
    "offer_helpers",
    "open_cases",
    "raise_need",
    "record_contact",
    "register_special",
    "reopen_need",
    "take_feedback",
]
