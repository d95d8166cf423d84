"""What this app itself asks of the schedule; the process that supervises adds what others ask."""

from datetime import time, timedelta

from songnuan.jobs.delivery import give_up_lost
from songnuan.jobs.retention import forget
from songnuan.jobs.schedule import Scheduled

SCHEDULE = (
    Scheduled("jobs.give_up_lost", give_up_lost, timedelta(minutes=10)),
    Scheduled("jobs.forget", forget, time(3, 10)),
)
