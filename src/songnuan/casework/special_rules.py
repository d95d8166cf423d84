"""What may be written down of a special family, and until when it is kept; pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from songnuan.casework import case_rules as rules
from songnuan.kernel.names import valid_phone
from songnuan.kernel.refusal import Refusal
from songnuan.kernel.sealed import blind_index, place_of

ADDRESS_MOST = 200


@dataclass(frozen=True, slots=True)
class SpecialWords:
    """Who a special family is: whom it is told by, how it is reached, what its contact person has to know."""

    name: str
    phone: str = ""
    address: str = ""
    about: str = ""

    @property
    def index(self) -> str:
        """What finds the same name and phone again."""
        return blind_index(place_of("casework.specialfamily", "name"), f"{self.name}\n{self.phone}")


def tidy(told: SpecialWords) -> SpecialWords:
    """Return who a family is, tidied.

    Raises:
        Refusal: `words_missing`, `name_too_long`, `phone_invalid`, `text_too_long`.

    """
    phone = told.phone.strip()
    if phone:
        try:
            phone = valid_phone(phone)
        except Refusal as refusal:
            refusal.field = "phone"
            raise
    address = rules.optional(told.address, "address")
    if len(address) > ADDRESS_MOST:
        sentence = _("The text has %(length)s characters; shorten it to %(max)s.")
        words = {"length": len(address), "max": ADDRESS_MOST}
        raise Refusal("text_too_long", sentence % words, field="address")
    return SpecialWords(
        rules.person(told.name, "name", _("Enter whom the family is told by.")),
        phone,
        address,
        rules.optional(told.about, "about"),
    )


def kept_until(ended_on: date, keep: int) -> date:
    """Return the last day on which a case is kept that ended on a day."""
    return ended_on + timedelta(days=keep)
