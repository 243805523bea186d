ALTER TABLE "users" ADD COLUMN "vouched_at" bigint;--> statement-breakpoint
-- What is known of it: sessions that began through the provider are kept for 90 days after their end.
UPDATE users SET vouched_at = (SELECT max(s.created_at) FROM sessions s WHERE s.user_key = users.key AND s.method = 'provider');