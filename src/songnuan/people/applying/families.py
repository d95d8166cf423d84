"""Writes what a span of a roster of families tells: new relatives, what is learnt of others, links."""

from typing import Final

STATEMENTS: Final = (
    # Two employees may have one relative: who bears a number is made once.
    """
INSERT INTO people_person (
  key, name, sex, birth_on, id_kind, id_number, id_index, phone, phone_index, account_index,
  bank, address_index, restricted, status, created_at, changed_at
)
SELECT
  w.person_key, w.relative_name, w.relative_sex, w.relative_birth_on, w.relative_id_kind,
  w.relative_id_number, w.relative_id_index, w.relative_phone, w.relative_phone_index, '', '', '',
  CASE WHEN w.relative_birth_on > %(minor_after)s THEN TRUE ELSE FALSE END, 'active', %(at)s, %(at)s
FROM (
  SELECT s.id, s.person_key, s.relative_name, s.relative_sex, s.relative_birth_on, s.relative_id_kind,
    s.relative_id_number, s.relative_id_index, s.relative_phone, s.relative_phone_index,
    ROW_NUMBER() OVER (
      PARTITION BY CASE WHEN s.relative_id_index > '' THEN s.relative_id_index ELSE s.person_key END
      ORDER BY s.id
    ) AS place
  FROM people_stagedfamily AS s
  WHERE [span] AND s.state = 'new'
) AS w
WHERE w.place = 1 AND NOT EXISTS (
  SELECT 1 FROM people_person AS p
  WHERE p.id_index = w.relative_id_index AND p.id_index > '' AND p.status = 'active'
)
ORDER BY w.id
""",
    """
UPDATE people_stagedfamily AS s SET relative_id = COALESCE(
  (SELECT p.id FROM people_person AS p
   WHERE p.id_index = s.relative_id_index AND p.id_index > '' AND p.status = 'active'),
  (SELECT p.id FROM people_person AS p WHERE p.key = s.person_key)
)
WHERE [span] AND s.state = 'new'
""",
    """
UPDATE people_person AS p SET
  sex = CASE WHEN s.relative_sex > '' THEN s.relative_sex ELSE p.sex END,
  birth_on = COALESCE(s.relative_birth_on, p.birth_on),
  restricted =
    CASE WHEN COALESCE(s.relative_birth_on, p.birth_on) > %(minor_after)s THEN TRUE ELSE FALSE END,
  id_kind = CASE WHEN p.id_index = '' THEN s.relative_id_kind ELSE p.id_kind END,
  id_number = CASE WHEN p.id_index = '' THEN s.relative_id_number ELSE p.id_number END,
  id_index = CASE WHEN p.id_index = '' THEN s.relative_id_index ELSE p.id_index END,
  phone = CASE WHEN s.relative_phone_index NOT IN ('', p.phone_index) THEN s.relative_phone ELSE p.phone END,
  phone_index = CASE WHEN s.relative_phone_index > '' THEN s.relative_phone_index ELSE p.phone_index END,
  changed_at = %(at)s
FROM people_stagedfamily AS s
WHERE [span] AND s.state IN ('joined', 'changed') AND p.id = s.relative_id AND (
  s.relative_sex NOT IN ('', p.sex) OR s.relative_birth_on <> p.birth_on
  OR (s.relative_birth_on IS NOT NULL AND p.birth_on IS NULL)
  OR (s.relative_id_index > '' AND p.id_index = '') OR s.relative_phone_index NOT IN ('', p.phone_index)
)
""",
    # Of who stands in several rows each may tell what the others leave out: the first that tells it counts.
    """
UPDATE people_person AS p SET
  sex = CASE WHEN p.sex = '' THEN w.sex ELSE p.sex END,
  birth_on = COALESCE(p.birth_on, w.birth_on),
  restricted = CASE WHEN COALESCE(p.birth_on, w.birth_on) > %(minor_after)s THEN TRUE ELSE FALSE END,
  phone = CASE WHEN p.phone_index = '' THEN w.phone ELSE p.phone END,
  phone_index = CASE WHEN p.phone_index = '' THEN w.phone_index ELSE p.phone_index END,
  changed_at = %(at)s
FROM (
  SELECT s.relative_id AS person, ROW_NUMBER() OVER (PARTITION BY s.relative_id ORDER BY s.id) AS place,
    FIRST_VALUE(s.relative_sex) OVER (
      PARTITION BY s.relative_id ORDER BY CASE WHEN s.relative_sex > '' THEN 0 ELSE 1 END, s.id
    ) AS sex,
    FIRST_VALUE(s.relative_birth_on) OVER (
      PARTITION BY s.relative_id ORDER BY CASE WHEN s.relative_birth_on IS NULL THEN 1 ELSE 0 END, s.id
    ) AS birth_on,
    FIRST_VALUE(s.relative_phone) OVER (
      PARTITION BY s.relative_id ORDER BY CASE WHEN s.relative_phone_index > '' THEN 0 ELSE 1 END, s.id
    ) AS phone,
    FIRST_VALUE(s.relative_phone_index) OVER (
      PARTITION BY s.relative_id ORDER BY CASE WHEN s.relative_phone_index > '' THEN 0 ELSE 1 END, s.id
    ) AS phone_index
  FROM people_stagedfamily AS s
  WHERE [span] AND s.state IN ('new', 'joined', 'changed')
) AS w
WHERE w.place = 1 AND p.id = w.person AND (
  (p.sex = '' AND w.sex > '') OR (p.birth_on IS NULL AND w.birth_on IS NOT NULL)
  OR (p.phone_index = '' AND w.phone_index > '')
)
""",
    """
UPDATE people_familylink AS e SET
  ends_on = CASE WHEN e.starts_on > %(day)s THEN e.starts_on ELSE %(day)s END
FROM people_stagedfamily AS s
WHERE [span] AND s.state = 'changed' AND e.id = s.target_id AND e.ends_on IS NULL AND (
  s.relation <> e.relation OR s.relative_unit NOT IN ('', e.workplace) OR s.note NOT IN ('', e.note)
)
""",
    # Another roster that told it keeps whom it told of: an ended row of its own says so.
    """
INSERT INTO people_familylink (
  roster_id, person_id, relative_id, relation, workplace, note, told_digest, told_by_id, starts_on, ends_on
)
SELECT
  e.roster_id, e.person_id, e.relative_id, e.relation, e.workplace, e.note, e.told_digest, e.told_by_id,
  e.starts_on, CASE WHEN e.starts_on > %(day)s THEN e.starts_on ELSE %(day)s END
FROM people_stagedfamily AS s
JOIN people_familylink AS e ON e.id = s.target_id AND e.ends_on IS NULL AND e.roster_id <> %(roster)s
WHERE [span] AND s.state = 'changed' AND NOT EXISTS (
  SELECT 1 FROM people_familylink AS o
  WHERE o.person_id = e.person_id AND o.relative_id = e.relative_id AND o.roster_id = e.roster_id
    AND o.id <> e.id AND o.told_digest > ''
)
ORDER BY s.id
""",
    """
UPDATE people_familylink AS e SET
  told_digest = s.told_digest, told_by_id = s.source_id, roster_id = %(roster)s
FROM people_stagedfamily AS s
WHERE [span] AND s.state = 'changed' AND e.id = s.target_id AND e.ends_on IS NULL
""",
    """
INSERT INTO people_familylink (
  roster_id, person_id, relative_id, relation, workplace, note, told_digest, told_by_id, starts_on
)
SELECT
  %(roster)s, e.person_id, e.relative_id, s.relation,
  CASE WHEN s.relative_unit > '' THEN s.relative_unit ELSE e.workplace END,
  CASE WHEN s.note > '' THEN s.note ELSE e.note END,
  s.told_digest, s.source_id, e.ends_on
FROM people_stagedfamily AS s
JOIN people_familylink AS e ON e.id = s.target_id AND e.ends_on IS NOT NULL
WHERE [span] AND s.state = 'changed'
ORDER BY s.id
""",
    """
INSERT INTO people_familylink (
  roster_id, person_id, relative_id, relation, workplace, note, told_digest, told_by_id, starts_on
)
SELECT
  %(roster)s, s.person_id, s.relative_id, s.relation, s.relative_unit, s.note,
  s.told_digest, s.source_id, %(day)s
FROM people_stagedfamily AS s
WHERE [span] AND s.state IN ('new', 'joined')
ORDER BY s.id
""",
)
"""The statements in their order; each asks for the rows of one span."""
