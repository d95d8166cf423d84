"""What a task must say when it is raised and when it is closed."""

from datetime import date

from django.utils.translation import gettext as _

from songnuan.kernel.days import beside, written
from songnuan.kernel.refusal import Refusal

TITLE_LONGEST = 120
TEXT_LONGEST = 2000
FEEDBACK_SHORTEST = 5
DUTY = "plans.measure:"
"""How the source of a task begins that a plan itself sets; what was found at a visit begins with FOUND."""
FOUND = "visits."
AT_VISIT = "visits.visit:"
"""How the source of a problem begins that was raised at a lead's visit."""
OWED = "visits.hand_over:"
"""How the source of a task begins that goods are still to be handed over after a visit."""
RECEIPT = "visits.receipt:"
"""How the source of a task begins that an inspector raised about a receipt."""
OF_LEADER = "visits.leader:"
"""How the source of a problem begins that was raised at a leader's visit, and not at a lead's."""


def is_duty(source: str) -> bool:
    """Return whether the task is a duty that a plan sets, and not a problem that somebody raised."""
    return source.startswith(DUTY)


def title_of(text: str) -> str:
    """Return the title on one line.

    Raises:
        Refusal: `title_missing`, or `title_too_long` beyond `TITLE_LONGEST` characters.

    """
    title = " ".join(plain(text).split())
    if not title:
        raise Refusal("title_missing", _("Say in a few words what the problem is."), field="title")
    if len(title) > TITLE_LONGEST:
        raise Refusal(
            "title_too_long",
            _("The title has %(length)s characters. Keep it within %(most)s; the rest goes into the details.")
            % {"length": len(title), "most": TITLE_LONGEST},
            field="title",
            length=len(title),
        )
    return title


def text_of(text: str, *, field: str, longest: int = TEXT_LONGEST) -> str:
    """Return a longer text without spaces around it.

    Raises:
        Refusal: `text_too_long` beyond `longest` characters.

    """
    text = plain(text).strip()
    if len(text) > longest:
        raise Refusal(
            "text_too_long",
            _("This text has %(length)s characters. Keep it within %(most)s.")
            % {"length": len(text), "most": longest},
            field=field,
            length=len(text),
        )
    return text


def feedback_of(text: str) -> str:
    """Return the feedback on how a task ended.

    Spaces and punctuation do not count: "。。。。。" says nothing.

    Raises:
        Refusal: `feedback_missing` below `FEEDBACK_SHORTEST` letters or characters, `text_too_long`.

    """
    feedback = text_of(text, field="feedback")
    letters = sum(letter.isalnum() for letter in feedback)
    if letters < FEEDBACK_SHORTEST:
        raise Refusal(
            "feedback_missing",
            _("Say how it ended, in at least %(least)s characters: what was done, and what came of it.")
            % {"least": FEEDBACK_SHORTEST},
            field="feedback",
            length=letters,
        )
    return feedback


def due_in_time(*, due_on: date, raised_on: date) -> None:
    """Refuse a due date that was over when the task was raised.

    Raises:
        Refusal: `due_in_past`.

    """
    if due_on < raised_on:
        raise Refusal(
            "due_in_past",
            _("The due date %(due)s lies before today, %(today)s. Choose a later one.")
            % {"due": beside(due_on, raised_on), "today": written(raised_on)},
            field="due_on",
            due_on=due_on.isoformat(),
        )


def plain(text: str) -> str:
    """Return a text without NUL: PostgreSQL keeps none, and nobody types one on purpose."""
    return text.replace("\x00", "")
