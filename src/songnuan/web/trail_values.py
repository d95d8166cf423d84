"""Words for values of facts that one part of the house has of its own, gathered for the trail."""

from songnuan.web.callback_words import CALL_PAPERS, CALL_VALUES
from songnuan.web.case_words import CASE_VALUES
from songnuan.web.emergency_words import EMERGENCY_VALUES
from songnuan.web.flexible_trail import FLEXIBLE_VALUES
from songnuan.web.notice_words import NOTICE_PAPERS, NOTICE_VALUES
from songnuan.web.pickup_words import PICKUP_VALUES
from songnuan.web.situation_words import SITUATION_VALUES

VALUES = {
    **NOTICE_VALUES,
    **CALL_VALUES,
    **EMERGENCY_VALUES,
    **FLEXIBLE_VALUES,
    **CASE_VALUES,
    **SITUATION_VALUES,
    **PICKUP_VALUES,
}
PAPER_VALUES = {**NOTICE_PAPERS, **CALL_PAPERS}
