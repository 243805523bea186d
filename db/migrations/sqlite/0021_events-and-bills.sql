CREATE TABLE `bill_imports` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`format` text NOT NULL,
	`imported_by` text NOT NULL,
	`imported_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `bill_lines` (
	`import_id` text NOT NULL,
	`position` integer NOT NULL,
	`from_day` integer NOT NULL,
	`until_day` integer NOT NULL,
	`team_key` integer NOT NULL,
	`gpu` text NOT NULL,
	`service` text NOT NULL,
	`category` text NOT NULL,
	`source` text NOT NULL,
	`effective_micros` integer NOT NULL,
	`billed_micros` integer NOT NULL,
	PRIMARY KEY(`import_id`, `position`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `bill_lines_days` ON `bill_lines` (`until_day`,`from_day`);--> statement-breakpoint
CREATE INDEX `bill_lines_source` ON `bill_lines` (`source`);--> statement-breakpoint
CREATE TABLE `event_buckets` (
	`destination_key` integer NOT NULL,
	`cluster_id` text NOT NULL,
	`bucket_at` integer NOT NULL,
	`revision` integer NOT NULL,
	PRIMARY KEY(`destination_key`, `cluster_id`, `bucket_at`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `event_destinations` (
	`key` integer PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`settings` text NOT NULL,
	`from_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	`created_by` text NOT NULL,
	`paused_at` integer,
	`archived_at` integer,
	`attempts` integer NOT NULL,
	`next_attempt_at` integer NOT NULL,
	`error` text NOT NULL,
	`last_sent_at` integer
) STRICT;
--> statement-breakpoint
CREATE TABLE `event_usage` (
	`destination_key` integer NOT NULL,
	`bucket_at` integer NOT NULL,
	`hardware_key` integer NOT NULL,
	`workload_key` integer NOT NULL,
	`subject` text NOT NULL,
	`revision` integer NOT NULL,
	`sent` text NOT NULL,
	`pending` text NOT NULL,
	`state` text NOT NULL,
	`attempted_at` integer,
	`error` text NOT NULL,
	PRIMARY KEY(`destination_key`, `bucket_at`, `hardware_key`, `workload_key`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `event_usage_state` ON `event_usage` (`destination_key`,`state`,`bucket_at`);