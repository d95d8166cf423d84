"""Requests for approval and what people did about them.

Owns `Request` (a thing someone asks to have approved, as it stood, by its digest) and `Act` (what one
person did about it). Promises, kept by the database: one act per person and request, and acts are
never changed or removed. The request itself is its maker's act, so nobody approves what they made,
whatever posts they hold. What is approved is what the approver saw: the digest must be the same.
"""
