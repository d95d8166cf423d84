"""Which persons of the register are users of the house."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import QuerySet

from songnuan.people.columns import index
from songnuan.people.models import Person, PersonStatus


def accounts_among(persons: QuerySet[Person], users: Iterable[tuple[int, str, str]]) -> dict[int, int]:
    """Return which persons are users of the house, by the user's id: the same name and the same phone.

    `users` are id, name and phone of each. One person may have several accounts.
    """
    told: dict[tuple[str, str], list[int]] = defaultdict(list)
    for pk, name, phone in users:
        if phone:
            told[name, index("phone", phone)].append(pk)
    rows = persons.filter(
        status=PersonStatus.ACTIVE, phone_index__in={phone for _name, phone in told}
    ).values_list("pk", "name", "phone_index")
    return {user: pk for pk, name, phone in rows for user in told.get((name, phone), ())}
