"""What a kind of record is to the field app: what it takes along, what it sends, and what becomes of that."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar
from uuid import UUID

from django.utils.functional import Promise
from pydantic import BaseModel, ConfigDict

from songnuan.visits.rules import SKEW_MOST
from songnuan.web.views.shared import Reader

State = Literal["taken", "waits", "refused"]
Told = TypeVar("Told", bound="Record")


def is_usable(device: datetime, at: datetime) -> bool:
    """Return whether what a device's clock says can be reckoned with: years away it is no clock."""
    return abs(device - at) <= timedelta(seconds=SKEW_MOST)


class Record(BaseModel):
    """What a record tells; the model of each kind inherits from it. What it does not name is not taken."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


@dataclass(frozen=True, slots=True)
class Sent:
    """A record as it came in.

    `recorded_at` is when it was recorded by the house's clock. It is reckoned anew each time the record is
    sent, and may differ by a second then; `device_at` is by the device's clock and never differs, however
    wrong that clock is: what is compared to know a record again is that one. `skew_seconds` is how fast the
    device's clock is. `is_unsure`: that clock was changed meanwhile, and nobody knows when.
    """

    key: UUID
    recorded_at: datetime
    device_at: datetime
    skew_seconds: int
    told: Any
    files: Mapping[str, bytes] = field(default_factory=dict)
    is_unsure: bool = False

    def as_told(self, model: type[Told]) -> Told:
        """Return what is told, as the model of its kind.

        Raises:
            TypeError: When it is of another kind: a fault of the program.

        """
        if not isinstance(self.told, model):
            raise TypeError(f"{type(self.told).__name__} is no {model.__name__}")
        return self.told


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a record: it stands, it waits for somebody's decision, or the house refuses it.

    The sentence is shown on the device, in the reader's language; `url` is where it stands in the site.
    """

    state: State
    sentence: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class FieldKind:
    """A kind of record.

    `pack` returns what the reader's device takes along, or None where the reader has nothing to do with this
    kind. Each of its values is a part (named by letters, digits and ":"), sent only when its digest has
    changed: so it tells nothing that changes by itself (no moment at which it was made), what is large stands
    apart from what changes often, and where there are many, lists of values stand instead of objects. A part
    is JSON: no dates, no decimals.

    `take` carries a record out by journeys, each a transaction of its own. It asks for the reader's rights
    as a page does. The same key may come again at any time, also after it was carried out: it is answered
    then as the first time and changes nothing. A refusal that is raised becomes an outcome by itself;
    whatever else fails is told to the device as "later", and the record comes again.

    `words` are the words of its screens, by names of their own (see `words.py`).
    """

    name: str
    schema: type[Record]
    pack: Callable[[Reader], Mapping[str, Any] | None]
    take: Callable[[Reader, Sent], Outcome]
    words: Mapping[str, str | Promise] = field(default_factory=dict)
