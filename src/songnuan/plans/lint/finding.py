"""What a lint rule finds."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Severity(TextChoices):
    """An error holds the plan up; a warning is left to the writer; a note says what is still open."""

    ERROR = "error", _("error")
    WARNING = "warning", _("warning")
    INFO = "info", _("note")

    @property
    def order(self) -> int:
        """What comes first in a list."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class LintFinding:
    """One thing found.

    `code` is stable, in snake_case; `clause` its number and title, empty for the whole plan;
    `message` says what is wrong and `mend` what to do, in the reader's language.
    """

    code: str
    severity: Severity
    clause: str
    message: str
    mend: str

    def __str__(self) -> str:
        """Return the finding as one line of text."""
        where = f"{self.clause}: " if self.clause else ""
        return f"{where}{self.message} {self.mend}"
