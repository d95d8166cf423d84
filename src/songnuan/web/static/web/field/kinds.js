// The kinds of records there are, in the order in which the home screen shows them.
//
// A kind is a module kinds/<name>.js whose default export has:
//   name          as the house calls it
//   cards(here)   what this person has to do: [{ title, detail, badge, open() }]; may be async
//   line(record)  one line on a record, for "My records"; { label, told } as they were recorded
//   mend(here, record)
//                 where there is one: how a record that was refused is mended, a function that opens its form
//                 with what it told; nothing where it can't be
//   isDecided(here, record)
//                 where there is one: whether what waited for a decision was decided, as the packs tell
//
// `here` is what a kind works with (here.js):
//   here.t(name, values)      a word of the words file
//   here.pack                 what the house gave along for this kind, { part: value }; {} where nothing came
//   here.person               { id, name }
//   here.renewedAt            when the packs were fetched last (milliseconds; 0 if never)
//   here.records()            all records of this kind on this device, the oldest first:
//                             { key, state, told, label, recordedAt, sentence, url }
//   here.record({ told, said, files, label, draft, instead })
//                             keeps a record; when it returns, the record stands on the disk. `files` are
//                             Uint8Arrays by name; `draft` is the name of a draft that is done with, `instead`
//                             the key of a refused record that goes as this one stands. It says
//                             "recorded" on the screen, and what failed; then it returns null. `said` is what
//                             `told` says in words, [[label, text]], to be read when the packs are gone.
//   here.go({ title, draw(here), leave() })
//                             opens a screen; draw returns its element, or a promise of it, and is called anew
//                             when the packs or the records change (unless it has the focus in a field)
//   here.back(), here.redraw()
//   here.files(key)           the files of a record that stands on the disk, bytes by name
//   here.draft(name), here.keepDraft(name, value)
//                             what is being filled in, sealed; also `here.keepForm(form, name, { photos, pad,
//                             signedFor })`, which keeps and restores a form by itself: its named inputs, its
//                             photos, and what was signed, as long as it was signed for the same
//   here.say(text)            a sentence at the top of the screen

import contacts from "./kinds/contacts.js";
import musters from "./kinds/musters.js";
import pickups from "./kinds/pickups.js";
import situation from "./kinds/situation.js";
import visits from "./kinds/visits.js";

export const KINDS = [pickups, musters, situation, visits, contacts];
