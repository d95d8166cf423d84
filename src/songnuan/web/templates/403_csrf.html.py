BBBBBBB BBBBBBBBBBBBBBBBBBB BBBB
BBBBB BBBBB gettext(u'This page was too old to be sent') BBBBBBBB
BBBBB BBBBBBBBBBXXXXXXBBBBBBBB
BBBBB BBBBBBB
  XXXX XXXXXXXXXXXXXXXXXXXXXX gettext(u'This page was too old to be sent') XXXXXXXXXXXXXXXXX
  XXXX XXXXXXXXXXXX XXXXXXXX
    XXX gettext(u'Nothing was changed. Go back, reload the page and send it again; if you signed in meanwhile in another window, that is why.') XXXX
    XX XXXXXXXXXXXXXXXXXX XXXXXXXXXXXXXX XXXXXXBBB BBBBBBXX gettext(u'To the first page') XXXXXXXX
  XXXXXX
BBBBBBBB
