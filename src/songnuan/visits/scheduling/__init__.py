"""Who visits whom when: a problem goes in, a proposal comes out. Pure; nothing is looked up or stored.

`problem` says what there is to arrange, `greedy` and `solver` arrange it, `proposing` chooses between them,
`breaks` says of one visit at one time which rules it would break, `words` puts that into sentences.
"""
