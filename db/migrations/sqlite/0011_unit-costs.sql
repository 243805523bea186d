CREATE TABLE `unit_counts` (
	`unit_key` integer NOT NULL,
	`id` text NOT NULL,
	`day` integer NOT NULL,
	`count_milli` integer,
	`from_at` integer NOT NULL,
	`until_at` integer NOT NULL,
	`problem` text NOT NULL,
	`recorded_by` text NOT NULL,
	`recorded_at` integer NOT NULL,
	PRIMARY KEY(`unit_key`, `id`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `unit_counts_day` ON `unit_counts` (`unit_key`,`day`);--> statement-breakpoint
CREATE TABLE `units` (
	`key` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`noun` text NOT NULL,
	`per` integer NOT NULL,
	`scope_kind` text NOT NULL,
	`scope_value` text NOT NULL,
	`label` text NOT NULL,
	`gpu_model` text NOT NULL,
	`category` text NOT NULL,
	`loaded` integer NOT NULL,
	`basis` text NOT NULL,
	`source` text NOT NULL,
	`query` text NOT NULL,
	`empty_is_zero` integer NOT NULL,
	`counts_from_day` integer NOT NULL,
	`target_micros` integer,
	`threshold_micros` integer,
	`note` text NOT NULL,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	`archived_at` integer
) STRICT;
