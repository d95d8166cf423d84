"""The states of a roster, of an import, of a pair that may be one person, and of a correction asked for."""

from songnuan.kernel.lifecycle import Lifecycle, Move
from songnuan.people.models import LIVING, CorrectionStatus, ImportStatus, PairStatus, RosterStatus

_RECEIVED, _READING = ImportStatus.RECEIVED.value, ImportStatus.READING.value
_ASKING, _STAGED = ImportStatus.ASKING.value, ImportStatus.STAGED.value
_APPLYING = frozenset({ImportStatus.APPLYING.value})

WAITING = frozenset({_RECEIVED, _READING, _ASKING, _STAGED})
"""An import that changed nothing yet and may be read anew or cancelled."""

ENDED = frozenset({ImportStatus.APPLIED.value, ImportStatus.CANCELLED.value, ImportStatus.FAILED.value})
"""An import whose staged rows are of no more use."""

ROSTER = Lifecycle(
    "people.roster",
    {
        "close": Move(frozenset({RosterStatus.OPEN.value}), RosterStatus.CLOSED.value),
        "reopen": Move(frozenset({RosterStatus.CLOSED.value}), RosterStatus.OPEN.value),
        "begin_erasing": Move(frozenset(status.value for status in LIVING), RosterStatus.ERASING.value),
        "erase": Move(frozenset({RosterStatus.ERASING.value}), RosterStatus.ERASED.value),
    },
)

IMPORT = Lifecycle(
    "people.rosterimport",
    {
        "read": Move(WAITING, _READING),
        "ask": Move(frozenset({_READING}), _ASKING),
        "stage": Move(frozenset({_READING}), _STAGED),
        "mend": Move(frozenset({_READING, _STAGED}), _READING),
        "apply": Move(frozenset({_STAGED}), ImportStatus.APPLYING.value),
        "finish": Move(_APPLYING, ImportStatus.APPLIED.value),
        "cancel": Move(WAITING, ImportStatus.CANCELLED.value),
        "fail": Move(WAITING, ImportStatus.FAILED.value),
        "erase": Move(WAITING | _APPLYING, ImportStatus.CANCELLED.value),
    },
)

PAIR = Lifecycle(
    "people.duplicatepair",
    {
        "merge": Move(frozenset({PairStatus.OPEN.value, PairStatus.DISTINCT.value}), PairStatus.MERGED.value),
        "tell_apart": Move(frozenset({PairStatus.OPEN.value}), PairStatus.DISTINCT.value),
    },
)

_ASKED = frozenset({CorrectionStatus.ASKED.value})

CORRECTION = Lifecycle(
    "people.correction",
    {
        "accept": Move(_ASKED, CorrectionStatus.ACCEPTED.value),
        "decline": Move(_ASKED, CorrectionStatus.DECLINED.value),
    },
)
