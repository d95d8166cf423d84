"""Any workbook made from known service at the front by random mess comes back as that service."""

from hypothesis import given
from hypothesis.extra.django import TestCase

from mess import Line, make, messes
from mess_cells import Mess
from mess_import import BUREAU, bring, figures, put_on_staff, register, set_up_units, some
from mess_service import SERVICE, Front, fronts
from songnuan.organisation.queries import today, unit_names
from songnuan.people.models import Person, Service


def services() -> list[tuple[object, ...]]:
    """Return the services that stand, as `Served.stored` has them."""
    rows = list(Service.objects.filter(withdrawn_on=None).select_related("person").order_by("pk"))
    units = unit_names({row.unit_id for row in rows}, today())
    return sorted(
        (
            (
                *(row.person.name, row.person.id_number or "", row.place, row.post, row.starts_on),
                *(row.ends_on, row.direct_contact, row.minutes, row.note, units[row.unit_id]),
            )
            for row in rows
        ),
        key=repr,
    )


class ServiceComesBack(TestCase):
    """Known service, written down in any mess, is the service that stands afterwards."""

    units: dict[str, int]

    @classmethod
    def setUpTestData(cls) -> None:
        """Set up the units once."""
        cls.units = set_up_units()

    @some(0.5)
    @given(fronts(), messes(), messes())
    def test_any_mess_of_known_service_comes_back_as_that_service(
        self, told: Front, mess: Mess, other: Mess
    ) -> None:
        put_on_staff(told.known, self.units)
        lines, count = [Line(one) for one in told.served], len(told.served)
        done = bring(make(lines, told.fields, mess, SERVICE), kind="service")
        assert (done["problems"], figures(done)) == ([], (count, count, 0, 0))
        assert services() == sorted((one.stored(told.fields, BUREAU) for one in told.served), key=repr)
        phones = {(one.name, one.id_number or ""): one.phone or "" for one in Person.objects.all()}
        assert phones == told.phones()
        assert Person.objects.count() == len(phones)
        stands = register()
        again = bring(make(lines, told.fields, other, SERVICE), "--whole", kind="service")
        assert (again["problems"], figures(again)) == ([], (count, count, count, 0))
        assert register() == stands, "the same service in another mess changes nothing"
