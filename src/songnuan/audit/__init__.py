"""The trail: who did what, when, to what; one hash-chained stream for each plan, fund and so on.

Owns `Stream` (the head of a chain) and `Entry` (a link). Promises: entries are only ever added
(triggers refuse the rest), each is bound to the one before it, and each head is sealed, by
HMAC-SHA-256 under a key that is not in the database; every stream is itself announced, once, in the
stream `trail`; so a changed, removed, reordered or truncated row is found, and where, and a head that
was tampered with is never sealed again. Entries hold keys and figures, never a person's data, so that
erasure breaks no proof.
"""
