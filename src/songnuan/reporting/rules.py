"""What is counted of a form."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form asked once: its inputs, those not left empty, and those of them typed by hand."""

    form: str
    shown: int
    filled: int
    typed: int
