"""What every form of a standard asks: whose it is, and the recorded decision that set its amounts."""

from django.utils.translation import gettext_lazy

from songnuan.benefits import standardfile
from songnuan.web.fields import CharField, Day, TypedChoiceField
from songnuan.web.version_forms import VersionForm


class DecidedForm(VersionForm):
    """A version of a standard."""

    behind = ("decision", "decided_on")

    unit = TypedChoiceField(
        fact="benefits.standard.unit", label=gettext_lazy("Unit whose standard it is"), coerce=int
    )
    decision = CharField(
        fact="benefits.standardversion.decision",
        label=gettext_lazy("Decision that set the amounts"),
        help_text=gettext_lazy(
            "The meeting, and the number of its minutes. Needed when a later version sets or changes an"
            " amount."
        ),
        required=False,
    )
    decided_on = Day(
        fact="benefits.standardversion.decided_on",
        label=gettext_lazy("Day of the decision"),
        required=False,
    )

    def read(self, source: str) -> str:
        """Read the file of a standard, and return the short name that it says."""
        return standardfile.read(source).slug
