"""The field app (现场助手): what a phone records without a network, and what it takes along for that.

A device takes along a pack of each kind (`FieldKind.pack`), works for hours with it, and sends records
(`FieldKind.take`). A record is never lost: it is kept on the device until the house has answered it. It may
be sent any number of times under its key. docs/field-app.md tells the whole.
"""
