"""The organisation: the dated tree of units, people with accounts, posts held, and who is paired with whom.

Owns `Unit` (who a unit is), `UnitRecord` (what was known of it, from when to when), `UnitLink` (who
stood below whom, from when to when), `User`, `Post`, `Assignment` and `Installation`. Promises:
nothing dated is overwritten, so that a question about a past day has the answer it had on that day;
a unit has one record and one place in the tree on any day; nobody holds two posts that exclude each
other; a subject has one lead for one purpose. Periods include their first day and not their last.
"""
