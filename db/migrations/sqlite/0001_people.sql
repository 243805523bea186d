CREATE TABLE `api_tokens` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`secret_hash` text NOT NULL,
	`user_key` integer NOT NULL,
	`scopes` text NOT NULL,
	`team_keys` text NOT NULL,
	`created_at` integer NOT NULL,
	`created_by` text NOT NULL,
	`expires_at` integer NOT NULL,
	`last_used_at` integer,
	`revoked_at` integer
) STRICT;
--> statement-breakpoint
CREATE INDEX `api_tokens_user` ON `api_tokens` (`user_key`);--> statement-breakpoint
CREATE TABLE `grants` (
	`user_key` integer NOT NULL,
	`role` text NOT NULL,
	`team_key` integer NOT NULL,
	`project_key` integer NOT NULL,
	`origin` text NOT NULL,
	`granted_at` integer NOT NULL,
	`granted_by` text NOT NULL,
	PRIMARY KEY(`user_key`, `role`, `team_key`, `project_key`, `origin`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `group_rules` (
	`group_name` text NOT NULL,
	`role` text NOT NULL,
	`team_key` integer NOT NULL,
	`project_key` integer NOT NULL,
	`created_at` integer NOT NULL,
	`created_by` text NOT NULL,
	PRIMARY KEY(`group_name`, `role`, `team_key`, `project_key`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `sessions` (
	`id_hash` text PRIMARY KEY NOT NULL,
	`user_key` integer NOT NULL,
	`method` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	`ends_at` integer NOT NULL,
	`revoked_at` integer,
	`address` text NOT NULL,
	`agent` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `sessions_user` ON `sessions` (`user_key`,`created_at`);--> statement-breakpoint
CREATE TABLE `sign_in_failures` (
	`subject` text PRIMARY KEY NOT NULL,
	`failures` integer NOT NULL,
	`last_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `sign_in_links` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`user_key` integer NOT NULL,
	`created_at` integer NOT NULL,
	`created_by` text NOT NULL,
	`expires_at` integer NOT NULL,
	`used_at` integer
) STRICT;
--> statement-breakpoint
CREATE INDEX `sign_in_links_user` ON `sign_in_links` (`user_key`);--> statement-breakpoint
CREATE TABLE `user_groups` (
	`user_key` integer NOT NULL,
	`group_name` text NOT NULL,
	PRIMARY KEY(`user_key`, `group_name`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `user_groups_name` ON `user_groups` (`group_name`);--> statement-breakpoint
CREATE TABLE `user_names` (
	`user_key` integer NOT NULL,
	`name` text NOT NULL,
	PRIMARY KEY(`user_key`, `name`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `user_names_name` ON `user_names` (`name`);--> statement-breakpoint
CREATE TABLE `users` (
	`key` integer PRIMARY KEY NOT NULL,
	`email` text NOT NULL,
	`name` text NOT NULL,
	`password_hash` text NOT NULL,
	`issuer` text NOT NULL,
	`subject` text NOT NULL,
	`created_at` integer NOT NULL,
	`created_by` text NOT NULL,
	`disabled_at` integer,
	`last_seen_at` integer
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `users_email` ON `users` (`email`);--> statement-breakpoint
CREATE INDEX `users_identity` ON `users` (`issuer`,`subject`);