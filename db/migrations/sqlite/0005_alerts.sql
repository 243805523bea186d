CREATE TABLE `alert_attempts` (
	`delivery_key` integer NOT NULL,
	`fence` integer NOT NULL,
	`channel_key` integer NOT NULL,
	`started_at` integer NOT NULL,
	`finished_at` integer,
	`outcome` text NOT NULL,
	`status` integer NOT NULL,
	`excerpt` text NOT NULL,
	PRIMARY KEY(`delivery_key`, `fence`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `alert_attempts_rate` ON `alert_attempts` (`channel_key`,`started_at`);--> statement-breakpoint
CREATE TABLE `alert_channels` (
	`key` integer PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`settings` text NOT NULL,
	`rate_per_minute` integer NOT NULL,
	`created_at` integer NOT NULL,
	`created_by` text NOT NULL,
	`disabled_at` integer,
	`disabled_reason` text NOT NULL,
	`archived_at` integer
) STRICT;
--> statement-breakpoint
CREATE TABLE `alert_deliveries` (
	`key` integer PRIMARY KEY NOT NULL,
	`event_id` text NOT NULL,
	`sequence` integer NOT NULL,
	`change` text NOT NULL,
	`channel_key` integer NOT NULL,
	`target` text NOT NULL,
	`order_key` text NOT NULL,
	`message_id` text NOT NULL,
	`message` text NOT NULL,
	`state` text NOT NULL,
	`attempts` integer NOT NULL,
	`next_attempt_at` integer NOT NULL,
	`lease_until` integer NOT NULL,
	`fence` integer NOT NULL,
	`status` integer NOT NULL,
	`error` text NOT NULL,
	`created_at` integer NOT NULL,
	`finished_at` integer
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `alert_deliveries_once` ON `alert_deliveries` (`event_id`,`sequence`,`channel_key`,`target`);--> statement-breakpoint
CREATE INDEX `alert_deliveries_due` ON `alert_deliveries` (`state`,`next_attempt_at`);--> statement-breakpoint
CREATE INDEX `alert_deliveries_order` ON `alert_deliveries` (`order_key`,`key`);--> statement-breakpoint
CREATE INDEX `alert_deliveries_created` ON `alert_deliveries` (`created_at`);--> statement-breakpoint
CREATE TABLE `alert_digest_items` (
	`channel_key` integer NOT NULL,
	`target` text NOT NULL,
	`event_id` text NOT NULL,
	`sequence` integer NOT NULL,
	`mode` text NOT NULL,
	`message` text NOT NULL,
	`created_at` integer NOT NULL,
	`digest_id` text NOT NULL,
	PRIMARY KEY(`channel_key`, `target`, `event_id`, `sequence`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `alert_digest_items_due` ON `alert_digest_items` (`digest_id`,`mode`,`created_at`);--> statement-breakpoint
CREATE TABLE `alert_events` (
	`id` text PRIMARY KEY NOT NULL,
	`rule_key` integer NOT NULL,
	`subject` text NOT NULL,
	`open_key` text NOT NULL,
	`team_key` integer NOT NULL,
	`severity` text NOT NULL,
	`state` text NOT NULL,
	`level` integer NOT NULL,
	`title` text NOT NULL,
	`detail` text NOT NULL,
	`started_at` integer NOT NULL,
	`fired_at` integer,
	`resolved_at` integer,
	`sequence` integer NOT NULL,
	`notified_at` integer,
	`step` integer NOT NULL,
	`acknowledged_at` integer,
	`acknowledged_by` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `alert_events_open` ON `alert_events` (`open_key`);--> statement-breakpoint
CREATE INDEX `alert_events_rule` ON `alert_events` (`rule_key`,`subject`);--> statement-breakpoint
CREATE INDEX `alert_events_started` ON `alert_events` (`started_at`);--> statement-breakpoint
CREATE TABLE `alert_preferences` (
	`user_key` integer NOT NULL,
	`kind` text NOT NULL,
	`mode` text NOT NULL,
	`severity` text NOT NULL,
	`quiet_from` integer NOT NULL,
	`quiet_until` integer NOT NULL,
	`changed_at` integer NOT NULL,
	PRIMARY KEY(`user_key`, `kind`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `alert_received` (
	`fingerprint` text NOT NULL,
	`starts_at` integer NOT NULL,
	`ends_at` integer,
	`status` text NOT NULL,
	`labels` text NOT NULL,
	`annotations` text NOT NULL,
	`received_at` integer NOT NULL,
	PRIMARY KEY(`fingerprint`, `starts_at`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `alert_routes` (
	`rule_key` integer NOT NULL,
	`channel_key` integer NOT NULL,
	`mode` text NOT NULL,
	PRIMARY KEY(`rule_key`, `channel_key`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `alert_rules` (
	`key` integer PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`team_key` integer NOT NULL,
	`threshold` integer NOT NULL,
	`hold_seconds` integer NOT NULL,
	`severity` text NOT NULL,
	`quiet_from` integer NOT NULL,
	`quiet_until` integer NOT NULL,
	`repeat_seconds` integer NOT NULL,
	`escalate_seconds` integer NOT NULL,
	`people` integer NOT NULL,
	`muted_until` integer,
	`muted_reason` text NOT NULL,
	`created_at` integer NOT NULL,
	`created_by` text NOT NULL,
	`disabled_at` integer,
	`archived_at` integer,
	`checked_at` integer,
	`error` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `alert_unsubscribes` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`user_key` integer NOT NULL,
	`kind` text NOT NULL,
	`used_at` integer NOT NULL
) STRICT;
