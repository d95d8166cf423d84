BBBBBBB BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB BBBB
BBBBB BBBBBBBBBB gettext(u'Accounts are opened for you') BBBBBBBB
BBBBB BBBBBBBXXXX XXXXXXXXXXXXXXXXXX gettext(u'Accounts are opened for you') XXXXXXXX gettext(u'Nobody signs up here. Ask the administrator of your bureau for an account.') XXXXXXXXXXBBBBBBBB
