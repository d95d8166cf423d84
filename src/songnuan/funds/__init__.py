"""The earmarked funds: what a document gave, what is promised, what is paid.

Owns `Fund`, `Entry`, `Posting` and `Commitment`. Promises: double entry, only ever added to (triggers
refuse the rest), corrected by reversal; money leaves through a commitment; no fund and no commitment
is overdrawn, by guarded updates and by constraints. `docs/money.md` has the words and worked tables.
"""
