"""Where a device says it stands: read strictly, kept whole, shown rounded."""

import re
from dataclasses import dataclass
from typing import Self

_NUMBER = r"-?[0-9]{1,3}(?:\.[0-9]{1,10})?"
_TEXT = re.compile(rf"({_NUMBER}),({_NUMBER}),([0-9]{{1,7}})(?:\.[0-9]{{1,10}})?")
SHOWN_DIGITS = 2
"""Two digits behind the point are about a kilometre: enough to see that it was there."""


@dataclass(frozen=True, slots=True)
class Position:
    """Degrees, and within how many metres the device says they hold."""

    latitude: float
    longitude: float
    accuracy: int

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Return the position that a device sent as "latitude,longitude,metres"; None where it is none."""
        found = _TEXT.fullmatch(text.strip())
        if found is None:
            return None
        latitude, longitude = float(found[1]), float(found[2])
        if abs(latitude) > 90 or abs(longitude) > 180:
            return None
        return cls(latitude, longitude, int(found[3]))

    @property
    def text(self) -> str:
        """The position as it is kept."""
        return f"{self.latitude},{self.longitude},{self.accuracy}"

    @property
    def rounded(self) -> tuple[str, str]:
        """Latitude and longitude as they are shown."""
        return f"{self.latitude:.{SHOWN_DIGITS}f}", f"{self.longitude:.{SHOWN_DIGITS}f}"
