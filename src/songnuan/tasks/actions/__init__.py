"""The only writers of tasks: problems raised at visits, duties, and instructions with their items."""

from songnuan.tasks.actions.handling import amend_problem, chase_problem, chased_on, may_amend, report_problem
from songnuan.tasks.actions.items import (
    accept,
    allow_extension,
    ask_closing,
    ask_extension,
    close,
    reassign,
    refuse_extension,
    report,
    send_back,
)
from songnuan.tasks.actions.problems import assign, close_task, closing, fulfil, raise_task
from songnuan.tasks.actions.recording import record_instruction

__all__ = [
    "accept",
    "allow_extension",
    "amend_problem",
    "ask_closing",
    "ask_extension",
    "assign",
    "chase_problem",
    "chased_on",
    "close",
    "close_task",
    "closing",
    "fulfil",
    "may_amend",
    "raise_task",
    "reassign",
    "record_instruction",
    "refuse_extension",
    "report",
    "report_problem",
    "send_back",
]
