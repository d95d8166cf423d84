"""The earmarked funds: what a document gave, what is promised, what is paid, what goes back.

Owns `Fund`, `Entry`, `Posting`, `Commitment` and `Closing`. Promises: double entry, only ever added to
(triggers refuse the rest), corrected by reversal; money leaves through a commitment; no fund and no
commitment is overdrawn, by guarded updates and by constraints; a fund is closed by two people, and in a
closed one nothing is booked. `docs/money.md` has the words and worked tables.
"""
