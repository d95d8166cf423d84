"""Writes what a span of a roster of people tells: new persons, what is learnt of others, enrolments."""

from typing import Final

# What a row leaves empty stays as it is known.
STATEMENTS: Final = (
    """
INSERT INTO people_person (
  key, name, sex, birth_on, id_kind, id_number, id_index, phone, phone_index, account, account_index,
  bank, address, address_index, restricted, status, created_at, changed_at
)
SELECT
  s.person_key, s.name, s.sex, s.birth_on, s.id_kind, s.id_number, s.id_index, s.phone, s.phone_index,
  s.account, s.account_index, s.bank, s.address, s.address_index,
  CASE WHEN s.birth_on > %(minor_after)s THEN TRUE ELSE FALSE END, 'active', %(at)s, %(at)s
FROM people_stagedperson AS s
WHERE [span] AND s.state = 'new'
ORDER BY s.id
""",
    """
UPDATE people_person AS p SET
  sex = CASE WHEN s.sex > '' THEN s.sex ELSE p.sex END,
  birth_on = COALESCE(s.birth_on, p.birth_on),
  restricted = CASE WHEN COALESCE(s.birth_on, p.birth_on) > %(minor_after)s THEN TRUE ELSE FALSE END,
  id_kind = CASE WHEN p.id_index = '' THEN s.id_kind ELSE p.id_kind END,
  id_number = CASE WHEN p.id_index = '' THEN s.id_number ELSE p.id_number END,
  id_index = CASE WHEN p.id_index = '' THEN s.id_index ELSE p.id_index END,
  phone = CASE WHEN s.phone_index NOT IN ('', p.phone_index) THEN s.phone ELSE p.phone END,
  phone_index = CASE WHEN s.phone_index > '' THEN s.phone_index ELSE p.phone_index END,
  account = CASE WHEN s.account_index NOT IN ('', p.account_index) THEN s.account ELSE p.account END,
  account_index = CASE WHEN s.account_index > '' THEN s.account_index ELSE p.account_index END,
  bank = CASE WHEN s.bank > '' THEN s.bank ELSE p.bank END,
  address = CASE WHEN s.address_index NOT IN ('', p.address_index) THEN s.address ELSE p.address END,
  address_index = CASE WHEN s.address_index > '' THEN s.address_index ELSE p.address_index END,
  changed_at = %(at)s
FROM people_stagedperson AS s
WHERE [span] AND s.state IN ('joined', 'changed') AND p.id = s.person_id AND (
  s.sex NOT IN ('', p.sex) OR s.birth_on <> p.birth_on OR (s.birth_on IS NOT NULL AND p.birth_on IS NULL)
  OR (s.id_index > '' AND p.id_index = '') OR s.phone_index NOT IN ('', p.phone_index)
  OR s.account_index NOT IN ('', p.account_index) OR s.bank NOT IN ('', p.bank)
  OR s.address_index NOT IN ('', p.address_index)
)
""",
    # Another unit or post ends the enrolment and begins the next; anything else only tells it anew.
    """
UPDATE people_enrolment AS e SET
  ends_on = CASE WHEN e.starts_on > %(day)s THEN e.starts_on ELSE %(day)s END
FROM people_stagedperson AS s
LEFT JOIN people_stagedunit AS u ON u.source_id = s.source_id AND u.name = s.unit_name
WHERE [span] AND s.state = 'changed' AND e.id = s.target_id AND e.ends_on IS NULL AND (
  u.unit_id <> e.unit_id OR s.post NOT IN ('', e.post) OR s.rank NOT IN ('', e.rank)
  OR s.category NOT IN ('', e.category) OR s.employee_number NOT IN ('', e.employee_number)
  OR s.note NOT IN ('', e.note)
)
""",
    """
UPDATE people_enrolment AS e SET told_digest = s.told_digest, told_by_id = s.source_id
FROM people_stagedperson AS s
WHERE [span] AND s.state = 'changed' AND e.id = s.target_id AND e.ends_on IS NULL
""",
    """
INSERT INTO people_enrolment (
  roster_id, person_id, unit_id, post, rank, category, employee_number, note,
  told_digest, told_by_id, starts_on
)
SELECT
  e.roster_id, e.person_id, COALESCE(u.unit_id, e.unit_id),
  CASE WHEN s.post > '' THEN s.post ELSE e.post END,
  CASE WHEN s.rank > '' THEN s.rank ELSE e.rank END,
  CASE WHEN s.category > '' THEN s.category ELSE e.category END,
  CASE WHEN s.employee_number > '' THEN s.employee_number ELSE e.employee_number END,
  CASE WHEN s.note > '' THEN s.note ELSE e.note END,
  s.told_digest, s.source_id, e.ends_on
FROM people_stagedperson AS s
JOIN people_enrolment AS e ON e.id = s.target_id AND e.ends_on IS NOT NULL
LEFT JOIN people_stagedunit AS u ON u.source_id = s.source_id AND u.name = s.unit_name
WHERE [span] AND s.state = 'changed'
ORDER BY s.id
""",
    """
INSERT INTO people_enrolment (
  roster_id, person_id, unit_id, post, rank, category, employee_number, note,
  told_digest, told_by_id, starts_on
)
SELECT
  %(roster)s, COALESCE(s.person_id, p.id), COALESCE(u.unit_id, %(unit)s), s.post, s.rank, s.category,
  s.employee_number, s.note, s.told_digest, s.source_id, %(day)s
FROM people_stagedperson AS s
LEFT JOIN people_person AS p ON p.key = s.person_key
LEFT JOIN people_stagedunit AS u ON u.source_id = s.source_id AND u.name = s.unit_name
WHERE [span] AND s.state IN ('new', 'joined')
ORDER BY s.id
""",
)
"""The statements in their order; each asks for the rows of one span."""
