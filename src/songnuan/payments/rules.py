"""What may be done about a list of payments; pure."""

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from songnuan.kernel.blotting import without_number
from songnuan.kernel.refusal import Refusal

SUBJECT = "payments.list"
WHY_LEAST, WHY_MOST = 2, 400
_REFERENCE = re.compile(r"F(\d{1,9})-(\d{1,9})-(\d{1,5})-(\d{1,9})(?!\d)", re.ASCII | re.IGNORECASE)
_SAID = 20


def subject_of(list_id: int) -> str:
    """Return what names a list in requests, holds and settlements."""
    return f"{SUBJECT}:{list_id}"


def list_number(number: int) -> str:
    """Return the number of a list as people write it: 发-0001."""
    return f"发-{number:04}"


def why_of(text: str) -> str:
    """Return why a list or a line is not paid, or a batch is asked back.

    Raises:
        Refusal: `reason_missing`, `text_too_long`, `number_of_person`.

    """
    why = " ".join(text.replace("\x00", "").split())
    if len(why) < WHY_LEAST:
        raise Refusal("reason_missing", _("Say why, in a few words."), field="why")
    if len(why) > WHY_MOST:
        sentence = _("This has %(length)s characters; at most %(limit)s fit. Shorten it.")
        facts = {"length": len(why), "limit": WHY_MOST}
        raise Refusal("text_too_long", sentence % facts, field="why", **facts)
    return without_number(why, "why")


def reference_of(*, fund_id: int, list_number: int, batch_number: int, position: int) -> str:
    """Return by what an instruction is known in the bank's files: F1-0001-1-23; no other one has it."""
    return f"F{fund_id}-{list_number:04}-{batch_number}-{position}"


def position_in(reference: str, *, fund_id: int, list_number: int, batch_number: int) -> int | None:
    """Return the place that a reference names in a batch; None where it names none, or one of another batch.

    Banks put words before and after it.
    """
    for found in _REFERENCE.finditer(reference):
        *of_batch, position = (int(one) for one in found.groups())
        if of_batch == [fund_id, list_number, batch_number]:
            return position
    return None


def places(positions: Sequence[int]) -> str:
    """Return numbers of lines in words: 3、8、12…, no more than can be read."""
    return "、".join(str(one) for one in positions[:_SAID]) + ("…" if len(positions) > _SAID else "")
