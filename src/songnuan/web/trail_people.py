"""Names of rosters, imports and persons in the trail."""

from collections.abc import Callable, Collection, Mapping

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from songnuan.organisation.permissions import Permission
from songnuan.people.models import Person, Roster, RosterImport
from songnuan.web.trail_named import Named, numbers
from songnuan.web.views.shared import Reader

PERSON = "people.person"
_END = 6  # characters of a key that tell persons on one page apart


def _rosters(keys: Collection[str], _reader: Reader) -> dict[str, Named]:
    """Name rosters told by their key, or by their number as refusals do."""
    rows = Roster.objects.filter(Q(key__in=keys) | Q(pk__in=numbers(keys)))
    told = rows.values_list("pk", "key", "title")
    return {name: Named(title) for pk, key, title in told for name in (str(pk), key)}


def _persons(keys: Collection[str], reader: Reader) -> dict[str, Named]:
    """Lead to the pages of persons without naming them; an erased one has the end of the key alone."""
    sees = reader.may(Permission.PEOPLE_VIEW)
    held = set(Person.objects.filter(key__in=keys).values_list("key", flat=True)) if sees else set()
    return {
        key: Named(
            _("Person …%(end)s") % {"end": key[-_END:]},
            reverse("person", args=(key,)) if key in held else "",
        )
        for key in keys
    }


def _imports(keys: Collection[str], _reader: Reader) -> dict[str, Named]:
    names = dict(RosterImport.objects.filter(key__in=keys).values_list("key", "file_name"))
    return {key: Named(names.get(key) or _("A file that is erased")) for key in keys}


def _assessments(keys: Collection[str], _reader: Reader) -> dict[str, Named]:
    return {key: Named(_("Version %(number)s") % {"number": key}) for key in keys}


PEOPLE_SUBJECTS: Mapping[str, Callable[[Collection[str], Reader], Mapping[str, Named]]] = {
    "people.roster": _rosters,
    "people.rosterimport": _imports,
    PERSON: _persons,
    "people.assessment": _assessments,
}
