CREATE TABLE `source_calls` (
	`source` text NOT NULL,
	`outcome` text NOT NULL,
	`bound_ms` integer NOT NULL,
	`calls` integer NOT NULL,
	`took_ms` integer NOT NULL,
	PRIMARY KEY(`source`, `outcome`, `bound_ms`)
) STRICT, WITHOUT ROWID;
