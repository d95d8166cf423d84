"""A kit that somebody picks up, as their own page shows it: the code as a picture, when, where, its state."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from songnuan.documents import qr
from songnuan.goods.own_pickups import OwnKit, OwnPortion, own_kits
from songnuan.goods.pickup_states import Portioned

_WORDS = {
    Portioned.OPEN: ("waiting", pgettext_lazy("own kit", "you can pick it up")),
    Portioned.TAKEN: ("done", pgettext_lazy("own kit", "picked up")),
    Portioned.REFERRED: ("late", pgettext_lazy("own kit", "the office gets in touch with you")),
    Portioned.SETTLED: ("on_time", pgettext_lazy("own kit", "settled by the office")),
    Portioned.LEFT: ("none", pgettext_lazy("own kit", "not for you any more")),
}


@dataclass(frozen=True, slots=True)
class PickupCard:
    """A kit; `dots` is its code as a path of a square of `size` dots, empty where there is no code.

    `portions` are (portion, mark, words) ….
    """

    kit: OwnKit
    dots: str
    size: int
    portions: tuple[tuple[OwnPortion, str, Promise], ...]


def pickups_of(person_key: str) -> list[PickupCard]:
    """Return the kits that a person picks up, for their own page.

    Raises:
        Person.DoesNotExist: When the person was merged or erased meanwhile.

    """
    return [_card(kit) for kit in own_kits(person_key)]


def _card(kit: OwnKit) -> PickupCard:
    dots, size = qr.path(kit.code) if kit.code else ("", 0)
    return PickupCard(kit, dots, size, tuple((one, *_WORDS[one.status]) for one in kit.portions))
