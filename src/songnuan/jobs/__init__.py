"""Background work, its schedule and progress; messages out (outbox) and posts in (inbox).

Owns `Job`, `OutboxMessage`, `Notice` and `InboxEntry`. Promises: work and messages are rows of the
transaction that asks for them, so they exist exactly if it commits; a job is run by one worker at a
time, and again if that worker dies (at least once: tasks are written to bear it); a message inside
the house arrives exactly once, an e-mail at least once with the same Message-ID; the same post,
sent twice by a field app, is carried out once and answered twice.
"""
