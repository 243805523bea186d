CREATE TABLE `pod_restarts` (
	`cluster_id` text NOT NULL,
	`pod_id` text NOT NULL,
	`at` integer NOT NULL,
	`workload_key` integer NOT NULL,
	PRIMARY KEY(`cluster_id`, `pod_id`, `at`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `pod_restarts_workload` ON `pod_restarts` (`workload_key`);--> statement-breakpoint
ALTER TABLE `pods` ADD `latest_start_at` integer;