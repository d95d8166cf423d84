"""What is counted of a form."""

from dataclasses import dataclass

_LINES = ":lines"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form asked once: its inputs, those not left empty, and those of them typed by hand.

    Lines of a form, each with the same inputs, are told apart from it (`lines_of`): `posted` is how many
    were filled in.
    """

    form: str
    shown: int
    filled: int
    typed: int
    posted: int = 1


def lines_of(form: str) -> str:
    """Return what the lines of a form are counted under."""
    return form + _LINES


def is_lines(form: str) -> bool:
    """Return whether these are the lines of a form, and no form that was handed in by itself."""
    return form.endswith(_LINES)


def form_of(lines: str) -> str:
    """Return the form that lines belong to; a form is its own."""
    return lines.removesuffix(_LINES)
