CREATE TABLE `audit_log` (
	`id` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`actor_kind` text NOT NULL,
	`actor_id` text NOT NULL,
	`action` text NOT NULL,
	`subject` text NOT NULL,
	`before` text,
	`after` text,
	`reason` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `audit_log_at` ON `audit_log` (`at`);--> statement-breakpoint
CREATE INDEX `audit_log_subject` ON `audit_log` (`subject`,`at`);--> statement-breakpoint
CREATE TABLE `charge_settings` (
	`from_day` integer PRIMARY KEY NOT NULL,
	`settings` text NOT NULL,
	`decided_by` text NOT NULL,
	`decided_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `charged_days` (
	`day` integer PRIMARY KEY NOT NULL,
	`metered_revision` integer NOT NULL,
	`charged_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `charges` (
	`day` integer NOT NULL,
	`hardware_key` integer NOT NULL,
	`workload_key` integer NOT NULL,
	`sku` text NOT NULL,
	`price_class` text NOT NULL,
	`price_key` integer NOT NULL,
	`unit_price_nanos` integer NOT NULL,
	`team_key` integer NOT NULL,
	`project_key` integer NOT NULL,
	`quantity` integer NOT NULL,
	`amount_micros` integer NOT NULL,
	`observed_milli` integer NOT NULL,
	`expected_milli` integer NOT NULL,
	`down_milli` integer NOT NULL,
	`down_micros` integer NOT NULL,
	`unknown_milli` integer NOT NULL,
	`unknown_micros` integer NOT NULL,
	`unallocated_milli` integer NOT NULL,
	`unallocated_micros` integer NOT NULL,
	`starting_milli` integer NOT NULL,
	`starting_micros` integer NOT NULL,
	`no_data_milli` integer NOT NULL,
	`no_data_micros` integer NOT NULL,
	`dead_idle_milli` integer NOT NULL,
	`dead_idle_micros` integer NOT NULL,
	`idle_held_milli` integer NOT NULL,
	`idle_held_micros` integer NOT NULL,
	`warm_serving_milli` integer NOT NULL,
	`warm_serving_micros` integer NOT NULL,
	`inefficient_milli` integer NOT NULL,
	`inefficient_micros` integer NOT NULL,
	`active_milli` integer NOT NULL,
	`active_micros` integer NOT NULL,
	PRIMARY KEY(`day`, `hardware_key`, `workload_key`, `sku`, `price_class`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `charges_workload` ON `charges` (`workload_key`,`day`);--> statement-breakpoint
CREATE TABLE `closes` (
	`period_id` text PRIMARY KEY NOT NULL,
	`sequence` integer NOT NULL,
	`from_day` integer NOT NULL,
	`until_day` integer NOT NULL,
	`closed_by` text NOT NULL,
	`closed_at` integer NOT NULL,
	`currency` text NOT NULL,
	`billing_time_zone` text NOT NULL,
	`total_micros` integer NOT NULL,
	`overrides` text NOT NULL,
	`hash` text NOT NULL,
	`previous_hash` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `corrections` (
	`origin_day` integer NOT NULL,
	`team_key` integer NOT NULL,
	`project_key` integer NOT NULL,
	`hardware_key` integer NOT NULL,
	`sku` text NOT NULL,
	`price_class` text NOT NULL,
	`booked_in` text NOT NULL,
	`quantity` integer NOT NULL,
	`amount_micros` integer NOT NULL,
	`reason` text NOT NULL,
	`found_at` integer NOT NULL,
	PRIMARY KEY(`origin_day`, `team_key`, `project_key`, `hardware_key`, `sku`, `price_class`, `booked_in`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `cost_imports` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`format` text NOT NULL,
	`imported_by` text NOT NULL,
	`imported_at` integer NOT NULL,
	`removed_at` integer
) STRICT;
--> statement-breakpoint
CREATE TABLE `cost_lines` (
	`import_id` text NOT NULL,
	`position` integer NOT NULL,
	`from_day` integer NOT NULL,
	`until_day` integer NOT NULL,
	`team_key` integer NOT NULL,
	`cluster_id` text NOT NULL,
	`category` text NOT NULL,
	`description` text NOT NULL,
	`amount_micros` integer NOT NULL,
	`currency` text NOT NULL,
	`billed_micros` integer NOT NULL,
	PRIMARY KEY(`import_id`, `position`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `cost_lines_days` ON `cost_lines` (`until_day`,`from_day`);--> statement-breakpoint
CREATE TABLE `exchange_rates` (
	`currency` text NOT NULL,
	`day` integer NOT NULL,
	`rate_nanos` integer NOT NULL,
	`source` text NOT NULL,
	`recorded_by` text NOT NULL,
	`recorded_at` integer NOT NULL,
	PRIMARY KEY(`currency`, `day`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `line_reviews` (
	`period_id` text NOT NULL,
	`team_key` integer NOT NULL,
	`line_key` text NOT NULL,
	`verdict` text NOT NULL,
	`reason` text NOT NULL,
	`by` text NOT NULL,
	`at` integer NOT NULL,
	`answer` text NOT NULL,
	`answered_by` text,
	`answered_at` integer,
	PRIMARY KEY(`period_id`, `team_key`, `line_key`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `metered_days` (
	`cluster_id` text NOT NULL,
	`day` integer NOT NULL,
	`revision` integer NOT NULL,
	PRIMARY KEY(`cluster_id`, `day`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `price_proposals` (
	`id` text PRIMARY KEY NOT NULL,
	`title` text NOT NULL,
	`status` text NOT NULL,
	`proposed_by` text NOT NULL,
	`proposed_at` integer NOT NULL,
	`decided_by` text,
	`decided_at` integer,
	`note` text NOT NULL,
	`version` integer
) STRICT;
--> statement-breakpoint
CREATE TABLE `prices` (
	`key` integer PRIMARY KEY NOT NULL,
	`proposal_id` text NOT NULL,
	`kind` text NOT NULL,
	`match` text NOT NULL,
	`cluster_id` text NOT NULL,
	`price_class` text NOT NULL,
	`unit_price_nanos` integer NOT NULL,
	`currency` text NOT NULL,
	`effective_from` integer NOT NULL,
	`origin` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `prices_proposal` ON `prices` (`proposal_id`);--> statement-breakpoint
CREATE TABLE `share_policies` (
	`cluster_id` text NOT NULL,
	`cost_class` text NOT NULL,
	`from_day` integer NOT NULL,
	`method` text NOT NULL,
	`decided_by` text NOT NULL,
	`decided_at` integer NOT NULL,
	PRIMARY KEY(`cluster_id`, `cost_class`, `from_day`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `shares` (
	`day` integer NOT NULL,
	`cluster_id` text NOT NULL,
	`hardware_key` integer NOT NULL,
	`cost_class` text NOT NULL,
	`team_key` integer NOT NULL,
	`method` text NOT NULL,
	`amount_micros` integer NOT NULL,
	`weight` integer NOT NULL,
	`weight_total` integer NOT NULL,
	PRIMARY KEY(`day`, `cluster_id`, `hardware_key`, `cost_class`, `team_key`, `method`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `statement_lines` (
	`number` text NOT NULL,
	`position` integer NOT NULL,
	`line` text NOT NULL,
	`amount_micros` integer NOT NULL,
	PRIMARY KEY(`number`, `position`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `statements` (
	`number` text PRIMARY KEY NOT NULL,
	`period_id` text NOT NULL,
	`team_key` integer NOT NULL,
	`kind` text NOT NULL,
	`total_micros` integer NOT NULL,
	`header` text NOT NULL,
	`hash` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `statements_team` ON `statements` (`period_id`,`team_key`);--> statement-breakpoint
CREATE TABLE `team_days` (
	`day` integer NOT NULL,
	`team_key` integer NOT NULL,
	`project_key` integer NOT NULL,
	`hardware_key` integer NOT NULL,
	`sku` text NOT NULL,
	`price_class` text NOT NULL,
	`price_key` integer NOT NULL,
	`unit_price_nanos` integer NOT NULL,
	`quantity` integer NOT NULL,
	`amount_micros` integer NOT NULL,
	`observed_milli` integer NOT NULL,
	`expected_milli` integer NOT NULL,
	`down_milli` integer NOT NULL,
	`down_micros` integer NOT NULL,
	`unknown_milli` integer NOT NULL,
	`unknown_micros` integer NOT NULL,
	`unallocated_milli` integer NOT NULL,
	`unallocated_micros` integer NOT NULL,
	`starting_milli` integer NOT NULL,
	`starting_micros` integer NOT NULL,
	`no_data_milli` integer NOT NULL,
	`no_data_micros` integer NOT NULL,
	`dead_idle_milli` integer NOT NULL,
	`dead_idle_micros` integer NOT NULL,
	`idle_held_milli` integer NOT NULL,
	`idle_held_micros` integer NOT NULL,
	`warm_serving_milli` integer NOT NULL,
	`warm_serving_micros` integer NOT NULL,
	`inefficient_milli` integer NOT NULL,
	`inefficient_micros` integer NOT NULL,
	`active_milli` integer NOT NULL,
	`active_micros` integer NOT NULL,
	PRIMARY KEY(`day`, `team_key`, `project_key`, `hardware_key`, `sku`, `price_class`, `price_key`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `team_rules` (
	`id` text PRIMARY KEY NOT NULL,
	`position` integer NOT NULL,
	`kind` text NOT NULL,
	`label` text NOT NULL,
	`pattern` text NOT NULL,
	`cluster_id` text NOT NULL,
	`team_key` integer NOT NULL,
	`from_day` integer NOT NULL,
	`until_day` integer,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `teams` (
	`key` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`cost_centre` text NOT NULL,
	`gl_account` text NOT NULL,
	`owner` text NOT NULL,
	`created_at` integer NOT NULL,
	`archived_at` integer
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `teams_name` ON `teams` (`name`);--> statement-breakpoint
CREATE TABLE `unpriced` (
	`day` integer NOT NULL,
	`hardware_key` integer NOT NULL,
	`sku` text NOT NULL,
	`price_class` text NOT NULL,
	`quantity` integer NOT NULL,
	`reason` text NOT NULL,
	PRIMARY KEY(`day`, `hardware_key`, `sku`, `price_class`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `workloads` ADD `labels` text DEFAULT '{}' NOT NULL;
--> statement-breakpoint
insert into metered_days (cluster_id, day, revision) select distinct h.cluster_id, d.day, 1 from usage_days d join hardware h on h.key = d.hardware_key;
--> statement-breakpoint
insert into teams (key, name, cost_centre, gl_account, owner, created_at, archived_at) values (1, 'Platform', '', '', '', 0, null), (2, 'Unassigned', '', '', '', 0, null);
--> statement-breakpoint
CREATE TRIGGER `charges_no_insert` BEFORE INSERT ON `charges` WHEN exists (select 1 from closes c where NEW.day >= c.from_day and NEW.day < c.until_day) BEGIN SELECT RAISE(ABORT, 'the period of this day is closed'); END;
--> statement-breakpoint
CREATE TRIGGER `charges_no_update` BEFORE UPDATE ON `charges` WHEN exists (select 1 from closes c where OLD.day >= c.from_day and OLD.day < c.until_day) or exists (select 1 from closes c where NEW.day >= c.from_day and NEW.day < c.until_day) BEGIN SELECT RAISE(ABORT, 'the period of this day is closed'); END;
--> statement-breakpoint
CREATE TRIGGER `charges_no_delete` BEFORE DELETE ON `charges` WHEN exists (select 1 from closes c where OLD.day >= c.from_day and OLD.day < c.until_day) BEGIN SELECT RAISE(ABORT, 'the period of this day is closed'); END;
--> statement-breakpoint
CREATE TRIGGER `team_days_no_insert` BEFORE INSERT ON `team_days` WHEN exists (select 1 from closes c where NEW.day >= c.from_day and NEW.day < c.until_day) BEGIN SELECT RAISE(ABORT, 'the period of this day is closed'); END;
--> statement-breakpoint
CREATE TRIGGER `team_days_no_update` BEFORE UPDATE ON `team_days` WHEN exists (select 1 from closes c where OLD.day >= c.from_day and OLD.day < c.until_day) or exists (select 1 from closes c where NEW.day >= c.from_day and NEW.day < c.until_day) BEGIN SELECT RAISE(ABORT, 'the period of this day is closed'); END;
--> statement-breakpoint
CREATE TRIGGER `team_days_no_delete` BEFORE DELETE ON `team_days` WHEN exists (select 1 from closes c where OLD.day >= c.from_day and OLD.day < c.until_day) BEGIN SELECT RAISE(ABORT, 'the period of this day is closed'); END;
--> statement-breakpoint
CREATE TRIGGER `shares_no_insert` BEFORE INSERT ON `shares` WHEN exists (select 1 from closes c where NEW.day >= c.from_day and NEW.day < c.until_day) BEGIN SELECT RAISE(ABORT, 'the period of this day is closed'); END;
--> statement-breakpoint
CREATE TRIGGER `shares_no_update` BEFORE UPDATE ON `shares` WHEN exists (select 1 from closes c where OLD.day >= c.from_day and OLD.day < c.until_day) or exists (select 1 from closes c where NEW.day >= c.from_day and NEW.day < c.until_day) BEGIN SELECT RAISE(ABORT, 'the period of this day is closed'); END;
--> statement-breakpoint
CREATE TRIGGER `shares_no_delete` BEFORE DELETE ON `shares` WHEN exists (select 1 from closes c where OLD.day >= c.from_day and OLD.day < c.until_day) BEGIN SELECT RAISE(ABORT, 'the period of this day is closed'); END;
--> statement-breakpoint
CREATE TRIGGER `unpriced_no_insert` BEFORE INSERT ON `unpriced` WHEN exists (select 1 from closes c where NEW.day >= c.from_day and NEW.day < c.until_day) BEGIN SELECT RAISE(ABORT, 'the period of this day is closed'); END;
--> statement-breakpoint
CREATE TRIGGER `unpriced_no_update` BEFORE UPDATE ON `unpriced` WHEN exists (select 1 from closes c where OLD.day >= c.from_day and OLD.day < c.until_day) or exists (select 1 from closes c where NEW.day >= c.from_day and NEW.day < c.until_day) BEGIN SELECT RAISE(ABORT, 'the period of this day is closed'); END;
--> statement-breakpoint
CREATE TRIGGER `unpriced_no_delete` BEFORE DELETE ON `unpriced` WHEN exists (select 1 from closes c where OLD.day >= c.from_day and OLD.day < c.until_day) BEGIN SELECT RAISE(ABORT, 'the period of this day is closed'); END;
--> statement-breakpoint
CREATE TRIGGER `closes_no_update` BEFORE UPDATE ON `closes` BEGIN SELECT RAISE(ABORT, 'what is closed never changes'); END;
--> statement-breakpoint
CREATE TRIGGER `closes_no_delete` BEFORE DELETE ON `closes` BEGIN SELECT RAISE(ABORT, 'what is closed never changes'); END;
--> statement-breakpoint
CREATE TRIGGER `statements_no_update` BEFORE UPDATE ON `statements` BEGIN SELECT RAISE(ABORT, 'what is closed never changes'); END;
--> statement-breakpoint
CREATE TRIGGER `statements_no_delete` BEFORE DELETE ON `statements` BEGIN SELECT RAISE(ABORT, 'what is closed never changes'); END;
--> statement-breakpoint
CREATE TRIGGER `statement_lines_no_update` BEFORE UPDATE ON `statement_lines` BEGIN SELECT RAISE(ABORT, 'what is closed never changes'); END;
--> statement-breakpoint
CREATE TRIGGER `statement_lines_no_delete` BEFORE DELETE ON `statement_lines` BEGIN SELECT RAISE(ABORT, 'what is closed never changes'); END;
--> statement-breakpoint
CREATE TRIGGER `statements_no_insert` BEFORE INSERT ON `statements` WHEN exists (select 1 from closes c where c.period_id = NEW.period_id) BEGIN SELECT RAISE(ABORT, 'the period is closed'); END;
--> statement-breakpoint
CREATE TRIGGER `statement_lines_no_insert` BEFORE INSERT ON `statement_lines` WHEN exists (select 1 from closes c join statements s on s.period_id = c.period_id where s.number = NEW.number) BEGIN SELECT RAISE(ABORT, 'the period is closed'); END;
--> statement-breakpoint
CREATE TRIGGER `closes_no_insert` BEFORE INSERT ON `closes` WHEN exists (select 1 from closes c where c.period_id = NEW.period_id or c.sequence = NEW.sequence) BEGIN SELECT RAISE(ABORT, 'the period is closed already'); END;
--> statement-breakpoint
CREATE TRIGGER `corrections_no_update` BEFORE UPDATE ON `corrections` WHEN OLD.booked_in <> '' BEGIN SELECT RAISE(ABORT, 'a booked correction never changes'); END;
--> statement-breakpoint
CREATE TRIGGER `corrections_no_delete` BEFORE DELETE ON `corrections` WHEN OLD.booked_in <> '' BEGIN SELECT RAISE(ABORT, 'a booked correction never changes'); END;
--> statement-breakpoint
CREATE TRIGGER `cost_lines_no_insert` BEFORE INSERT ON `cost_lines` WHEN exists (select 1 from closes c where NEW.until_day > c.from_day and NEW.from_day < c.until_day) BEGIN SELECT RAISE(ABORT, 'the period of this cost is closed'); END;
--> statement-breakpoint
CREATE TRIGGER `cost_lines_no_update` BEFORE UPDATE ON `cost_lines` WHEN exists (select 1 from closes c where OLD.until_day > c.from_day and OLD.from_day < c.until_day) or exists (select 1 from closes c where NEW.until_day > c.from_day and NEW.from_day < c.until_day) BEGIN SELECT RAISE(ABORT, 'the period of this cost is closed'); END;
--> statement-breakpoint
CREATE TRIGGER `cost_lines_no_delete` BEFORE DELETE ON `cost_lines` WHEN exists (select 1 from closes c where OLD.until_day > c.from_day and OLD.from_day < c.until_day) BEGIN SELECT RAISE(ABORT, 'the period of this cost is closed'); END;
--> statement-breakpoint
CREATE TRIGGER `prices_no_insert` BEFORE INSERT ON `prices` WHEN exists (select 1 from price_proposals p where p.id = NEW.proposal_id and p.status <> 'proposed') BEGIN SELECT RAISE(ABORT, 'a decided proposal never changes'); END;
--> statement-breakpoint
CREATE TRIGGER `prices_no_update` BEFORE UPDATE ON `prices` WHEN exists (select 1 from price_proposals p where p.id = OLD.proposal_id and p.status <> 'proposed') BEGIN SELECT RAISE(ABORT, 'a decided proposal never changes'); END;
--> statement-breakpoint
CREATE TRIGGER `prices_no_delete` BEFORE DELETE ON `prices` WHEN exists (select 1 from price_proposals p where p.id = OLD.proposal_id and p.status <> 'proposed') BEGIN SELECT RAISE(ABORT, 'a decided proposal never changes'); END;
--> statement-breakpoint
CREATE TRIGGER `price_proposals_no_update` BEFORE UPDATE ON `price_proposals` WHEN OLD.status <> 'proposed' BEGIN SELECT RAISE(ABORT, 'a decided proposal never changes'); END;
--> statement-breakpoint
CREATE TRIGGER `price_proposals_no_delete` BEFORE DELETE ON `price_proposals` WHEN OLD.status <> 'proposed' BEGIN SELECT RAISE(ABORT, 'a decided proposal never changes'); END;
--> statement-breakpoint
CREATE TRIGGER `audit_log_no_update` BEFORE UPDATE ON `audit_log` BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
--> statement-breakpoint
CREATE TRIGGER `audit_log_no_delete` BEFORE DELETE ON `audit_log` BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
