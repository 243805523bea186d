CREATE TABLE `metric_units` (
	`source` text NOT NULL,
	`name` text NOT NULL,
	`day` integer NOT NULL,
	`unit` text NOT NULL,
	PRIMARY KEY(`source`, `name`, `day`, `unit`)
) STRICT, WITHOUT ROWID;
