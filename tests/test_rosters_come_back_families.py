"""Any workbook made from known families by random mess comes back as those families."""

from typing import Any

from hypothesis import given
from hypothesis.extra.django import TestCase

from mess import Line, make, messes
from mess_cells import Mess
from mess_families import FAMILY, Families, families
from mess_import import bring, figures, put_on_staff, register, set_up_units, some
from songnuan.organisation.models import Unit
from songnuan.people.models import FamilyLink, Person


def links() -> list[tuple[str, ...]]:
    """Return the links that stand, as `Families.links` has them."""
    rows = FamilyLink.objects.filter(ends_on=None).select_related("person", "relative")
    return sorted(
        (
            *(row.person.name, row.person.id_number or "", row.relative.name, row.relative.id_number or ""),
            *(row.relation, row.workplace, row.note),
        )
        for row in rows
    )


def relatives() -> dict[tuple[str, str], dict[str, Any]]:
    """Return by name and number what is known of each relative."""
    return {
        (one.name, one.id_number or ""): {
            "name": one.name,
            "id_number": one.id_number or "",
            "phone": one.phone or "",
            "sex": one.sex,
            "birth_on": one.birth_on,
        }
        for one in Person.objects.filter(enrolments=None)
    }


class FamiliesComeBack(TestCase):
    """Known families, written down in any mess, are the families that stand afterwards."""

    units: dict[str, int]

    @classmethod
    def setUpTestData(cls) -> None:
        """Set up the units once."""
        cls.units = set_up_units()

    @some(0.5)
    @given(families(), messes(), messes())
    def test_any_mess_of_known_families_comes_back_as_those_families(
        self, told: Families, mess: Mess, other: Mess
    ) -> None:
        put_on_staff(told.employees, self.units)
        lines, count, before = [Line(one) for one in told.kin], len(told.kin), Unit.objects.count()
        done = bring(make(lines, told.fields, mess, FAMILY), kind="families")
        assert (done["problems"], figures(done)) == ([], (count, count, 0, 0))
        assert links() == sorted(told.links())
        known = relatives()
        for key, facts in told.relatives().items():
            assert {name: known[key][name] for name in facts} == facts
        assert Person.objects.count() == len(told.employees) + len(known)
        assert Unit.objects.count() == before
        stands = register()
        again = bring(make(lines, told.fields, other, FAMILY), "--whole", kind="families")
        assert (again["problems"], figures(again)) == ([], (count, count, count, 0))
        assert register() == stands, "the same families in another mess change nothing"
