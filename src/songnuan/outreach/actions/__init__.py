"""The writers of what leaves the house, a file for each part; here those of wishes, ways and letters."""

from songnuan.outreach.actions.wishes import (
    confirm_address,
    keep_letter,
    leave_out,
    make_code,
    own,
    set_wishes,
    settle_failure,
    take_turn,
    turn_way,
)

__all__ = [
    "confirm_address",
    "keep_letter",
    "leave_out",
    "make_code",
    "own",
    "set_wishes",
    "settle_failure",
    "take_turn",
    "turn_way",
]
