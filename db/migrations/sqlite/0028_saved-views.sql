CREATE TABLE `saved_views` (
	`user_key` integer NOT NULL,
	`path` text NOT NULL,
	`name` text NOT NULL,
	`query` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`user_key`, `path`, `name`)
) STRICT, WITHOUT ROWID;
