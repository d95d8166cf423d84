"""Documents known to the house, numbers without gaps, and files.

Owns `Document` (what a plan or fund rests on), `NumberSequence` and `StoredFile`. Promises: an
issuer's number names one document; a sequence has neither gap nor double, because a number taken in
a transaction that is rolled back is given again; a file's row exists only if its content is sealed
on disk, equal content is kept once, and content that was touched is never handed out.
"""
