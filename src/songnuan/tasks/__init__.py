"""Assigned obligations (督办): who owes what by when, and how it ended.

Owns `Task`, `Instruction`, `CoOwner` and `Feedback`. A task is a problem raised at a visit, an item of
an instruction (a superior's document, a leader's written word), or a duty that a plan sets.

Promises: a task has an owner unit and two due dates kept apart. A problem's derived date is never later
than the original one; an item's is later only where the office allowed an extension, and both are shown.
A task is closed once, never without feedback: a problem by someone who may close problems for the owner,
an item by somebody other than who asked for its closing, a duty is reported by its owner. What was said
about an item is only added to; an item given to another unit keeps its dates. An instruction is closed when
all its items are: that follows, and is not stored. Nor is anything about reminders: what is overdue follows
from the dates.
"""
