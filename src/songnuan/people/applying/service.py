"""Writes what a span of a roster of service tells: new persons, what is learnt of others, service."""

from typing import Final

STATEMENTS: Final = (
    # One person may have served twice: who bears a number is made once.
    """
INSERT INTO people_person (
  key, name, sex, birth_on, id_kind, id_number, id_index, phone, phone_index, account_index,
  bank, address_index, restricted, status, created_at, changed_at
)
SELECT
  w.person_key, w.name, w.sex, w.birth_on, w.id_kind, w.id_number, w.id_index, w.phone, w.phone_index,
  '', '', '', CASE WHEN w.birth_on > %(minor_after)s THEN TRUE ELSE FALSE END, 'active', %(at)s, %(at)s
FROM (
  SELECT s.id, s.person_key, s.name, s.sex, s.birth_on, s.id_kind, s.id_number, s.id_index, s.phone,
    s.phone_index, ROW_NUMBER() OVER (PARTITION BY s.id_index ORDER BY s.id) AS place
  FROM people_stagedservice AS s
  WHERE [span] AND s.state = 'new'
) AS w
WHERE w.place = 1 AND NOT EXISTS (
  SELECT 1 FROM people_person AS p
  WHERE p.id_index = w.id_index AND p.id_index > '' AND p.status = 'active'
)
ORDER BY w.id
""",
    """
UPDATE people_stagedservice AS s SET person_id = (
  SELECT p.id FROM people_person AS p
  WHERE p.id_index = s.id_index AND p.id_index > '' AND p.status = 'active'
)
WHERE [span] AND s.state = 'new'
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
  changed_at = %(at)s
FROM people_stagedservice AS s
WHERE [span] AND s.state IN ('joined', 'changed') AND p.id = s.person_id AND (
  s.sex NOT IN ('', p.sex) OR s.birth_on <> p.birth_on OR (s.birth_on IS NOT NULL AND p.birth_on IS NULL)
  OR (s.id_index > '' AND p.id_index = '') OR s.phone_index NOT IN ('', p.phone_index)
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
  SELECT s.person_id AS person, ROW_NUMBER() OVER (PARTITION BY s.person_id ORDER BY s.id) AS place,
    FIRST_VALUE(s.sex) OVER (
      PARTITION BY s.person_id ORDER BY CASE WHEN s.sex > '' THEN 0 ELSE 1 END, s.id
    ) AS sex,
    FIRST_VALUE(s.birth_on) OVER (
      PARTITION BY s.person_id ORDER BY CASE WHEN s.birth_on IS NULL THEN 1 ELSE 0 END, s.id
    ) AS birth_on,
    FIRST_VALUE(s.phone) OVER (
      PARTITION BY s.person_id ORDER BY CASE WHEN s.phone_index > '' THEN 0 ELSE 1 END, s.id
    ) AS phone,
    FIRST_VALUE(s.phone_index) OVER (
      PARTITION BY s.person_id ORDER BY CASE WHEN s.phone_index > '' THEN 0 ELSE 1 END, s.id
    ) AS phone_index
  FROM people_stagedservice AS s
  WHERE [span] AND s.state IN ('new', 'joined', 'changed')
) AS w
WHERE w.place = 1 AND p.id = w.person AND (
  (p.sex = '' AND w.sex > '') OR (p.birth_on IS NULL AND w.birth_on IS NOT NULL)
  OR (p.phone_index = '' AND w.phone_index > '')
)
""",
    """
UPDATE people_service AS e SET
  withdrawn_on = CASE WHEN e.recorded_on > %(day)s THEN e.recorded_on ELSE %(day)s END
FROM people_stagedservice AS s
LEFT JOIN people_stagedunit AS u ON u.source_id = s.source_id AND u.name = s.unit_name
WHERE [span] AND s.state = 'changed' AND e.id = s.target_id AND e.withdrawn_on IS NULL AND (
  u.unit_id <> e.unit_id OR s.note NOT IN ('', e.note)
  OR s.ends_on <> e.ends_on OR (s.ends_on IS NOT NULL AND e.ends_on IS NULL)
  OR s.minutes <> e.minutes OR (s.minutes IS NOT NULL AND e.minutes IS NULL)
  OR s.direct_contact <> e.direct_contact OR (s.direct_contact IS NOT NULL AND e.direct_contact IS NULL)
)
""",
    # Another roster that told it keeps whom it told of: a withdrawn row of its own says so.
    """
INSERT INTO people_service (
  roster_id, person_id, unit_id, place, post, direct_contact, starts_on, ends_on, minutes, note,
  told_digest, told_by_id, recorded_on, withdrawn_on
)
SELECT
  e.roster_id, e.person_id, e.unit_id, e.place, e.post, e.direct_contact, e.starts_on, e.ends_on, e.minutes,
  e.note, e.told_digest, e.told_by_id, e.recorded_on,
  CASE WHEN e.recorded_on > %(day)s THEN e.recorded_on ELSE %(day)s END
FROM people_stagedservice AS s
JOIN people_service AS e ON e.id = s.target_id AND e.withdrawn_on IS NULL AND e.roster_id <> %(roster)s
WHERE [span] AND s.state = 'changed' AND NOT EXISTS (
  SELECT 1 FROM people_service AS o
  WHERE o.person_id = e.person_id AND o.place = e.place AND o.post = e.post AND o.starts_on = e.starts_on
    AND o.roster_id = e.roster_id AND o.id <> e.id AND o.told_digest > ''
)
ORDER BY s.id
""",
    """
UPDATE people_service AS e SET
  told_digest = s.told_digest, told_by_id = s.source_id, roster_id = %(roster)s
FROM people_stagedservice AS s
WHERE [span] AND s.state = 'changed' AND e.id = s.target_id AND e.withdrawn_on IS NULL
""",
    """
INSERT INTO people_service (
  roster_id, person_id, unit_id, place, post, direct_contact, starts_on, ends_on, minutes, note,
  told_digest, told_by_id, recorded_on
)
SELECT
  %(roster)s, e.person_id, COALESCE(u.unit_id, e.unit_id), e.place, e.post,
  COALESCE(s.direct_contact, e.direct_contact), e.starts_on, COALESCE(s.ends_on, e.ends_on),
  COALESCE(s.minutes, e.minutes), CASE WHEN s.note > '' THEN s.note ELSE e.note END,
  s.told_digest, s.source_id, e.withdrawn_on
FROM people_stagedservice AS s
JOIN people_service AS e ON e.id = s.target_id AND e.withdrawn_on IS NOT NULL
LEFT JOIN people_stagedunit AS u ON u.source_id = s.source_id AND u.name = s.unit_name
WHERE [span] AND s.state = 'changed'
ORDER BY s.id
""",
    """
INSERT INTO people_service (
  roster_id, person_id, unit_id, place, post, direct_contact, starts_on, ends_on, minutes, note,
  told_digest, told_by_id, recorded_on
)
SELECT
  %(roster)s, s.person_id, COALESCE(u.unit_id, %(unit)s), s.place, s.post, s.direct_contact, s.starts_on,
  s.ends_on, s.minutes, s.note, s.told_digest, s.source_id, %(day)s
FROM people_stagedservice AS s
LEFT JOIN people_stagedunit AS u ON u.source_id = s.source_id AND u.name = s.unit_name
WHERE [span] AND s.state IN ('new', 'joined')
ORDER BY s.id
""",
)
"""The statements in their order; each asks for the rows of one span."""
