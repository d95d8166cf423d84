BBBBBBB BBBBBBBBBBBBBBBBBBB BBBB #
 #

BBBBB BBBBB gettext(u'My devices') BBBBBBBB
BBBBB BBBBBBBBBBXXXXXXBBBBBBBB
BBBBB BBBBBBB
  XXXX XXXXXXXXXXXXXXXXXXXXXX gettext(u'My devices') XXXXXXX XXXXXXXXXXXXX gettext(u'Phones and tablets on which you opened the field app. Close one that was lost: it gets no key any more, and deletes what it keeps as soon as it is seen.') XXXXXXXXXX
    XXXX XXXXXXXXXXXXXXXXXX XXXXXXXXXXXXX XXXXX XXXXXXBBB BBBBBBBXX gettext(u'Open the field app') XXXXXXXXXXXXXXXX
  BBBBBBB BBBBBBBBBBBBBBBBBBBBBBBBBBBB
BBBBBBBB
