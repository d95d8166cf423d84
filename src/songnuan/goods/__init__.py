"""The goods of a plan: kits and their standard, requests, quotations, purchases, stock by lot, donations.

Owns `Item`, `Kit`, `KitLine`, `PurchaseRequest`, `RequestLine`, `Quotation`, `QuotationLine`, `Purchase`,
`PurchaseLine`, `Store`, `Lot`, `StockLevel`, `Movement`, `MovementLine`, `Count`, `CountLine`, `Disposal`,
`Donation`, `DonationLine` and `Issue`; `Distribution`, `Batch`, `Recipient`, `Portion`, `Desk`, `Pickup`.
Promises: nothing is bought that is not in the kit, nor more than the units need, nor so dear that the
kit passes its standard; an invoice counts once in a fund; stock is kept in double entry, movements are
only ever added (triggers refuse the rest), no level is negative, a unit gets its kit once; what expires
first goes out first, and nothing expired; who counted or asked for a disposal does not decide about it.
What a desk recorded is kept, and decided by another where it is in doubt; a portion is booked once, or
again by a decision.
Money is moved by `funds`; a purchase points to the entries. What is approved has its money set aside; a
purchase keeps to its request and to the quotation chosen, and from the plan's amount on it needs both.
"""
