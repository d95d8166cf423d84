"""Persons, their families and their service at the front; rosters, and how they come in.

Owns `Roster`, `Person`, `Enrolment`, `FamilyLink`, `Service`, `RegisterTurn`, `RosterImport`, what is staged
for one (`StagedUnit`, `StagedPerson`, `StagedFamily`, `StagedService`, `ImportProblem`, `KeptRow`, `Mend`),
`ColumnMemory`, `DuplicatePair`, `HouseholdNote`, `AccessCode`, `Correction` and `Assessment`.
Promises: one active person bears an identity number; numbers, accounts and addresses are sealed, found by
blind index, and never in a list; the same file twice changes nothing; what a row leaves empty stays as
it is known; what is told is dated, never overwritten; an import is applied in chunks of which each is
whole or absent, and wherever it stops it goes on to the same end; two entries of one person are merged by
somebody, never by itself, and what led to either leads to the one that stays; when a roster's day is over,
what it told is gone, and so is everybody of whom no other roster tells.
"""
