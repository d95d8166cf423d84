"""Requests for approval, the chains they go through, and what people did about them.

Owns `Request` (a thing someone asks to have approved, as it stood, by its digest) with its `RequestStep`s
(the chain as it was when approval was asked for), `Act` (what one person did about it), `Chain` and
`ChainStep` (the steps for what is asked for from now on), `Delegation` (an office handed to a named person
for named days), and `Hold` with its `HoldStatement`s (what an inspector stopped, and what was said about
it). Promises, kept by the database: one act per person and request, one per office and one per step, one
hold at a time on a thing, and acts, steps and statements are never changed or removed. The request itself
is its maker's act, so nobody approves what they made, whatever posts they hold or whomever they stand in
for; nor does whoever wrote a version of it (`RequestAuthor`). What is approved is what the approver saw:
the digest must be the same.
"""
