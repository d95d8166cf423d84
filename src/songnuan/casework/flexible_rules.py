"""Who may work flexibly by what the register tells of the family, and what a request must say; pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.casework.flexible_models import PATTERN_LONGEST, WHY_LONGEST, Dependant, FlexibleForm
from songnuan.kernel.refusal import Refusal
from songnuan.people.rules import ADULT_AT

SUBJECT = "casework.flexible"
KIND = "casework.flexible"
WORDS_LEAST = 2
_DAY_MINUTES = 24 * 60
_WEEK = "1234567"


def subject_of(request_id: int) -> str:
    """Return what names a request for flexible work in approvals and in the trail."""
    return f"{SUBJECT}:{request_id}"


def flexible_number(number: int) -> str:
    """Return the number of a request as people write it: 弹-0001."""
    return f"弹-{number:04}"


@dataclass(frozen=True, slots=True)
class Limits:
    """What the plan says of whom it means.

    A child is looked after until it is `child_years` old; an elder is `elder_years` or older. With
    `elders_care` an elder counts as somebody who can look after a child.
    """

    child_years: int
    elder_years: int
    elders_care: bool = False


@dataclass(frozen=True, slots=True)
class Spouse:
    """A spouse, with the service at the front that stands, or `served_until`, the last day of one before."""

    key: str
    name: str
    place: str = ""
    from_on: date | None = None
    until: date | None = None
    served_until: date | None = None

    @property
    def serves(self) -> bool:
        """Return whether the spouse is at the front."""
        return self.from_on is not None


@dataclass(frozen=True, slots=True)
class Kin:
    """A child, or a parent or grandparent, of the employee or of the spouse; `name` as lists show it."""

    key: str
    name: str
    kind: Dependant
    birth_on: date | None
    serves: bool = False


@dataclass(frozen=True, slots=True)
class Family:
    """What the register tells of an employee's household on a day; `serves`: the employee, at the front."""

    serves: bool
    spouses: tuple[Spouse, ...]
    kin: tuple[Kin, ...]


class Ground(StrEnum):
    """Why somebody may ask for flexible work, or may not."""

    ELIGIBLE = "eligible"
    SERVES = "serves"
    NO_SPOUSE = "no_spouse"
    SPOUSE_HOME = "spouse_home"
    NOBODY = "nobody"
    CARED_FOR = "cared_for"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows from a family.

    `spouse` is the one it hangs on, `alone` those whom nobody else can look after, `needy` all who have to be
    looked after, `carers` the names of who can, `lacking` those whose date of birth is not known and might
    change it.
    """

    ground: Ground
    spouse: Spouse | None = None
    alone: tuple[Kin, ...] = ()
    needy: tuple[Kin, ...] = ()
    carers: tuple[str, ...] = ()
    lacking: tuple[Kin, ...] = ()

    @property
    def is_eligible(self) -> bool:
        """Return whether flexible work may be asked for without an exception."""
        return self.ground is Ground.ELIGIBLE


def served_until(family: Family) -> date | None:
    """Return the last day on which a spouse served, where none does any more; else None."""
    if any(one.serves for one in family.spouses):
        return None
    return max((one.served_until for one in family.spouses if one.served_until is not None), default=None)


def years(birth_on: date, on: date) -> int:
    """Return how old somebody is on a day."""
    return on.year - birth_on.year - ((on.month, on.day) < (birth_on.month, birth_on.day))


def assess(family: Family, limits: Limits, on: date) -> Verdict:
    """Return whether the register allows flexible work on a day, and why."""
    if family.serves:
        return Verdict(Ground.SERVES)
    if not family.spouses:
        return Verdict(Ground.NO_SPOUSE)
    spouse = next((one for one in family.spouses if one.serves), None)
    home = [kin for kin in family.kin if not kin.serves]
    needy = tuple(kin for kin in home if _is_needy(kin, limits, on))
    if spouse is None:
        return Verdict(Ground.SPOUSE_HOME, spouse=_last(family.spouses), needy=needy)
    lacking = tuple(kin for kin in home if kin.birth_on is None)
    if not needy:
        return Verdict(Ground.NOBODY, spouse, lacking=lacking)
    adults = [one.name for one in family.spouses if not one.serves]
    adults += [kin.name for kin in home if _is_carer(kin, limits, on)]
    alone = tuple(kin for kin in needy if not adults and not _elder_beside(kin, needy, limits))
    if alone:
        return Verdict(Ground.ELIGIBLE, spouse, alone, needy)
    elders = [kin.name for kin in needy if limits.elders_care and kin.kind == Dependant.ELDER]
    unknown = tuple(kin for kin in lacking if kin.kind == Dependant.ELDER)
    return Verdict(Ground.CARED_FOR, spouse, (), needy, tuple(adults or elders), unknown)


def _last(spouses: Sequence[Spouse]) -> Spouse:
    """Return the spouse who served last."""
    return max(spouses, key=lambda one: one.served_until or date.min)


def _is_needy(kin: Kin, limits: Limits, on: date) -> bool:
    """Return whether somebody at home has to be looked after, as far as the date of birth tells."""
    if kin.birth_on is None:
        return False
    age = years(kin.birth_on, on)
    return age < limits.child_years if kin.kind == Dependant.CHILD else age >= limits.elder_years


def _is_carer(kin: Kin, limits: Limits, on: date) -> bool:
    """Return whether somebody at home is an adult who can look after others.

    A parent of an adult is one, though the date of birth be unknown; a child is one where it is known to be.
    """
    if kin.birth_on is None:
        return kin.kind == Dependant.ELDER
    age = years(kin.birth_on, on)
    return age >= ADULT_AT if kin.kind == Dependant.CHILD else age < limits.elder_years


def _elder_beside(kin: Kin, needy: Sequence[Kin], limits: Limits) -> bool:
    """Return whether an elder looks after this child, where the plan lets elders do so."""
    is_child = kin.kind == Dependant.CHILD
    return limits.elders_care and is_child and any(one.kind == Dependant.ELDER for one in needy)


@dataclass(frozen=True, slots=True)
class Terms:
    """How somebody works: `weekdays` as figures from Monday, 1, on; `begins` and `ends` in minutes."""

    form: str
    weekdays: str = ""
    begins: int | None = None
    ends: int | None = None
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: how, from when to when, for whom (by their keys), and why, in words."""

    terms: Terms
    starts_on: date
    ends_on: date
    dependants: tuple[str, ...]
    why: str
    exception: str = ""


def terms_of(terms: Terms) -> Terms:
    """Return how somebody is to work, with what belongs to the form alone.

    Raises:
        Refusal: `flexible_form`, `weekdays_missing`, `hours_missing`, `hours_order`, `pattern_missing`,
            `text_too_long`.

    """
    if terms.form not in FlexibleForm.values:
        raise Refusal("flexible_form", _("Choose one of the three forms."), field="form")
    if terms.form == FlexibleForm.ROTA:
        return Terms(terms.form, pattern=_words(terms.pattern, "pattern", PATTERN_LONGEST))
    days = "".join(day for day in _WEEK if day in terms.weekdays)
    if not days:
        raise Refusal("weekdays_missing", _("Choose the days of the week it is about."), field="weekdays")
    if terms.form == FlexibleForm.REMOTE:
        return Terms(terms.form, days)
    if terms.begins is None or terms.ends is None:
        sentence = _("Say from when to when work is done, such as 10:00 to 16:00.")
        raise Refusal("hours_missing", sentence, field="begins" if terms.begins is None else "ends")
    if not 0 <= terms.begins < terms.ends < _DAY_MINUTES:
        raise Refusal("hours_order", _("Work has to end after it begins, on the same day."), field="ends")
    return Terms(terms.form, days, terms.begins, terms.ends)


def wish_of(wish: Wish, *, today: date, longest_days: int) -> Wish:
    """Return what is asked for, tidied.

    Raises:
        Refusal: `flexible_past`, `flexible_period`, `flexible_long`, `reason_missing`, `text_too_long`, or
            from `terms_of`.

    """
    terms = terms_of(wish.terms)
    if wish.starts_on < today:
        sentence = _("Flexible work is not arranged for days that are over. Begin today or later.")
        raise Refusal("flexible_past", sentence, field="starts_on")
    if wish.ends_on < wish.starts_on:
        raise Refusal("flexible_period", _("The last day lies before the first."), field="ends_on")
    if wish.ends_on - wish.starts_on >= timedelta(days=longest_days):
        sentence = ngettext(
            "The plan allows %(days)s day at most at a time. For longer, ask again before it is over.",
            "The plan allows %(days)s days at most at a time. For longer, ask again before it is over.",
            longest_days,
        )
        raise Refusal("flexible_long", sentence % {"days": longest_days}, field="ends_on", limit=longest_days)
    why = _words(wish.why, "why", WHY_LONGEST)
    exception = " ".join(wish.exception.replace("\x00", "").split())
    if exception:
        exception = _words(exception, "exception", WHY_LONGEST)
    return Wish(terms, wish.starts_on, wish.ends_on, tuple(dict.fromkeys(wish.dependants)), why, exception)


def check_eligible(verdict: Verdict, wish: Wish, household: Collection[str]) -> None:
    """Let pass what the family data allow, or what is asked for as an exception, in words.

    `household` are the keys of the children and elders that the register knows.

    Raises:
        Refusal: `dependants_missing`, `dependant_unknown`, `exception_missing`, `exception_needless`.

    """
    if not wish.dependants and household:
        sentence = _("Choose for which children or elders it is asked for.")
        raise Refusal("dependants_missing", sentence, field="dependants")
    if not set(wish.dependants) <= set(household):
        sentence = _("One of those chosen is not of the household any more. Reload the page.")
        raise Refusal("dependant_unknown", sentence, field="dependants")
    if verdict.is_eligible and wish.exception:
        sentence = _("The family data allow it: leave the words for an exception empty.")
        raise Refusal("exception_needless", sentence, field="exception")
    covered = set(wish.dependants) <= {kin.key for kin in verdict.alone}
    if not (verdict.is_eligible and covered) and not wish.exception:
        sentence = (
            _(
                "Somebody else of the household can look after one of those chosen. Choose those alone for"
                " whom nobody is there."
            )
            if verdict.is_eligible
            else _("The family data do not allow it. Say in words why it is asked for as an exception.")
        )
        field = "dependants" if verdict.is_eligible else "exception"
        raise Refusal("exception_missing", sentence, field=field)


def review_day(today: date, ends_on: date, interval: int) -> date | None:
    """Return when an arrangement has to be looked at next; None where it is over before."""
    day = today + timedelta(days=interval)
    return day if day <= ends_on else None


def decide_due(*, over_since: date | None, decided_over_on: date | None) -> bool:
    """Return whether somebody has to decide because the spouse's service ended.

    `over_since` is the last day of the service, where it is over; `decided_over_on` when it was last decided
    about the arrangement in the knowledge that it is.
    """
    if over_since is None:
        return False
    return decided_over_on is None or decided_over_on <= over_since


def said(text: str) -> str:
    """Return what was said at a review.

    Raises:
        Refusal: `reason_missing`, `text_too_long`.

    """
    return _words(text, "words", WHY_LONGEST)


def _words(text: str, field: str, most: int) -> str:
    words = " ".join(text.replace("\x00", "").split())
    if len(words) < WORDS_LEAST:
        raise Refusal("reason_missing", _("Say it in a few words."), field=field)
    if len(words) > most:
        sentence = _("This has %(length)s characters; at most %(limit)s fit. Shorten it.")
        facts = {"length": len(words), "limit": most}
        raise Refusal("text_too_long", sentence % facts, field=field, **facts)
    return words
