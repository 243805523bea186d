CREATE TABLE `insight_buckets` (
	`cluster_id` text NOT NULL,
	`bucket_at` integer NOT NULL,
	`revision` integer NOT NULL,
	`through_at` integer NOT NULL,
	PRIMARY KEY(`cluster_id`, `bucket_at`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `insight_cells` (
	`workload_key` integer NOT NULL,
	`span_at` integer NOT NULL,
	`bytes` blob NOT NULL,
	PRIMARY KEY(`workload_key`, `span_at`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `insight_cells_span` ON `insight_cells` (`span_at`);--> statement-breakpoint
CREATE TABLE `insight_events` (
	`id` text PRIMARY KEY NOT NULL,
	`finding_key` integer NOT NULL,
	`at` integer NOT NULL,
	`kind` text NOT NULL,
	`by` text NOT NULL,
	`reason` text NOT NULL,
	`until` integer,
	`verdict` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `insight_events_finding` ON `insight_events` (`finding_key`,`at`);--> statement-breakpoint
CREATE TABLE `insight_exceptions` (
	`id` text PRIMARY KEY NOT NULL,
	`rule` text NOT NULL,
	`kind` text NOT NULL,
	`pattern` text NOT NULL,
	`reason` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `insight_exceptions_rule` ON `insight_exceptions` (`rule`,`expires_at`);--> statement-breakpoint
CREATE TABLE `insight_findings` (
	`key` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`rule` text NOT NULL,
	`rule_version` integer NOT NULL,
	`settings` text NOT NULL,
	`audience` text NOT NULL,
	`subject_kind` text NOT NULL,
	`subject` text NOT NULL,
	`cluster_id` text NOT NULL,
	`workload_key` integer NOT NULL,
	`project_key` integer NOT NULL,
	`opened_at` integer NOT NULL,
	`since_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	`ended_at` integer,
	`clear_cells` integer NOT NULL,
	`clear_at` integer,
	`counted_at` integer NOT NULL,
	`episodes` text NOT NULL,
	`severity` text NOT NULL,
	`points` integer NOT NULL,
	`evidence` text NOT NULL,
	`now_milli` integer NOT NULL,
	`hardware_key` integer NOT NULL,
	`standing` text NOT NULL,
	`standing_at` integer,
	`standing_by` text NOT NULL,
	`standing_reason` text NOT NULL,
	`standing_until` integer
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `insight_findings_id` ON `insight_findings` (`id`);--> statement-breakpoint
CREATE INDEX `insight_findings_workload` ON `insight_findings` (`workload_key`,`rule`);--> statement-breakpoint
CREATE INDEX `insight_findings_seen` ON `insight_findings` (`last_seen_at`,`rule`);--> statement-breakpoint
CREATE TABLE `insight_losses` (
	`finding_key` integer NOT NULL,
	`day` integer NOT NULL,
	`hardware_key` integer NOT NULL,
	`milli` integer NOT NULL,
	PRIMARY KEY(`finding_key`, `day`, `hardware_key`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `insight_losses_day` ON `insight_losses` (`day`,`finding_key`);--> statement-breakpoint
CREATE TABLE `insight_subjects` (
	`workload_key` integer PRIMARY KEY NOT NULL,
	`through_at` integer NOT NULL,
	`first_held_at` integer NOT NULL,
	`last_active_at` integer
) STRICT;
--> statement-breakpoint
CREATE TABLE `metered_buckets` (
	`cluster_id` text NOT NULL,
	`bucket_at` integer NOT NULL,
	`revision` integer NOT NULL,
	PRIMARY KEY(`cluster_id`, `bucket_at`)
) STRICT, WITHOUT ROWID;
