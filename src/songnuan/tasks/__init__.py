"""Assigned obligations (督办): who owes what by when, and how it ended.

Owns `Task`. Promises: a task has an owner unit and two due dates kept apart, the original one and the
one derived from it, which is never later; it is closed once, by someone who may close problems for
the owner, and never without feedback; a duty that a plan sets is reported by its owner. Nothing is
stored about reminders: what is overdue follows from the dates.
"""
