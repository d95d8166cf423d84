"""What makes a function a journey."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

from songnuan.audit.record import record, trail
from songnuan.journeys.refused_plan import plan_of
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import shorten_log
from songnuan.kernel.refusal import Refusal
from songnuan.kernel.rests import Rests
from songnuan.kernel.turns import short_turn

P = ParamSpec("P")
R = TypeVar("R")

REFUSALS = "refusals"
# What a journey was asked to act on, by the name of its argument: as facts of the trail, and as subjects.
_NUMBERS: Mapping[str, str] = {
    "fund_id": "fund",
    "hold_id": "hold",
    "instruction_id": "instruction",
    "measure_id": "measure",
    "purchase_id": "purchase",
    "task_id": "task",
    "unit_id": "unit",
    "user_id": "user",
}
_SUBJECTS: Mapping[str, str] = {
    "activation_id": "emergency.activation",
    "alert_id": "emergency.alert",
    "case_id": "casework.case",
    "desk_id": "goods.desk",
    "distribution_id": "goods.distribution",
    "excuse_id": "emergency.excuse",
    "donation_id": "goods.donation",
    "kit_id": "goods.kit",
    "lesson_id": "outreach.lesson",
    "photo_id": "goods.batchphoto",
    "payment_id": "payments.sampled",
    "muster_id": "emergency.muster",
    "need_id": "casework.need",
    "order_id": "emergency.order",
    "order_task_id": "emergency.ordertask",
    "receipt_id": "visits.receipt",
    "returnee_id": "emergency.returnee",
    "round_id": "emergency.round",
    "period_id": "emergency.period",
    "pickup_id": "goods.pickup",
    "portion_id": "goods.portion",
    "recipient_id": "goods.recipient",
    "sample_id": "visits.sample",
    "slot_id": "emergency.slot",
    "summary_id": "emergency.summary",
    "visit_id": "visits.visit",
}
logger = logging.getLogger(__name__)
_rests = Rests()


def journey(function: Callable[P, R]) -> Callable[P, R]:
    """Run `function(*, actor, at, …)` as one durable transaction with a trail.

    A refusal rolls everything back and is then recorded in the stream `refusals`, in a transaction of
    its own; it goes on to the caller.
    """

    @wraps(function)
    def whole(*args: P.args, **kwargs: P.kwargs) -> R:
        with step():
            return function(*args, **kwargs)

    return long_journey(whole)


def long_journey(function: Callable[P, R]) -> Callable[P, R]:
    """Run `function(*, actor, at, …)`, which commits in steps because nobody may wait for the whole of it.

    Whatever step it stops at, run again it comes to the same end. A refusal is recorded as that of any
    journey; what was committed before it stays.
    """
    name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except Refusal as refusal:
            _remember(name, refusal, kwargs)
            raise

    return run


@contextmanager
def step() -> Iterator[None]:
    """Commit what is done inside as one durable transaction with a trail."""
    with transaction.atomic(durable=True), trail():
        yield


@contextmanager
def short_step() -> Iterator[None]:
    """Commit one of thousands of short acts that may come at once: as `step`, in turn where that helps."""
    with short_turn(), step():
        yield


@contextmanager
def long_step() -> Iterator[None]:
    """Commit one of many large steps: as `step`; the log of them is kept short, others come to write."""
    with _rests.beside():
        with step():
            yield
        shorten_log()


@contextmanager
def alone_at_fault(failed: list[Exception], what: str) -> Iterator[None]:
    """Go on after what fails inside, a refusal too, for the sake of the others; it is logged and kept."""
    try:
        yield
    except Exception as error:
        logger.exception("at fault: %s", what)
        failed.append(error)


def _remember(name: str, refusal: Refusal, kwargs: dict[str, object]) -> None:
    actor, at = kwargs["actor"], kwargs["at"]
    assert isinstance(actor, Actor)  # noqa: S101 - a journey without an actor is a fault of the program
    assert isinstance(at, datetime)  # noqa: S101
    with transaction.atomic(durable=True), trail():
        record(
            stream=REFUSALS,
            action="journey.refused",
            subject=name,
            actor=actor,
            at=at,
            facts={"code": refusal.code, **_about(kwargs), **_plan(kwargs), **refusal.facts},
        )


def _plan(kwargs: Mapping[str, object]) -> dict[str, str]:
    """Return to which plan it belongs, so that whoever looks into a plan finds it there."""
    slug = plan_of(kwargs)
    return {"plan": slug} if slug else {}


def _about(kwargs: Mapping[str, object]) -> dict[str, object]:
    """Return which things were asked for by their numbers, as the trail tells them: never what was typed."""
    told: dict[str, object] = {}
    for given, fact in _NUMBERS.items():
        if isinstance(kwargs.get(given), int):
            told[fact] = kwargs[given]
    for given, model in _SUBJECTS.items():
        if isinstance(kwargs.get(given), int):
            told["for"] = f"{model}:{kwargs[given]}"
    return told
