ALTER TABLE "backfills" ADD COLUMN "taken_windows" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "backfills" ADD COLUMN "taken_short" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "backfills" ADD COLUMN "taken_samples" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "windows_retry" ON "windows" USING btree ("status","next_attempt_at","start_at");