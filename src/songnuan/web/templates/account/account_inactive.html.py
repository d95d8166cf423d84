BBBBBBB BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB BBBB
BBBBB BBBBBBBBBB gettext(u'This account is closed') BBBBBBBB
BBBBB BBBBBBBXXXX XXXXXXXXXXXXXXXXXX gettext(u'This account is closed') XXXXXXXX gettext(u'An administrator closed it. Ask them if you need it again.') XXXXXXXXXXBBBBBBBB
