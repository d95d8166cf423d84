"""What a device sends at once: who it is, its clock, and records, each of which is read by itself."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from songnuan.kernel.refusal import Refusal
from songnuan.web.field.kinds import Sent, is_usable
from songnuan.web.field.registry import KINDS

RECORDS_MOST: Final = 20
BODY_MOST: Final = 20_000_000
FILES_MOST: Final = 8
FILE_MOST: Final = 3_000_000
"""Of bytes; photos are made smaller on the device."""
MB: Final = 1_000_000
_EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
"""What lies beyond is no time that could be reckoned with; it is kept as this."""
_DRIFT: Final = timedelta(minutes=5)
"""What clocks may differ by themselves, and what an answer takes on a slow line."""
_SECONDS: Final = 10**10
_NEWER: Final = frozenset({"extra_forbidden", "literal_error"})


class Envelope(BaseModel):
    """What stands around the records. `person` is whose records they are; `unsent` counts these too."""

    model_config = ConfigDict(extra="forbid")

    device: UUID
    person: int
    now: AwareDatetime
    unsent: int = Field(ge=0, le=1_000_000)
    records: list[dict[str, Any]]


class _Known(BaseModel):
    """What the device knows of its clock, in seconds.

    `offset` is how far the house's clock was ahead of it when that was last heard of, before the record was
    made; `moved` by how much the clock was put forward since, None where the app was closed in between.
    """

    model_config = ConfigDict(extra="forbid")

    offset: int | None = Field(None, ge=-_SECONDS, le=_SECONDS)
    moved: int | None = Field(None, ge=-_SECONDS, le=_SECONDS)


class _Told(BaseModel):
    """A record, before it is known what its kind tells."""

    model_config = ConfigDict(extra="forbid")

    key: UUID
    kind: str
    recorded_at: AwareDatetime
    clock: _Known = _Known()
    told: dict[str, Any]
    files: dict[str, str] = Field(default_factory=dict)


class NotKnownYet(Refusal):
    """What a newer app tells, and this house can't read yet: it stays on the device, and comes again."""


class Reckoned(NamedTuple):
    """When something was recorded: by the house's clock, by the device's, and whether that is uncertain."""

    at: datetime
    device_at: datetime
    is_unsure: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """The device's clock, `now`, against the house's, `at`, when it sent; `offset` is the demo's."""

    at: datetime
    offset: timedelta
    now: datetime

    @property
    def skew(self) -> timedelta:
        """How fast the device's clock is; one that is years away is none, and taken as right."""
        return self.now - self.at if is_usable(self.now, self.at) else timedelta()

    def recorded(self, told: datetime, known: _Known) -> Reckoned:
        """Return when something was recorded.

        What a device without a usable clock tells is as of now, and never of a time to come. By its own
        clock it stays what it told, however often it is sent: by that a record is known again. Where the
        clock was changed after the record was made, it is reckoned by how it was off before.
        """
        device = _within(told) + self.offset
        if self._was_changed(known):
            assert known.offset is not None  # noqa: S101 - else nobody knew of a change
            by_last = device - self.offset + timedelta(seconds=known.offset)
            found = min(by_last, self.at) if is_usable(by_last, self.at) else self.at
            return Reckoned(found, device, is_unsure=not self._moved(known))
        if not is_usable(device, self.at):
            return Reckoned(self.at, device)
        return Reckoned(min(device - self.skew, self.at), device)

    def _was_changed(self, known: _Known) -> bool:
        """Return whether the clock was put to another time since the house was heard of, and not before."""
        if known.offset is None or abs(self._jump(known)) <= _DRIFT:
            return False
        return known.moved is None or abs(timedelta(seconds=known.moved)) > _DRIFT

    def _moved(self, known: _Known) -> bool:
        """Return whether all of the change came after the record, as the device saw itself."""
        if known.moved is None:
            return False
        return abs(timedelta(seconds=known.moved) - self._jump(known)) <= _DRIFT

    def _jump(self, known: _Known) -> timedelta:
        """Return by how much the clock was put forward since the device last heard of the house's."""
        return self.now - self.offset - self.at + timedelta(seconds=known.offset or 0)


def _within(told: datetime) -> datetime:
    return max(_EARLIEST, min(told, _LATEST))


def opened(body: bytes) -> Envelope:
    """Return what was sent.

    Raises:
        Refusal: `field_unreadable`, `field_many`.

    """
    try:
        envelope = Envelope.model_validate_json(body)
    except ValidationError:
        sentence = _("What this device sent can't be read. Open the app anew; what it holds is kept.")
        raise Refusal("field_unreadable", sentence) from None
    if len(envelope.records) > RECORDS_MOST:
        sentence = _("At most %(most)s records are sent at once. Open the app anew; what it holds is kept.")
        raise Refusal("field_many", sentence % {"most": RECORDS_MOST}, most=RECORDS_MOST)
    return envelope


def clock_of(envelope: Envelope, at: datetime, offset: timedelta) -> Clock:
    """Return the device's clock."""
    return Clock(at, offset, _within(envelope.now) + offset)


def read(raw: Mapping[str, Any], clock: Clock) -> tuple[str, Sent]:
    """Return the kind of a record, and the record.

    Raises:
        NotKnownYet: `field_kind` for a kind, a part or a choice that there is not here.
        Refusal: `field_record`, `field_files`.

    """
    try:
        record = _Told.model_validate(raw)
    except ValidationError as error:
        raise _unread(error) from None
    kind = KINDS.get(record.kind)
    if kind is None:
        raise _not_known() if record.kind else _unreadable()
    try:
        told = kind.schema.model_validate(record.told)
    except ValidationError as error:
        raise _unread(error) from None
    found = clock.recorded(record.recorded_at, record.clock)
    return kind.name, Sent(
        record.key,
        found.at,
        found.device_at,
        _skew(clock, found),
        told,
        _files(record.files),
        is_unsure=found.is_unsure,
    )


def _skew(clock: Clock, found: Reckoned) -> int:
    """Return how fast the clock was when the record was made, where that is known; else when it was sent."""
    off = found.device_at - found.at
    is_none = not is_usable(found.device_at, clock.at)
    return round((clock.skew if is_none or found.at == clock.at else off).total_seconds())


def _files(raw: Mapping[str, str]) -> dict[str, bytes]:
    if len(raw) > FILES_MOST:
        sentence = _("A record may have at most %(most)s photos and signatures.")
        raise Refusal("field_files", sentence % {"most": FILES_MOST}, most=FILES_MOST)
    found = {}
    for name, text in raw.items():
        try:
            found[name] = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raise _unreadable() from None
        if len(found[name]) > FILE_MOST:
            sentence = _("A photo may have at most %(most)s MB. Take it again with this app.")
            raise Refusal("field_files", sentence % {"most": FILE_MOST // MB}, most=FILE_MOST)
    return found


def _unread(error: ValidationError) -> Refusal:
    """Return what is said of a record that can't be read: what is newer than this house is no fault of it."""
    kinds = {one["type"] for one in error.errors(include_url=False, include_input=False)}
    return _not_known() if kinds & _NEWER else _unreadable()


def _not_known() -> NotKnownYet:
    sentence = _(
        "This house can't read such records yet. It is kept here, and sent again. If that goes on, open the"
        " app anew with a network."
    )
    return NotKnownYet("field_kind", sentence)


def _unreadable() -> Refusal:
    sentence = _("This record can't be read, and was not carried out. Note it on paper and tell the office.")
    return Refusal("field_record", sentence)
