CREATE TABLE `cluster_names` (
	`source` text NOT NULL,
	`name` text NOT NULL,
	`cluster_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`created_by` text NOT NULL,
	PRIMARY KEY(`source`, `name`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `connections` (
	`key` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`title` text NOT NULL,
	`settings` text NOT NULL,
	`created_at` integer NOT NULL,
	`created_by` text NOT NULL,
	`revision` integer NOT NULL,
	`paused_at` integer,
	`removed_at` integer
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `connections_name` ON `connections` (`name`);