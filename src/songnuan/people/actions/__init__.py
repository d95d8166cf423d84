"""The only writers of people: rosters, imports, what an import writes into the register, and merging.

Each is one transaction, its own or part of a journey's. Those on imports ask for PEOPLE_IMPORT over the
unit of the roster; an import moves on by its state alone, so that of two at once one is refused. Whoever
writes persons takes the register's turn first.
"""

from songnuan.people.actions.applying import apply_chunk, begin_apply, end_missing, finish_import
from songnuan.people.actions.assessing import sign_assessment
from songnuan.people.actions.correcting import (
    PlainCorrection,
    answer_correction,
    ask_correction,
    show_correction,
)
from songnuan.people.actions.duplicates import note_pairs, tell_apart
from songnuan.people.actions.erasing import (
    TABLES,
    begin_erasing,
    erase_person,
    erase_rows,
    finish_erasing,
    forget_import,
)
from songnuan.people.actions.households import note_household
from songnuan.people.actions.looking import (
    PersonToCall,
    PlainPerson,
    show_person,
    show_phone,
    show_to_call,
)
from songnuan.people.actions.matching import (
    finish_matching,
    match_chunk,
    ready_chunk,
    set_aside_doubles,
    settle_units,
)
from songnuan.people.actions.merging import merge_persons
from songnuan.people.actions.own_view import (
    Issued,
    Opened,
    issue_code,
    open_own_view,
    revoke_code,
    take_own_view,
)
from songnuan.people.actions.reading import (
    ask,
    cancel_import,
    clear_staged,
    doubt_zeros,
    fail_import,
    keep_rows,
    mend,
    note_columns,
    note_report,
    receive_import,
    remember_columns,
    restage,
    stage,
    start_reading,
)
from songnuan.people.actions.rosters import change_roster, close_roster, create_roster, reopen_roster

__all__ = [
    "TABLES",
    "Issued",
    "Opened",
    "PersonToCall",
    "PlainCorrection",
    "PlainPerson",
    "answer_correction",
    "apply_chunk",
    "ask",
    "ask_correction",
    "begin_apply",
    "begin_erasing",
    "cancel_import",
    "change_roster",
    "clear_staged",
    "close_roster",
    "create_roster",
    "doubt_zeros",
    "end_missing",
    "erase_person",
    "erase_rows",
    "fail_import",
    "finish_erasing",
    "finish_import",
    "finish_matching",
    "forget_import",
    "issue_code",
    "keep_rows",
    "match_chunk",
    "mend",
    "merge_persons",
    "note_columns",
    "note_household",
    "note_pairs",
    "note_report",
    "open_own_view",
    "ready_chunk",
    "receive_import",
    "remember_columns",
    "reopen_roster",
    "restage",
    "revoke_code",
    "set_aside_doubles",
    "settle_units",
    "show_correction",
    "show_person",
    "show_phone",
    "show_to_call",
    "sign_assessment",
    "stage",
    "start_reading",
    "take_own_view",
    "tell_apart",
]
