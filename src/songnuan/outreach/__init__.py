"""What leaves the house: how each person wants to be told, and the letters that tell it.

Owns `Wishes`, `Way`, `AddressCode`, `Letter` and `Passed`. Promises: nothing goes to an address whose owner
did not confirm it; nothing goes out in somebody's quiet hours; a notice leaves once by each way, alone or
in the one digest of a day; what was read or done meanwhile is left out.
"""
