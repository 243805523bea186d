CREATE TABLE `namespace_costs` (
	`cluster_id` text NOT NULL,
	`day` integer NOT NULL,
	`namespace` text NOT NULL,
	`currency` text NOT NULL,
	`cpu_micros` integer,
	`memory_micros` integer,
	`storage_micros` integer,
	`network_micros` integer,
	`load_balancer_micros` integer,
	`gpu_micros` integer,
	`gpu_milli_hours` integer,
	`read_at` integer NOT NULL,
	PRIMARY KEY(`cluster_id`, `day`, `namespace`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `readings` (
	`name` text NOT NULL,
	`started_at` integer NOT NULL,
	`finished_at` integer,
	`calls` integer NOT NULL,
	`status` text NOT NULL,
	`detail` text NOT NULL,
	`read_by` text NOT NULL,
	PRIMARY KEY(`name`, `started_at`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `bill_lines` ADD `gpu_milli_hours` integer;--> statement-breakpoint
ALTER TABLE `bill_lines` ADD `estimated` integer DEFAULT 0 NOT NULL;