"""Lists of payments to people (发放清单): frozen, checked, approved, inspected, and only then released.

Owns `PaymentList` (what was reckoned, as it stood when it was put up), its `PaymentLine`s, the `ListAct`s
of people on it, and `PersonAccount` (which person of the register a user of the house is). Promises, kept by
the database: one act per person and list, whatever it is; no act by whom the list pays; no line is added
once somebody acted, and none is changed or removed, but that personal data is erased when its time is over.

Of a list that the inspector signed it owns the public notice (公示): `Notice`, its `NoticeLine`s, which are
masked texts alone, and the `Objection`s to it with their answers. The database takes no unmasked name there,
and no answer by who made the list or is paid by it.

Of what was paid it owns the inspector's `PaymentSample`s, the `SampledPayment`s drawn, and the `CallBack`s
about them: only added to, none by who acted on the list otherwise than as its inspector, or is paid by it.
"""
