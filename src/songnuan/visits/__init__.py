"""The visits that lead offices pay to front-line units, and what they find out.

Owns `Visit` (one for each measure and unit: planned, then recorded), who took part, the answers of
an inspection made on the same occasion, and the links to the tasks that problems became. Promises: a
visit is recorded once; three times are kept apart, when it happened, when the device took it down and
when it was received, with the skew of the device's clock; a late visit or a late entry is marked,
never refused; a day after the deadline is asked for with a reason, and stands only once somebody else
has allowed it. Owns schedules too: teams, hours, proposals of who visits whom when, and each visit's spot; a
proposal is taken only where nothing changed since it was worked out.
"""
