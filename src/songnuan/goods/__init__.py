"""The goods of a measure: the kit and its standard, purchases, stock.

Owns `Item`, `Kit`, `KitLine`, `Purchase`, `PurchaseLine`, `StockLevel`, `Movement` and `MovementLine`.
Promises: nothing is bought that is not in the kit, nor more than the units need, nor so dear that the
kit passes its standard; an invoice counts once in a fund; stock is kept in double entry, movements are
only ever added (triggers refuse the rest), no level is negative, a unit gets its kit once. Money is
moved by `funds`; a purchase points to the entries.
"""
