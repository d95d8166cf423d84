BBBB BBBBBBBBBBBBBB BBB
BB BBBBBBBBBBB

BBBBBBBB BBBBBBB BB BBBBBBBBBBBBBBBBB BBBBBBBBBBBBB

BBBBBBBB BBBB BB BBBBBBBBBBBBB
X BB BBBBBBBBB X BBBBBBB BBBBBBBBBBB
  BBBBBBB BBBB BBB BBBBBBBB
  BBBBB
BBBBBBBB BBBBBBBBBBBB
 ngettext(u'and %(count)s more', u'and %(count)s more', count) SSS SSSSSSSSS SSSSPPP PPPPPPPPP PPPP
BBBBBBBBBBB
XX
 gettext(u'Sent by Songnuan. Nobody reads answers to this address.') 
BB BBBBBB gettext(u'When and whether it comes is changed under “My reminders”: %(address)s') SSSS SSS SSSSSSS SS SSSSS SS SSSSSSS SSSSS SSS SSSSSSSSSSS SSSSSSSSSSSBBBB gettext(u'When and whether it comes is changed under “My reminders”, after signing in.') BBBBB
BBBBBBBBBBBBB
