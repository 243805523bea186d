CREATE TABLE `anomaly_feedback` (
	`measure` text NOT NULL,
	`scope_kind` text NOT NULL,
	`scope_key` integer NOT NULL,
	`day` integer NOT NULL,
	`verdict` text NOT NULL,
	`note` text NOT NULL,
	`given_by` text NOT NULL,
	`given_at` integer NOT NULL,
	PRIMARY KEY(`measure`, `scope_kind`, `scope_key`, `day`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `savings_actions` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`subject_kind` text NOT NULL,
	`subject_key` integer NOT NULL,
	`acted_day` integer NOT NULL,
	`expires_day` integer NOT NULL,
	`note` text NOT NULL,
	`recorded_by` text NOT NULL,
	`recorded_at` integer NOT NULL,
	`withdrawn_at` integer
) STRICT;
--> statement-breakpoint
CREATE INDEX `savings_actions_subject` ON `savings_actions` (`subject_kind`,`subject_key`);