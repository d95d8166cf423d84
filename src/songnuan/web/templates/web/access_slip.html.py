BBBBBBB BBBBBBBBBBBBBBBBBBB BBBB BBBBBB #
 #
 #
 #

BBBBB BBBBB gettext(u'Access code') BBBBBBBB
BBBBB BBBBBBBBBBXXXXXXBBBBBBBB
BBBBB BBBBBBBXXXXX XXXXXXXXXXXXXXXX XXXXXXBBBBBB BBBBBBBBBBBBBBBBXXXXXXX XXXXXXXXXXXXXXXX XXXXXXBBBBBB BBBBBBBBBBBBBXXXXXXXXX XXXXXXXXXXXXX XXXXXBBBBBB BBBBBBBBBBBBBBXXXXXXXXXXXXXXXXXX XXXXXXXXXXXXX XXXXXBBBBBB BBBBBBBBBBBBBXXXXXXXXXXXBBBBBBBB
BBBBB BBBBBBXXXX XXXXXXXXXXXXXX XXXXXXXXXXXX gettext(u'Where you are') XXXXXXXXXXXX XXXXXXBBB BBBBBBBBBXX gettext(u'Rosters') XXXXXXXXXXXXXXX XXXXXXBBB BBBBBBBB BBBBBBBBBBXXXXXXXXXXXXXX XXXXXXXXXXXXXXXXXXXX gettext(u'Access code') XXXXXXXXXXXXXXXXBBBBBBBB
BBBBB BBBBBBB
  BB BBBBBBBB gettext(u'the last four digits of your phone') BBBB gettext(u'the last four characters of your identity number') BBBBB
  BB BBB BB BBBBBBBXX XXXXXXXXXXX XXXXXXXXXXXXX XXXXXXXXXXXXXXBBBB BBBBBBXXXXXX gettext(u'The code is shown this once. Read it to the person alone, group by group, and let them read it back.') XXXXXXXXXXX
  XXXXXXXX XXXXXXXXXXXX XXXXXX XXXXXX XXXXXXXXXXXXXXXXXXXXXXXXXXX XXXXXXXXXXX gettext(u'Read aloud') XXXXX
    XXX XXXXXXXXXXXXXXXXXXXXXXX gettext(u'“Open %(address)s in the browser of your phone.”') SSSSS SSSSSSSSSSS SS SSS SSSSSSS SS SSSS SSSSSSSXXXXXXXXX gettext(u'“Enter these twelve digits:”')  XX XXXXXXXXXXXXXXXX XXXXXXXXXXXXXXXXXXXXXXXXX gettext(u'“Then enter %(ending)s.” Do not say them: the person knows them.') SSSSS SSSSS SSSSSSSSSSSS SS SSS SSS SSSSS SSS SSSSSS SSSSS SSSSSXXXXXXXXXX
    XX XXXXXXXXXXXXX gettext(u'It opens once, until %(until)s.') SS SSSSS SSSSS SSSSS SSSSSSSSSSXXXXXXXXXXXXXX
  XX XXXXXXXXXXXXXXXXXX XXXXXXXXXXXXXX XXXXXXBBB BBBBBBBB BBBBBBBBBBXX gettext(u'Back to the person') XXXXXXXX
  BBBB BBB BB BBBBBBXX XXXXXXXXXXX XXXXXXXXXXXXX XXXXXXXXXXXXXXBBBB BBBBBBXXXXXX gettext(u"The text is shown this once. Send it to the person's own phone; the house sends no messages to families itself.") XXXXXXXXXXX
  XXXXXXXX XXXXXXXXXXXX XXXXXXXXXXXX gettext(u'Send a message') XXXXX
    XX XXXXXXXXXXXXXXXXX XXXXXXXXXX gettext(u'[%(unit)s] %(name)s: see here what you are due, when it comes, and what is held of you: %(link)s Enter %(ending)s. It opens once, until %(until)s; pass it on to nobody.') SSSSSSSSSS SSSSSSSSS SSS SSSS SSSS SSS SSS SSSS SSSS SS SSSSSS SSS SSSS SS SSSS SS SSSS SSSSSSSS SSSSS SSSSSSSSSSS SS SSSSS SSSSS SSSSS SSSSSSSSSS SSSS SS SS SS SSSSSSSXXXX
    XX XXXXXXXXXXXXXXXXXXXXXXX XXXXXXXXXXXXX XXXXX XXXXXXXXXXXXX XXXXXXXXXXXXXXXX XXXXXXXXXXX gettext(u'Copied') X XXXXXXX gettext(u'Copy') XXXXXXXXXXX XXXXXXXXXXXXXX XXXXXXBBB BBBBBBBB BBBBBBBBBBXX gettext(u'Back to the person') XXXXXXXXXXXXXXXXXX
  BBBBXX XXXXXXXXXXX XXXXXXXXXXXX XXXXXXXXX XXXXXXXXXXXXXXBBBB BBBBBBXXXXXX gettext(u'The codes are shown this once. Print the slip or copy it by hand, and hand it to the person alone.') XXXXXXXXXXX
  XXXXXXXX XXXXXXXXXXXX XXXXX XXXXXXXXXXXXXXXXXXXXXXX
    XXX XXXXXXXXXX gettext(u'Slip to see what is held of you') XXXXX
    XXX gettext(u'%(name)s:') SSSSSSSSSXXXX
    XX XXXXXXXXXXXXXXXXXX gettext(u'%(unit)s keeps personal information of yours. By the law on the protection of personal information you may see it, have a copy, and ask for it to be corrected or erased. There you also see which money you are due and when it comes.') SSSSSSSS SSSSS SSSSSSSS SSSSSSSSSSS SS SSSSSS SS SSS SSS SS SSS SSSSSSSSSS SS SSSSSSSS SSSSSSSSSSS SSS SSS SSS SSS SSSS S SSSSS SSS SSS SSS SS SS SS SSSSSSSSS SS SSSSSSS SSSSS SSS SSSS SSS SSSSS SSSSS SSS SSS SSS SSS SSSS SS SSSSSSXXXX
    XXX XXXXXXXXXXXXXX
      XXXX pgettext(u'web', u'Address') XXXXXXXX XXXXXXXXXXXXX XXXXXXXXXXXXXXXXXXX
      XXXX gettext(u'Enter beside it') XXXXXXXXXXXXXX
      XXXX gettext(u'Holds until') XXXXXXXXXFFFFFFFFF FFFFFFFFFFXXXXX
      BB BBBBBBBBXXXX gettext(u'Handed to') XXXXXXXXX gettext(u'%(guardian)s (parent or guardian)') SSSSSSSSSSSS SSSSSSS SS SSSSSSSSSXXXXXBBBBB
    XXXXX
    XXX XXXXXXXXXXXXXXXXXXXBBB BBBB BB BBBBBXXXXXXXXXX gettext(u'Time %(number)s') SSSS SSSSSSSSSSXXXXXXXXXXX XXXXXXXXXX X  X XXXXXXXXXX XXXXXXXXXXXX gettext(u'Picture for the camera, time %(number)s') SSSSSSS SSS SSS SSSSSSS SSSS SSSSSSSSSSX XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX XXXXXXXXXXXXXX XXXXXXXXXXXXXXXXXXXXXXXXXXXBBBBBBXXXXX
    XXX XXXXXXXXXXXXXXXXXXX
      XXXX gettext(u'Point the camera of a phone at the first picture that you have not used, or open the address and enter the code below it. Each opens once: cross it out.') XXXXX
      XXXX gettext(u'Enter the four characters. After five failures all codes are locked.') XXXXX
      XXXX gettext(u'Read, ask for what is to be corrected, and leave. Your requests are answered on the same page within 15 working days.') XXXXX
    XXXXX
    XX XXXXXXXXXXXXX gettext(u'Keep this slip as you keep your identity card. If it is lost, tell the office: it takes the code back and gives you another.') XXXX
    BB BBBBBBBBBBXX XXXXXXXXXXXXXXXXXX gettext(u'Demonstration: person and unit are invented.') XXXXBBBBB
    XX XXXXXXXXXXXXXXXXXXXXXXFFFFFFFFFXXXX
  XXXXXXXXXX
  XX XXXXXXXXXXXXXX XXXXXXXXXXXXXXXXX XXXXXXXXXXXXX XXXXX XXXXXXXXXXXXX XXXXXXXXXX XXXXXXX gettext(u'Print') XXXXXXXXXXX XXXXXXXXXXXXXX XXXXXXBBB BBBBBBBB BBBBBBBBBBXX gettext(u'Back to the person') XXXXXXXXBBBBB
BBBBBBBB
