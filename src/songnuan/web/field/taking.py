"""Each record is carried out and answered by itself: a fault in one does not stop the others."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songnuan.kernel.refusal import Refusal
from songnuan.web.field.envelope import Clock, NotKnownYet, read
from songnuan.web.field.kinds import State
from songnuan.web.field.registry import KINDS
from songnuan.web.views.shared import Reader

logger = logging.getLogger(__name__)
UNSURE = gettext_lazy(
    "The clock of this device was changed meanwhile: the time is reckoned by how the clock was before, and"
    " may be wrong."
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the device is told of a record; "later" says that it is to keep it and to send it again."""

    key: str
    state: State | Literal["later"]
    sentence: str = ""
    url: str = ""


def take_all(reader: Reader, records: Sequence[Mapping[str, Any]], clock: Clock) -> list[dict[str, str]]:
    """Carry out records in the order in which they came, and return the answers in that order."""
    return [asdict(_take(reader, raw, clock)) for raw in records]


def _take(reader: Reader, raw: Mapping[str, Any], clock: Clock) -> Answer:
    key = str(raw.get("key", ""))[:36]
    try:
        name, sent = read(raw, clock)
        outcome = KINDS[name].take(reader, sent)
    except NotKnownYet as refusal:
        return Answer(key, "later", refusal.sentence)
    except Refusal as refusal:
        return Answer(key, "refused", refusal.sentence)
    except Exception:
        # The record stays on the device: what it tells happened, whatever fails here.
        logger.exception("a record of a device: %s", key)
        sentence = _("The house could not take this just now. It is kept here, and sent again.")
        return Answer(key, "later", sentence)
    sentences = [outcome.sentence, str(UNSURE) if sent.is_unsure and outcome.state != "refused" else ""]
    return Answer(key, outcome.state, " ".join(filter(None, sentences)), outcome.url)
