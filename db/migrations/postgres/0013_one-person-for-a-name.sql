-- A name that several people had stays with whose address it is, else with the first who is not disabled. Each loss is on record.
WITH ranked AS (
  SELECT n.user_key, n.name, u.email, row_number() OVER (PARTITION BY n.name ORDER BY CASE WHEN u.email = n.name THEN 0 ELSE 1 END,
    CASE WHEN u.disabled_at IS NULL THEN 0 ELSE 1 END, n.user_key) AS place
  FROM user_names n LEFT JOIN users u ON u.key = n.user_key)
INSERT INTO audit_log (id, at, actor_kind, actor_id, action, subject, before, after, reason)
SELECT 'user-name/' || r.user_key || '/' || r.name, cast(extract(epoch from now()) as bigint), 'job', 'upgrade', 'users.manage', 'user/' || r.user_key,
  json_build_object('submitters', json_build_array(r.name))::text, '{"submitters":[]}',
  'A name belongs to one person. ' || r.name || ' stays with ' || k.email || '.'
FROM ranked r JOIN ranked k ON k.name = r.name AND k.place = 1 WHERE r.place > 1;--> statement-breakpoint
WITH ranked AS (
  SELECT n.user_key, n.name, u.email, row_number() OVER (PARTITION BY n.name ORDER BY CASE WHEN u.email = n.name THEN 0 ELSE 1 END,
    CASE WHEN u.disabled_at IS NULL THEN 0 ELSE 1 END, n.user_key) AS place
  FROM user_names n LEFT JOIN users u ON u.key = n.user_key)
DELETE FROM user_names WHERE EXISTS (SELECT 1 FROM ranked r
  WHERE r.place > 1 AND r.user_key = user_names.user_key AND r.name = user_names.name);--> statement-breakpoint
DROP INDEX "user_names_name";--> statement-breakpoint
CREATE UNIQUE INDEX "user_names_name" ON "user_names" USING btree ("name");