"""What is due about rosters and people: imports, doubles, corrections, the assessment of risks."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from songnuan.organisation.permissions import Permission
from songnuan.people.models import ImportStatus
from songnuan.people.queries import (
    children_at_front,
    corrections_waiting,
    imports_to_decide,
    pairs_waiting,
)
from songnuan.people.queries.assessment import concerns_on, is_stale, reaches_whole, versions
from songnuan.web.due.base import Desk, Due
from songnuan.web.privacy_words import concerns_title


def to_bring_in(desk: Desk) -> Iterator[Due]:
    """Yield the imports into rosters that wait for a decision that the reader may take."""
    if not desk.may(Permission.PEOPLE_IMPORT):
        return
    words = {
        ImportStatus.ASKING.value: (_("Columns to confirm: %(roster)s"), _("Check the columns")),
        ImportStatus.STAGED.value: (_("Ready to be taken over: %(roster)s"), _("Check the people")),
    }
    for row in imports_to_decide(desk.reach_ids(Permission.PEOPLE_IMPORT)):
        title, action = words[row.status]
        who = row.created_by.name if row.created_by else ""
        yield Due(
            title=title % {"roster": row.roster_title},
            detail=" · ".join(filter(None, (row.file_name, who))),
            url=reverse("roster_import", args=(row.key,)),
            action=action,
            today=desk.day,
        )


def to_merge(desk: Desk) -> Iterator[Due]:
    """Yield that pairs of persons who may be one wait for the reader's decision."""
    if not desk.may(Permission.PEOPLE_MERGE):
        return
    if count := pairs_waiting(desk.actor, desk.at):
        title = ngettext(
            "%(count)s pair of people may be one person", "%(count)s pairs of people may be one person", count
        )
        yield Due(
            title=title % {"count": count},
            url=reverse("duplicates"),
            action=_("Compare them"),
            today=desk.day,
        )


def to_look_after(desk: Desk) -> Iterator[Due]:
    """Yield that children have both parents at the front, until somebody noted what was decided."""
    if not desk.may(Permission.PEOPLE_IMPORT):
        return
    if count := children_at_front(desk.actor, Permission.PEOPLE_IMPORT, desk.at, due=True):
        title = ngettext(
            "%(count)s child has both parents at the front",
            "%(count)s children have both parents at the front",
            count,
        )
        yield Due(
            title=title % {"count": count},
            detail=_("Where both have to be sent, the work group is asked first. Note what was decided."),
            url=f"{reverse('households')}?show=both",
            action=pgettext("household", "Look and decide"),
            today=desk.day,
        )


def to_correct(desk: Desk) -> Iterator[Due]:
    """Yield that people asked for something to be corrected or erased, by the day the first answer is due."""
    if not desk.may(Permission.PEOPLE_SHOW):
        return
    number, due_on = corrections_waiting(desk.actor, desk.at)
    if due_on is None:
        return
    title = ngettext(
        "%(number)s request of a person about their own data waits for an answer",
        "%(number)s requests of people about their own data wait for an answer",
        number,
    )
    yield Due(
        title=title % {"number": number},
        detail=_("They ask for something to be corrected or erased; the law asks for a prompt answer."),
        url=reverse("corrections"),
        action=_("Read and answer"),
        today=desk.day,
        due_on=due_on,
    )


def to_assess(desk: Desk) -> Iterator[Due]:
    """Yield to who watches over the rosters what is to be mended, and the assessment that is to be signed."""
    if not desk.may(Permission.PRIVACY_MANAGE) or not reaches_whole(desk.actor, desk.at):
        return
    url, found = reverse("assessment"), concerns_on(desk.at)
    if found:
        yield Due(
            title=concerns_title(found),
            detail=found[0].matter,
            url=url,
            action=_("Look at them"),
            today=desk.day,
        )
    newest = versions().first()
    if is_stale(newest, desk.at):
        detail = _("No version is signed yet.") if newest is None else _("The newest is older than a year.")
        title, action = _("Judge the risks to personal data"), _("Judge and sign")
        yield Due(title=title, detail=detail, url=f"{url}#judge", action=action, today=desk.day)
