"""The kinds there are, in the order in which the device shows them."""

from collections.abc import Mapping
from types import MappingProxyType

from songnuan.web.field import contacts, musters, pickups, situation, visits
from songnuan.web.field.kinds import FieldKind

KINDS: Mapping[str, FieldKind] = MappingProxyType(
    {kind.name: kind for kind in (pickups.KIND, musters.KIND, situation.KIND, visits.KIND, contacts.KIND)}
)
