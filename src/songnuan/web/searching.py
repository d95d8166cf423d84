"""What a text finds, of what the reader may open, kind by kind.

`SOURCES` is the registry: a part of the house that can be found adds one line, a function that takes the
reader and the text and yields `Hit`s. It asks for the reader's rights itself: a hit is only what the page
behind it would show to this reader.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from songnuan.funds.models import Fund
from songnuan.goods.cards import printed_donation
from songnuan.goods.donating import Donation, DonationLine
from songnuan.goods.models import Purchase
from songnuan.organisation.models import UnitRecord
from songnuan.organisation.permissions import Permission
from songnuan.organisation.rules import live
from songnuan.outreach.lesson_models import Lesson
from songnuan.payments.models import PaymentList
from songnuan.payments.rules import list_number
from songnuan.people.queries import named
from songnuan.plans.models import Clause, Plan, PlanStatus
from songnuan.plans.queries import visible_plans
from songnuan.records.models import IssuedDocument
from songnuan.tasks.instruction_queries import holding
from songnuan.tasks.models import Task
from songnuan.tasks.rules import DUTY
from songnuan.visits.models import Visit, VisitStatus
from songnuan.web.search_patterns import anywhere, folded, holds, pattern_of, rank, words_of
from songnuan.web.views.shared import Reader, names_on

SHOWN = 8  # of one kind; whoever needs the rest writes more of the word
_AROUND = 24
_PRINTED = re.compile(r"捐-?(\d{1,9})")
_LISTED = re.compile(r"发-?0*(\d{1,9})")
_PLAN = "plans.plan:"


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found; `url` opens it."""

    title: str
    detail: str
    url: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one kind; `has_more` says that not all of it stands here."""

    key: str
    label: str
    hits: tuple[Hit, ...]
    has_more: bool


def search(reader: Reader, text: str, *, with_people: bool) -> list[Found]:
    """Return what the text finds, without kinds that have nothing; people only where they are asked for."""
    found = []
    for key, label, source in SOURCES:
        if key == "people" and not with_people:
            continue
        hits = tuple(islice(source(reader, text), SHOWN + 1))
        if hits:
            found.append(Found(key, str(label), hits[:SHOWN], len(hits) > SHOWN))
    return found


# Each of these yields hits in a number of queries that does not grow with them. ---------------------


def _plans(reader: Reader, text: str) -> Iterator[Hit]:
    current = Q(versions__number=F("version"))
    resting_on = holds(text, "versions__bases__number", "versions__bases__title")
    money = Fund.objects.filter(holds(text, "document__number")).values("plan")
    wanted = (
        holds(text, named=("title",))
        | Q(slug__iexact=folded(text))
        | Q(pk__in=money)
        | Q(slug__in=_issued(text))
        | (current & resting_on)
    )
    rows = visible_plans(reader.actor, reader.at).filter(pk__in=Plan.objects.filter(wanted).values("pk"))
    rows = rows.order_by(rank(text, "title"), "-starts_on", "-pk")
    for plan in rows[: SHOWN + 1]:
        yield Hit(plan.title, str(PlanStatus(plan.status).label), reverse("plan", args=(plan.slug,)))


def _issued(text: str) -> set[str]:
    """Return which plans were made known under a number such as 澄水运防〔2020〕4号."""
    rows = IssuedDocument.objects.filter(holds(text, "number", "title"), subject__startswith=_PLAN)
    return {
        subject.removeprefix(_PLAN).partition("@")[0] for subject in rows.values_list("subject", flat=True)
    }


def _clauses(reader: Reader, text: str) -> Iterator[Hit]:
    rows = Clause.objects.filter(
        holds(text, "text", named=("title",)),
        version__plan__in=visible_plans(reader.actor, reader.at).order_by().values("pk"),
        version__number=F("version__plan__version"),
    ).select_related("version__plan")
    for clause in rows.order_by(rank(text, "title"), "-version__plan", "position")[: SHOWN + 1]:
        plan = clause.version.plan
        url = reverse("plan", args=(plan.slug,)) + f"#clause-{clause.key}"
        shown = _around(clause.text, text)
        yield Hit(f"{clause.number}{clause.title}", " · ".join(filter(None, (plan.title, shown))), url)


def _around(whole: str, text: str) -> str:
    """Return the words around the first place where the text stands."""
    place = re.search(pattern_of(text), whole, re.IGNORECASE) or re.search(
        anywhere(text), whole, re.IGNORECASE
    )
    if place is None:
        return ""
    start, end = max(place.start() - _AROUND, 0), place.end() + _AROUND
    cut = " ".join(whole[start:end].split())
    return f"{'…' if start else ''}{cut}{'…' if end < len(whole) else ''}"


def _units(reader: Reader, text: str) -> Iterator[Hit]:
    """Yield the visits of the units of this name: the page of a visit is what is known of a unit."""
    seen = reader.reach(Permission.VISIT_VIEW).values("pk")
    names = UnitRecord.objects.filter(live(reader.day), unit__in=seen)
    named_so = names.filter(holds(text, named=("name", "compound"))).values("unit")
    rows = Visit.objects.filter(unit__in=named_so).select_related("measure__plan").defer("receiver_name")
    visits = list(rows.order_by("unit", "-pk")[: SHOWN + 1])
    known = names_on((pk for row in visits for pk in (row.unit_id, row.lead_id)), reader.day)
    for row in visits:
        facts = (known[row.lead_id], str(VisitStatus(row.status).label), row.measure.plan.title)
        yield Hit(known[row.unit_id], " · ".join(facts), reverse("visit", args=(row.pk,)))


def _problems(reader: Reader, text: str) -> Iterator[Hit]:
    """Yield problems, and duties of plans; these also to who reports them and looks at no visits."""
    seen = reader.reach(Permission.VISIT_VIEW).values("pk")
    own = Q(source__startswith=DUTY, owner__in=reader.reach(Permission.DUTY_REPORT).values("pk"))
    rows = Task.objects.filter(
        holds(text, "detail", "feedback", named=("title",)),
        Q(unit__in=seen) | Q(owner__in=seen) | own,
        instruction__isnull=True,  # its items are read by who may read the instruction
    )
    tasks = list(rows.order_by(rank(text, "title"), "-pk")[: SHOWN + 1])
    known = names_on((row.owner_id for row in tasks), reader.day)
    for row in tasks:
        yield Hit(row.title, known[row.owner_id], reverse("problem", args=(row.pk,)))


def _instructions(reader: Reader, text: str) -> Iterator[Hit]:
    """Yield instructions and items of them; of one that is not seen whole, the seen items alone."""
    pattern = re.compile(anywhere(text), re.IGNORECASE)
    words = [holding(pattern_of(word), reader.actor, reader.at) for word in words_of(text)]
    every = set.intersection(*({row.instruction_id for row in rows} for rows in words))
    rows = [row for row in words[0] if row.instruction_id in every]
    known = names_on((item.owner_id for row in rows for item in row.items), reader.day)
    for row in rows:
        url = reverse("instruction", args=(row.instruction_id,))
        if any(pattern.search(words) for words in (row.title, row.issuer, row.number, row.text)):
            yield Hit(row.title, " · ".join(filter(None, (row.issuer, row.number))), url)
        for item in row.items:
            if pattern.search(item.title):
                detail = f"{known[item.owner_id]} · {row.title}"
                yield Hit(item.title, detail, f"{url}#item-{item.task_id}")


def _money(reader: Reader, text: str) -> Iterator[Hit]:
    rows = Fund.objects.filter(
        holds(text, "document__number", "document__title", named=("title",))
        | Q(pk__in=Fund.objects.filter(holds(text, "entries__voucher")).values("pk")),
        plan__unit__in=reader.reach(Permission.FUND_VIEW).values("pk"),
    ).select_related("document")
    for fund in rows.order_by(rank(text, "title"), "-pk")[: SHOWN + 1]:
        yield Hit(fund.title, fund.document.number, reverse("fund", args=(fund.pk,)))


def _purchases(reader: Reader, text: str) -> Iterator[Hit]:
    rows = Purchase.objects.filter(
        holds(text, "invoice_number", named=("supplier",)),
        fund__plan__unit__in=reader.reach(Permission.FUND_VIEW).values("pk"),
    )
    for row in rows.order_by(rank(text, "supplier"), "-pk")[: SHOWN + 1]:
        detail = _("purchase No. %(number)s, invoice %(invoice)s") % {
            "number": row.number,
            "invoice": row.invoice_number,
        }
        if row.cancelled_at is not None:
            detail = " · ".join((pgettext("purchase", "cancelled"), detail))
        yield Hit(row.supplier, detail, reverse("purchase", args=(row.pk,)))


def _donations(reader: Reader, text: str) -> Iterator[Hit]:
    """Yield gifts by the number on their receipt, by who gave them, or by what was given."""
    printed = _PRINTED.fullmatch(folded(text))
    wanted = (
        holds(text, named=("donor",))
        | Q(pk__in=DonationLine.objects.filter(holds(text, named=("item__name",))).values("donation"))
        | (Q(number=int(printed[1])) if printed else Q(pk__in=()))
    )
    seen = reader.reach(Permission.FUND_VIEW).values("pk")
    rows = Donation.objects.filter(wanted, store__plan__unit__in=seen).select_related("store__plan")
    for row in rows.defer("receiver_name").order_by(rank(text, "donor"), "-pk")[: SHOWN + 1]:
        detail = " · ".join((printed_donation(row.number), row.store.plan.title))
        if row.cancelled_at is not None:
            detail = " · ".join((pgettext("donation", "cancelled"), detail))
        yield Hit(row.donor, detail, reverse("donation", args=(row.pk,)))


def _lists(reader: Reader, text: str) -> Iterator[Hit]:
    """Yield payment lists by their number, or by their plan; who is on them is not looked for."""
    printed = _LISTED.fullmatch(folded(text))
    wanted = Q(number=int(printed[1])) if printed else holds(text, named=("measure__plan__title",))
    seen = reader.reach(Permission.BENEFIT_VIEW).values("pk")
    rows = PaymentList.objects.filter(wanted, measure__plan__unit__in=seen).select_related("measure__plan")
    for row in rows.order_by("-pk")[: SHOWN + 1]:
        url = reverse("payment_list", args=(row.pk,))
        yield Hit(list_number(row.number), row.measure.plan.title, url)


def _lessons(reader: Reader, text: str) -> Iterator[Hit]:
    """Yield messages and lessons of plans whose outreach the reader sees as a whole."""
    seen = reader.reach(Permission.OUTREACH_VIEW).values("pk")
    rows = Lesson.objects.filter(holds(text, "text", named=("title",)), measure__plan__unit__in=seen)
    for row in rows.select_related("measure__plan").order_by(rank(text, "title"), "-pk")[: SHOWN + 1]:
        yield Hit(row.title, row.measure.plan.title, reverse("lesson", args=(row.pk,)))


def _people(reader: Reader, text: str) -> Iterator[Hit]:
    """Yield the persons of exactly this name; their numbers are not looked for here."""
    if not reader.may(Permission.PEOPLE_VIEW):
        return
    for one in named(reader.actor, reader.at, folded(text), size=SHOWN + 1):
        number = f"****{one.id_tail}" if one.id_tail else ""
        yield Hit(one.name, number, reverse("person", args=(one.key,)))


Source = Callable[[Reader, str], Iterable[Hit]]

SOURCES: tuple[tuple[str, Promise, Source], ...] = (
    ("plans", gettext_lazy("Plans"), _plans),
    ("clauses", gettext_lazy("Clauses"), _clauses),
    ("units", gettext_lazy("Units and their visits"), _units),
    ("problems", gettext_lazy("Problems and duties"), _problems),
    ("instructions", gettext_lazy("Instructions and their items"), _instructions),
    ("funds", gettext_lazy("Funds"), _money),
    ("purchases", gettext_lazy("Purchases"), _purchases),
    ("donations", gettext_lazy("Donations"), _donations),
    ("lists", gettext_lazy("Payment lists"), _lists),
    ("lessons", gettext_lazy("Messages and lessons"), _lessons),
    ("people", pgettext_lazy("search", "People"), _people),
)
