CREATE INDEX `sync_runs_started` ON `sync_runs` (`started_at`);--> statement-breakpoint
CREATE INDEX `sync_runs_ended` ON `sync_runs` (`status`,`finished_at`);