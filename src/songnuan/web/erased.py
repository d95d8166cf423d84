"""How pages name whom a payment paid: of who was erased no more than the books need, at last a word alone."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from songnuan.payments.retention import years
from songnuan.people.masking import listed_name
from songnuan.people.models import Person, PersonStatus


def is_hidden(person: Person) -> bool:
    """Return whether names and numbers are shown masked alone: of minors, and of who was erased."""
    return person.restricted or person.status == PersonStatus.ERASED


def erased() -> str:
    """Return the word for what was erased."""
    return pgettext("erasure", "erased in time")


def books_sentence() -> str:
    """Return what stays of payments when a person is erased, and how long."""
    sentence = _(
        "Of what was paid, name, identity number, account and signature stay for the books, %(years)s whole"
        " years after the year of the payment, as the rule for accounting archives (会计档案管理办法) asks."
        " Who is still to be paid is erased once that is over."
    )
    return sentence % {"years": years()}


def payee_name(name: str, person: Person, *, minor: bool | None = None) -> str:
    """Return a name that is kept of a payment to a person; `minor` says whether to hide it, if not theirs."""
    if not name and person.status == PersonStatus.ERASED:
        return erased()
    return listed_name(name, minor=is_hidden(person) if minor is None else minor) or "—"
