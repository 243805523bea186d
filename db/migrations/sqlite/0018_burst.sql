CREATE TABLE `burst_applied` (
	`name` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`applied_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `burst_rates` (
	`from_at` integer PRIMARY KEY NOT NULL,
	`rate_micros` integer NOT NULL,
	`recorded_by` text NOT NULL,
	`recorded_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `burst_switches` (
	`at` integer PRIMARY KEY NOT NULL,
	`is_on` integer NOT NULL,
	`source` text NOT NULL,
	`note` text NOT NULL,
	`recorded_by` text NOT NULL,
	`recorded_at` integer NOT NULL
) STRICT;
