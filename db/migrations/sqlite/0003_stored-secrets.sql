CREATE TABLE `stored_secrets` (
	`owner` text NOT NULL,
	`field` text NOT NULL,
	`envelope` text NOT NULL,
	`key_id` text NOT NULL,
	`changed_at` integer NOT NULL,
	`changed_by` text NOT NULL,
	PRIMARY KEY(`owner`, `field`)
) STRICT, WITHOUT ROWID;
