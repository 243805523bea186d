ALTER TABLE `backfills` ADD `taken_windows` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `backfills` ADD `taken_short` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `backfills` ADD `taken_samples` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `windows_retry` ON `windows` (`status`,`next_attempt_at`,`start_at`);