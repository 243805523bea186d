CREATE TABLE `budgets` (
	`scope_kind` text NOT NULL,
	`scope_value` text NOT NULL,
	`from_day` integer NOT NULL,
	`version` integer NOT NULL,
	`span` text NOT NULL,
	`amount_micros` integer,
	`carry_over` integer NOT NULL,
	`warning_percent` integer NOT NULL,
	`critical_percent` integer NOT NULL,
	`note` text NOT NULL,
	`withdrawn` integer NOT NULL,
	`recorded_by` text NOT NULL,
	`recorded_at` integer NOT NULL,
	PRIMARY KEY(`scope_kind`, `scope_value`, `from_day`, `version`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `planned_events` (
	`id` text PRIMARY KEY NOT NULL,
	`scope_kind` text NOT NULL,
	`scope_value` text NOT NULL,
	`from_day` integer NOT NULL,
	`until_day` integer,
	`change_percent` integer NOT NULL,
	`per_day_micros` integer NOT NULL,
	`note` text NOT NULL,
	`recorded_by` text NOT NULL,
	`recorded_at` integer NOT NULL,
	`removed_at` integer
) STRICT;
