"""Times money to people, 200,000 of them, beside a statement written by hand and a loop over the rows.

Called by `bench.py --money`. The three do the same work on the same register, turn by turn. Then a list of
as many is released, as `bench_payments` tells, and it looks for double payments of 200,000 lines in 200,000
others.
"""

import statistics
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import partial
from time import perf_counter
from typing import Any
from uuid import uuid4

PEOPLE = 200_000
LOOPED = 2_000
TURNS = 5
FIRST, LAST = date(2020, 1, 20), date(2020, 3, 1)
SOURCE = """\
slug: bench-money
title: 一线医务人员家属慰问金
starts_on: 2020-01-25
basis: {title: 关于做好家属服务工作的意见, number: 澄工发〔2020〕3号}
payee: relative
parts:
  - by: day
    rows:
      - {key: hubei-direct, title: 在湖北直接接触, amount: 300, factor: 2, places: [湖北], contact: true}
      - {key: hubei-other, title: 在湖北其他工作, amount: 200, factor: 2, places: [湖北]}
      - {key: direct, title: 直接接触, amount: 300, contact: true}
      - {key: other, title: 其他防疫工作, amount: 200}
"""
# What somebody would write who knows this one standard, and that everybody served once.
BY_HAND = """
INSERT INTO benefits_entitlement (
  reckoning_id, payee_id, qualifier_id, unit_id, relation, days, counted, reckoned_minor, after_settled_minor,
  after_time_minor, after_family_minor, amount_minor, shared, blocked
)
SELECT {reckoning}, q.payee, q.qualifier, q.unit, q.relation, q.days, '0.' || q.place || 'x' || q.days || ' ',
  q.minor, q.minor, q.minor, q.minor, q.minor, '', ''
FROM (
  SELECT w.*,
    w.days * CASE w.place WHEN 0 THEN 60000 WHEN 1 THEN 40000 WHEN 2 THEN 30000 ELSE 20000 END AS minor
  FROM (
    SELECT l.person_id AS payee, l.relative_id AS qualifier, e.unit_id AS unit, l.relation AS relation,
      CASE WHEN s.place = '湖北' THEN CASE WHEN s.direct_contact THEN 0 ELSE 1 END
        WHEN s.direct_contact THEN 2 ELSE 3 END AS place,
      {last} - {first} + 1 AS days
    FROM people_enrolment e
    JOIN people_familylink l ON l.person_id = e.person_id AND l.ends_on IS NULL
    JOIN people_service s ON s.person_id = l.relative_id AND s.withdrawn_on IS NULL
    WHERE e.roster_id = {roster} AND e.ends_on IS NULL AND l.relation IN ('spouse', 'parent', 'child')
  ) AS w
) AS q
"""


def money(line: Callable[..., None]) -> None:
    """Fill a register, and time entitlements."""
    from django.db import transaction

    from bench_payments import payments
    from benefits.union import NOW, write
    from goods.builders import acting
    from songnuan.benefits import actions as benefits
    from songnuan.benefits import standardfile
    from songnuan.benefits.listing import ListQuestion, fill
    from songnuan.benefits.models import Entitlement, Reckoning

    register = _register()
    with transaction.atomic():
        _served(register, PEOPLE)
    write(register.union, SOURCE)
    gathered()
    asked = ListQuestion(register.staff.pk, LAST)

    def whole() -> None:
        with acting():
            benefits.reckon(
                measure_id=register.measure.pk,
                unit_id=register.union.unit.pk,
                standard="bench-money",
                asked=asked,
                actor=register.officer,
                at=NOW,
            )

    wholes = clock(whole, 3)
    expected, made = _figures(Entitlement), Reckoning.objects.get()
    standard = standardfile.read(SOURCE).made()

    def ours() -> None:
        with transaction.atomic():
            fill(made, standard)

    times: dict[str, list[float]] = {"ours": [], "by hand": []}
    for _turn in range(TURNS):
        for name, act in (("ours", ours), ("by hand", partial(_by_hand, register, made.pk))):
            Entitlement.objects.all().delete()
            times[name] += clock(act, 1)
            if _figures(Entitlement) != expected:
                raise SystemExit(f"{name} comes to other figures")
    line("entitlements, any standard", times["ours"], PEOPLE)
    line("entitlements, this standard by hand", times["by hand"], PEOPLE)
    Entitlement.objects.all().delete()
    line("entitlements, a loop over the rows", clock(partial(_looped, register, made.pk), 1), LOOPED)
    line("the whole act, the same list before it", wholes[1:], PEOPLE)
    share = statistics.median(times["by hand"]) / statistics.median(times["ours"])
    print(f"    of the statement by hand: {share:.2f}")
    Entitlement.objects.all().delete()
    payments(line, register, made)
    _doubles(line, register, made)


def _doubles(line: Callable[..., None], register: Any, own: Any) -> None:  # noqa: ANN401
    """Look for double payments in two lists, where three in a hundred of the one share something."""
    from unittest.mock import patch

    from django.db import transaction

    from benefits.union import NOW
    from goods.builders import make_measure
    from songnuan.benefits import doubles, likeness
    from songnuan.benefits.double_models import Finding
    from songnuan.benefits.models import Reckoning
    from songnuan.plans.models import Plan

    plan = Plan.objects.create(slug="bench-other", title="春节慰问方案", unit=register.union.unit)
    other = Reckoning.objects.create(
        measure=make_measure(plan),
        version=own.version,
        roster=register.staff,
        as_of=LAST,
        made_at=NOW,
        is_listed=True,
    )
    with transaction.atomic():
        first = _known(2 * PEOPLE)
        _listed(own.pk, range(first, first + PEOPLE), register.union.unit.pk)
        _listed(other.pk, range(first + PEOPLE, first + 2 * PEOPLE), register.union.unit.pk)
    gathered()
    times: dict[str, list[float]] = {"alike": [], "whole": []}
    search = likeness.find

    def alike(*asked: Any) -> None:  # noqa: ANN401
        times["alike"] += clock(partial(search, *asked), 1)

    def whole() -> None:
        with transaction.atomic():
            doubles.find(own)

    for _turn in range(TURNS):
        Finding.objects.all().delete()
        with patch.object(likeness, "find", alike):
            times["whole"] += clock(whole, 1)
    found = dict(_counted(Finding))
    exact = [both - one for both, one in zip(times["whole"], times["alike"], strict=True)]
    line("double payments, what is the same", exact, PEOPLE)
    line("double payments, names alike", times["alike"], PEOPLE)
    print(f"    found: {found}")


def _counted(finding: Any) -> Any:  # noqa: ANN401
    from django.db.models import Count

    return finding.objects.order_by("kind").values_list("kind").annotate(rows=Count("pk"))


def _known(count: int) -> int:
    """Fill the register with people whose numbers are all known; return the id of the first.

    Of the later half one in a hundred has the account and, but for a character, the name of one in the first
    half, one in a hundred the phone and the name, one in a hundred the account alone.
    """
    import random
    from datetime import UTC, datetime

    from songnuan.kernel.bulk import load
    from songnuan.people.models import Person

    chance, half = random.Random(5), count // 2  # noqa: S311 - no secret
    first = 1 + (Person.objects.order_by("pk").values_list("pk", flat=True).last() or 0)
    signs = [chr(0x4E00 + at) for at in range(400)]
    sealed = "k1:" + "x" * 76

    def name() -> str:
        return "".join([signs[chance.randrange(100)], *chance.choices(signs, k=chance.choice([1, 2, 2, 2]))])

    def rows() -> Iterable[tuple[Any, ...]]:
        names = [name() for _one in range(half)]
        for at in range(count):
            twin, like = at - half, names[at % half][:-1] + signs[at % 400]
            account, phone, own = at, at, name()
            if twin < 0:
                own = names[at]
            elif twin % 100 == 0:
                account, own = twin, like
            elif twin % 100 == 1:
                phone, own = twin, like
            elif twin % 100 == 2:
                account = twin
            born = date(1955, 1, 1) + timedelta(days=chance.randrange(16_000))
            numbers = [f"{kind}{told * 0x9E3779B97F4A7C15 % 2**120:030x}" for kind, told in
                       (("a", at), ("b", phone), ("c", account))]  # fmt: skip
            yield (first + at, uuid4().hex, own, born.isoformat(), *(sealed, numbers[0], sealed, numbers[1],
                   sealed, numbers[2]), *[""] * 4, False, "active", now, now)  # fmt: skip

    now = datetime(2020, 3, 1, 9, tzinfo=UTC).strftime("%Y-%m-%d %H:%M:%S+00:00")
    columns = (
        "id key name birth_on id_number id_index phone phone_index account account_index sex id_kind bank"
        " address_index restricted status created_at changed_at"
    )
    load(
        Person,
        columns.split(),
        rows(),
    )
    return first


def _listed(reckoning: int, people: Iterable[int], unit: int) -> None:
    """Write a line for each of these people into a reckoning."""
    from songnuan.benefits.models import Entitlement
    from songnuan.kernel.bulk import load

    sums = ["reckoned_minor", "after_settled_minor", "after_time_minor", "after_family_minor", "amount_minor"]
    load(
        Entitlement,
        [
            "reckoning",
            "payee",
            "qualifier",
            "unit",
            *sums,
            "out_minor",
            "days",
            *["relation", "counted", "shared", "blocked"],
        ],
        ((reckoning, at, at, unit, *[1000_00] * 5, 0, 1, *[""] * 4) for at in people),
    )


def clock(act: Callable[[], Any], times: int) -> list[float]:
    """Return the seconds of each of `times` runs."""
    found = []
    for _run in range(times):
        begin = perf_counter()
        act()
        found.append(perf_counter() - begin)
    return found


def _figures(entitlement: Any) -> tuple[int, int]:  # noqa: ANN401 - imported once the environment is set
    from django.db.models import Count, Sum

    found = entitlement.objects.aggregate(rows=Count("pk"), minor=Sum("amount_minor"))
    return found["rows"], found["minor"]


def _register() -> Any:  # noqa: ANN401
    from benefits.register import make_register

    return make_register()


def _served(register: Any, count: int) -> None:  # noqa: ANN401
    """Fill the register: `count` employees, each with a spouse who served once."""
    from songnuan.kernel.bulk import load
    from songnuan.people.models import Enrolment, FamilyLink, Person, Service

    staff, unit, source = register.staff.pk, register.union.unit.pk, register.source.pk
    began, now = FIRST.isoformat(), "2020-03-01 09:00:00+00:00"
    names = "key name sex id_kind id_index phone_index account_index bank address_index restricted status"
    same = (staff, "", "x", source)
    each = range(1, count + 1)
    load(
        Person,
        ["id", *names.split(), "created_at", "changed_at"],
        (
            (at, uuid4().hex, f"人{at}", *[""] * 7, False, "active", now, now)
            for at in range(1, 2 * count + 1)
        ),
    )
    _all(
        Enrolment,
        "post rank category employee_number unit person starts_on",
        (("", "", "", str(at), unit, at, began) for at in each),
        same,
    )
    _all(
        FamilyLink,
        "person relative relation workplace starts_on",
        ((at, count + at, "spouse", "", began) for at in each),
        same,
    )
    _all(
        Service,
        "unit person place direct_contact starts_on ends_on post recorded_on",
        (
            (
                unit,
                count + at,
                "湖北" if at % 5 == 0 else "本市",
                at % 3 == 0,
                (FIRST + timedelta(days=5 + at % 9)).isoformat(),
                (FIRST + timedelta(days=20 + at % 20)).isoformat(),
                "",
                began,
            )
            for at in each
        ),
        same,
    )


def _all(table: Any, columns: str, rows: Iterable[tuple[Any, ...]], same: tuple[Any, ...]) -> None:  # noqa: ANN401
    """Load rows of a roster; `same` stands in all: roster, note, what was told, and by which import."""
    from songnuan.kernel.bulk import load

    load(
        table, ["roster", "note", "told_digest", "told_by", *columns.split()], ((*same, *row) for row in rows)
    )


def gathered() -> None:
    """Let the database look at what it holds, as it does by itself where it has run for a while."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _by_hand(register: Any, reckoning: int) -> None:  # noqa: ANN401
    from django.db import connection, transaction

    from songnuan.kernel.dialect import dialect_of

    dialect = dialect_of(connection)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            BY_HAND.format(
                reckoning=reckoning,
                roster=register.staff.pk,
                first=dialect.number_of("s.starts_on"),
                last=dialect.number_of("s.ends_on"),
            )
        )


def _looped(register: Any, reckoning: int) -> None:  # noqa: ANN401
    """Ask and write row by row, for a hundredth of the people."""
    from django.db import transaction

    from songnuan.benefits.models import Entitlement
    from songnuan.people.models import Enrolment, FamilyLink, Service

    with transaction.atomic():
        for row in Enrolment.objects.filter(roster=register.staff, ends_on=None).order_by("pk")[:LOOPED]:
            for link in FamilyLink.objects.filter(person=row.person_id, ends_on=None):
                for service in Service.objects.filter(person=link.relative_id, withdrawn_on=None):
                    days = ((service.ends_on or LAST) - service.starts_on).days + 1
                    each = 300_00 if service.direct_contact else 200_00
                    minor = days * each * (2 if service.place == "湖北" else 1)
                    Entitlement.objects.create(
                        reckoning_id=reckoning,
                        payee_id=row.person_id,
                        qualifier_id=link.relative_id,
                        unit_id=row.unit_id,
                        relation=link.relation,
                        counted=f"0.3x{days}",
                        reckoned_minor=minor,
                        after_settled_minor=minor,
                        after_time_minor=minor,
                        after_family_minor=minor,
                        amount_minor=minor,
                    )
