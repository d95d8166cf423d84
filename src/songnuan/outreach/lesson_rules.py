"""What a lesson has to be; pure."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _

from songnuan.kernel.blotting import without_number
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Role

TITLE_LONGEST, TEXT_LONGEST, REMARK_LONGEST, PLACE_LONGEST = 80, 4000, 400, 60


@dataclass(frozen=True, slots=True)
class Draft:
    """What a lesson says, to whom: posts (all if empty), units (the plan's), a district (any)."""

    title: str
    text: str
    roles: tuple[str, ...] = ()
    unit_ids: tuple[int, ...] = ()
    district: str = ""
    is_drill: bool = False


def words(text: str, *, field: str, longest: int) -> str:
    """Return what was said, without blanks around it.

    Raises:
        Refusal: `words_missing`, `text_too_long`.

    """
    told = text.strip()
    if not told:
        raise Refusal("words_missing", _("Write something here."), field=field)
    if len(told) > longest:
        sentence = _("This is longer than %(most)s characters. Shorten it.")
        raise Refusal("text_too_long", sentence % {"most": longest}, field=field, length=len(told))
    return told


def check_draft(draft: Draft, units: Collection[int]) -> Draft:
    """Return a lesson as it is kept.

    Args:
        draft: What was written.
        units: The ids of the units to which it may go: the plan's, and all below it.

    Raises:
        Refusal: `words_missing`, `text_too_long`, `number_of_person`, `lesson_role`, `lesson_unit`.

    """
    title = words(" ".join(draft.title.split()), field="title", longest=TITLE_LONGEST)
    text = words(draft.text.replace("\r\n", "\n"), field="text", longest=TEXT_LONGEST)
    if any(role not in set(Role) for role in draft.roles):
        raise Refusal("lesson_role", _("There is no such post. Reload the page."), field="roles")
    if not set(draft.unit_ids) <= set(units):
        sentence = _("One of the units is not below that of the plan. Reload the page.")
        raise Refusal("lesson_unit", sentence, field="units")
    return Draft(
        title=without_number(title, "title"),
        text=without_number(text, "text"),
        roles=tuple(sorted(set(draft.roles))),
        unit_ids=tuple(sorted(set(draft.unit_ids))),
        district=draft.district.strip(),
        is_drill=draft.is_drill,
    )
