"""Documents known to the house and sent out by it, numbers without gaps, and files.

Owns `Document` (what a plan or fund rests on), `IssuedDocument` and `Receipt` (what the house sends out, and
who has it), `NumberSequence` and `StoredFile`. Promises: an issuer's number names one document; a sequence
has neither gap nor double, because a number taken in a transaction that is rolled back is given again; what
was issued stays as it was issued; a file's row exists only if its content is sealed on disk, equal content
is kept once, and content that was touched is never handed out.
"""
