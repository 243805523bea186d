CREATE TABLE `alert_team_digests` (
	`team_key` integer NOT NULL,
	`channel_key` integer NOT NULL,
	`mode` text NOT NULL,
	`changed_at` integer NOT NULL,
	`changed_by` text NOT NULL,
	PRIMARY KEY(`team_key`, `channel_key`)
) STRICT, WITHOUT ROWID;
