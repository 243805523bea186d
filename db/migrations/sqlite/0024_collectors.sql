CREATE TABLE `collector_days` (
	`workload_hash` text NOT NULL,
	`day` integer NOT NULL,
	`source` text NOT NULL,
	`subject` text NOT NULL,
	`facts` text NOT NULL,
	`events` integer NOT NULL,
	`repeats` integer NOT NULL,
	`unmeasured` integer NOT NULL,
	`gpu_milli_seconds` integer NOT NULL,
	`utilised_milli_seconds` integer NOT NULL,
	`utilised_of_milli_seconds` integer NOT NULL,
	`covered_seconds` integer NOT NULL,
	`first_at` integer NOT NULL,
	`last_at` integer NOT NULL,
	PRIMARY KEY(`day`, `workload_hash`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `collector_events` (
	`event_hash` text PRIMARY KEY NOT NULL,
	`workload_hash` text NOT NULL,
	`from_at` integer NOT NULL,
	`until_at` integer NOT NULL,
	`counted` integer NOT NULL,
	`received_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `collector_events_workload` ON `collector_events` (`workload_hash`,`until_at`);--> statement-breakpoint
CREATE INDEX `collector_events_received` ON `collector_events` (`received_at`);--> statement-breakpoint
CREATE TABLE `collector_refused` (
	`key` integer PRIMARY KEY NOT NULL,
	`received_at` integer NOT NULL,
	`source` text NOT NULL,
	`event_id` text NOT NULL,
	`reason` text NOT NULL,
	`excerpt` text NOT NULL
) STRICT;
