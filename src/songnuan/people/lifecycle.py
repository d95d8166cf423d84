"""The states of a roster, of an import, and of a pair that may be one person."""

from songnuan.kernel.lifecycle import Lifecycle, Move
from songnuan.people.models import ImportStatus, PairStatus, RosterStatus

_RECEIVED, _READING = ImportStatus.RECEIVED.value, ImportStatus.READING.value
_ASKING, _STAGED = ImportStatus.ASKING.value, ImportStatus.STAGED.value
_APPLYING = frozenset({ImportStatus.APPLYING.value})

WAITING = frozenset({_RECEIVED, _READING, _ASKING, _STAGED})
"""An import that changed nothing yet and may be read anew or cancelled."""

ENDED = frozenset({ImportStatus.APPLIED.value, ImportStatus.CANCELLED.value, ImportStatus.FAILED.value})
"""An import whose staged rows are of no more use."""

ROSTER = Lifecycle(
    "people.roster",
    {"close": Move(frozenset({RosterStatus.OPEN.value}), RosterStatus.CLOSED.value)},
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
    },
)

PAIR = Lifecycle(
    "people.duplicatepair",
    {
        "merge": Move(frozenset({PairStatus.OPEN.value, PairStatus.DISTINCT.value}), PairStatus.MERGED.value),
        "tell_apart": Move(frozenset({PairStatus.OPEN.value}), PairStatus.DISTINCT.value),
    },
)
