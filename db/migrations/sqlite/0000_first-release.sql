CREATE TABLE `adjustments` (
	`id` text PRIMARY KEY NOT NULL,
	`period_id` text NOT NULL,
	`team_key` integer NOT NULL,
	`line_key` text NOT NULL,
	`amount_micros` integer NOT NULL,
	`reason` text NOT NULL,
	`decided_by` text NOT NULL,
	`decided_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `adjustments_team` ON `adjustments` (`period_id`,`team_key`);--> statement-breakpoint
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
CREATE TABLE `backfills` (
	`id` text PRIMARY KEY NOT NULL,
	`from_at` integer NOT NULL,
	`to_at` integer NOT NULL,
	`step_seconds` integer NOT NULL,
	`status` text NOT NULL,
	`requested_by` text NOT NULL,
	`planned_from_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	`started_at` integer,
	`finished_at` integer,
	`error` text NOT NULL,
	`taken_windows` integer DEFAULT 0 NOT NULL,
	`taken_short` integer DEFAULT 0 NOT NULL,
	`taken_samples` integer DEFAULT 0 NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `capacity` (
	`bucket_at` integer NOT NULL,
	`hardware_key` integer NOT NULL,
	`capacity_milli` integer NOT NULL,
	`overlap_milli` integer NOT NULL,
	`through_at` integer NOT NULL,
	`rules_id` text NOT NULL,
	PRIMARY KEY(`bucket_at`, `hardware_key`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `charge_revision` (
	`key` integer PRIMARY KEY NOT NULL,
	`revision` integer NOT NULL
) STRICT;
--> statement-breakpoint
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
CREATE TABLE `chunks` (
	`start_at` integer NOT NULL,
	`series_key` integer NOT NULL,
	`count` integer NOT NULL,
	`step_seconds` integer NOT NULL,
	`bytes` blob NOT NULL,
	PRIMARY KEY(`start_at`, `series_key`)
) STRICT;
--> statement-breakpoint
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
CREATE TABLE `clusters` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`version` text,
	`state` text NOT NULL,
	`last_liveness_at` integer,
	`created_at` integer,
	`deleted_at` integer,
	`first_seen_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL
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
CREATE TABLE `departments` (
	`cluster_id` text NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`last_seen_at` integer NOT NULL,
	PRIMARY KEY(`cluster_id`, `id`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `due_buckets` (
	`cluster_id` text NOT NULL,
	`bucket_at` integer NOT NULL,
	`revision` integer NOT NULL,
	PRIMARY KEY(`cluster_id`, `bucket_at`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
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
CREATE TABLE `findings` (
	`bucket_at` integer NOT NULL,
	`cluster_id` text NOT NULL,
	`kind` text NOT NULL,
	`subject` text NOT NULL,
	`quantity_milli` integer NOT NULL,
	`detail` text NOT NULL,
	PRIMARY KEY(`bucket_at`, `cluster_id`, `kind`, `subject`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `fleet` (
	`cluster_id` text NOT NULL,
	`node` text NOT NULL,
	`position` integer NOT NULL,
	`hardware_key` integer NOT NULL,
	`gpu` text NOT NULL,
	`milli` integer NOT NULL,
	`class` text NOT NULL,
	`workload_key` integer NOT NULL,
	`utilisation_centi` integer,
	`gpu_memory_mib` integer,
	`since_at` integer NOT NULL,
	`as_of_at` integer NOT NULL,
	PRIMARY KEY(`cluster_id`, `node`, `position`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `former_facts` (
	`kind` text NOT NULL,
	`key` integer NOT NULL,
	`until_at` integer NOT NULL,
	`facts` text NOT NULL,
	PRIMARY KEY(`kind`, `key`, `until_at`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `gaps` (
	`cluster_id` text NOT NULL,
	`source` text NOT NULL,
	`subject` text NOT NULL,
	`start_at` integer NOT NULL,
	`end_at` integer NOT NULL,
	`cause` text NOT NULL,
	`status` text NOT NULL,
	`attempts` integer NOT NULL,
	`first_seen_at` integer NOT NULL,
	`next_retry_at` integer NOT NULL,
	`healed_at` integer,
	PRIMARY KEY(`cluster_id`, `source`, `subject`, `start_at`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `gaps_open` ON `gaps` (`status`,`next_retry_at`);--> statement-breakpoint
CREATE TABLE `hardware` (
	`key` integer PRIMARY KEY NOT NULL,
	`cluster_id` text NOT NULL,
	`node_pool` text NOT NULL,
	`gpu_model` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `hardware_identity` ON `hardware` (`cluster_id`,`gpu_model`,`node_pool`);--> statement-breakpoint
CREATE TABLE `leases` (
	`name` text PRIMARY KEY NOT NULL,
	`owner` text NOT NULL,
	`until_at` integer NOT NULL
) STRICT;
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
CREATE TABLE `list_prices` (
	`catalogue` text NOT NULL,
	`position` integer NOT NULL,
	`cloud` text NOT NULL,
	`instance` text NOT NULL,
	`region` text NOT NULL,
	`zone` text NOT NULL,
	`gpu_model` text NOT NULL,
	`gpus` integer NOT NULL,
	`on_demand` text NOT NULL,
	`spot` text NOT NULL,
	`on_demand_nanos` integer,
	`spot_nanos` integer,
	`currency` text NOT NULL,
	`source` text NOT NULL,
	`as_of` text NOT NULL,
	`words` text NOT NULL,
	PRIMARY KEY(`catalogue`, `position`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `meter_rules` (
	`id` text PRIMARY KEY NOT NULL,
	`rules` text NOT NULL,
	`first_used_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `metered_days` (
	`cluster_id` text NOT NULL,
	`day` integer NOT NULL,
	`revision` integer NOT NULL,
	PRIMARY KEY(`cluster_id`, `day`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `node_pools` (
	`cluster_id` text NOT NULL,
	`name` text NOT NULL,
	`pool_id` text NOT NULL,
	`last_seen_at` integer NOT NULL,
	PRIMARY KEY(`cluster_id`, `name`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `node_states` (
	`cluster_id` text NOT NULL,
	`node` text NOT NULL,
	`from_at` integer NOT NULL,
	`until_at` integer NOT NULL,
	`node_pool` text NOT NULL,
	`gpu_model` text NOT NULL,
	`gpu_count` integer NOT NULL,
	`ready` integer,
	PRIMARY KEY(`cluster_id`, `node`, `from_at`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `nodes` (
	`cluster_id` text NOT NULL,
	`name` text NOT NULL,
	`node_id` text NOT NULL,
	`node_pool` text NOT NULL,
	`gpu_model` text NOT NULL,
	`gpu_count` integer NOT NULL,
	`ready` integer,
	`created_at` integer,
	`first_seen_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	`removed_at` integer,
	PRIMARY KEY(`cluster_id`, `name`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `phases` (
	`workload_key` integer NOT NULL,
	`at` integer NOT NULL,
	`phase` text NOT NULL,
	PRIMARY KEY(`workload_key`, `at`, `phase`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `pods` (
	`cluster_id` text NOT NULL,
	`id` text NOT NULL,
	`workload_key` integer NOT NULL,
	`name` text NOT NULL,
	`node` text NOT NULL,
	`node_pool` text NOT NULL,
	`phase` text NOT NULL,
	`created_at` integer NOT NULL,
	`started_at` integer,
	`ended_at` integer NOT NULL,
	`gpu_milli` integer,
	`gpu_memory_request_mib` integer,
	`last_seen_at` integer NOT NULL,
	PRIMARY KEY(`cluster_id`, `id`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `pods_workload` ON `pods` (`workload_key`,`started_at`);--> statement-breakpoint
CREATE INDEX `pods_ended` ON `pods` (`cluster_id`,`ended_at`,`started_at`);--> statement-breakpoint
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
CREATE UNIQUE INDEX `price_proposals_version` ON `price_proposals` (`version`);--> statement-breakpoint
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
CREATE TABLE `project_peaks` (
	`bucket_at` integer NOT NULL,
	`project_key` integer NOT NULL,
	`allocated_milli` integer NOT NULL,
	`pods` integer NOT NULL,
	`running_pods` integer NOT NULL,
	PRIMARY KEY(`bucket_at`, `project_key`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `projects` (
	`key` integer PRIMARY KEY NOT NULL,
	`cluster_id` text NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`department_id` text NOT NULL,
	`department_name` text NOT NULL,
	`namespace` text NOT NULL,
	`quota` text NOT NULL,
	`last_seen_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `projects_id` ON `projects` (`cluster_id`,`id`);--> statement-breakpoint
CREATE TABLE `pruned_spans` (
	`start_at` integer PRIMARY KEY NOT NULL,
	`pruned_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `series` (
	`key` integer PRIMARY KEY NOT NULL,
	`cluster_id` text NOT NULL,
	`subject_kind` text NOT NULL,
	`subject_id` text NOT NULL,
	`gpu` text NOT NULL,
	`metric` text NOT NULL,
	`node` text NOT NULL,
	`gpu_model` text NOT NULL,
	`shared` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `series_identity` ON `series` (`subject_id`,`metric`,`gpu`,`subject_kind`,`cluster_id`);--> statement-breakpoint
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
CREATE TABLE `spend_days` (
	`day` integer NOT NULL,
	`team_key` integer NOT NULL,
	`project_key` integer NOT NULL,
	`cluster_id` text NOT NULL,
	`usage_micros` integer NOT NULL,
	`share_micros` integer NOT NULL,
	`cost_micros` integer NOT NULL,
	`gpu_milli` integer NOT NULL,
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
	PRIMARY KEY(`day`, `team_key`, `project_key`, `cluster_id`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `spend_months` (
	`month` integer NOT NULL,
	`team_key` integer NOT NULL,
	`project_key` integer NOT NULL,
	`cluster_id` text NOT NULL,
	`usage_micros` integer NOT NULL,
	`share_micros` integer NOT NULL,
	`cost_micros` integer NOT NULL,
	`gpu_milli` integer NOT NULL,
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
	PRIMARY KEY(`month`, `team_key`, `project_key`, `cluster_id`)
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
CREATE TABLE `sync_runs` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`started_at` integer NOT NULL,
	`finished_at` integer,
	`status` text NOT NULL,
	`counts` text NOT NULL,
	`error` text NOT NULL
) STRICT;
--> statement-breakpoint
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
CREATE TABLE `usage` (
	`bucket_at` integer NOT NULL,
	`hardware_key` integer NOT NULL,
	`workload_key` integer NOT NULL,
	`level` text NOT NULL,
	`down_milli` integer NOT NULL,
	`unknown_milli` integer NOT NULL,
	`unallocated_milli` integer NOT NULL,
	`starting_milli` integer NOT NULL,
	`no_data_milli` integer NOT NULL,
	`dead_idle_milli` integer NOT NULL,
	`idle_held_milli` integer NOT NULL,
	`warm_serving_milli` integer NOT NULL,
	`inefficient_milli` integer NOT NULL,
	`active_milli` integer NOT NULL,
	`observed_milli` integer NOT NULL,
	`utilisation_weighted` integer NOT NULL,
	`utilisation_peak_centi` integer,
	`allocated_peak_milli` integer NOT NULL,
	`held_seconds` integer NOT NULL,
	`gpu_memory_used_mib_seconds` integer NOT NULL,
	`gpu_memory_observed_seconds` integer NOT NULL,
	`gpu_memory_peak_mib` integer,
	`gpu_memory_requested_mib_seconds` integer NOT NULL,
	`gpu_memory_requested_peak_mib` integer,
	`cpu_used_milli_seconds` integer NOT NULL,
	`cpu_observed_seconds` integer NOT NULL,
	`cpu_peak_milli` integer,
	`cpu_requested_milli_seconds` integer NOT NULL,
	`cpu_requested_peak_milli` integer,
	`cpu_limit_milli_seconds` integer NOT NULL,
	`cpu_limit_peak_milli` integer,
	`memory_used_mib_seconds` integer NOT NULL,
	`memory_observed_seconds` integer NOT NULL,
	`memory_peak_mib` integer,
	`memory_requested_mib_seconds` integer NOT NULL,
	`memory_requested_peak_mib` integer,
	`memory_limit_mib_seconds` integer NOT NULL,
	`memory_limit_peak_mib` integer,
	`pod_seconds` integer NOT NULL,
	`pods_peak` integer NOT NULL,
	`running_pod_seconds` integer NOT NULL,
	`running_pods_peak` integer NOT NULL,
	PRIMARY KEY(`bucket_at`, `hardware_key`, `workload_key`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `usage_workload` ON `usage` (`workload_key`,`bucket_at`);--> statement-breakpoint
CREATE TABLE `usage_days` (
	`day` integer NOT NULL,
	`hardware_key` integer NOT NULL,
	`workload_key` integer NOT NULL,
	`project_key` integer DEFAULT 0 NOT NULL,
	`level` text NOT NULL,
	`down_milli` integer NOT NULL,
	`unknown_milli` integer NOT NULL,
	`unallocated_milli` integer NOT NULL,
	`starting_milli` integer NOT NULL,
	`no_data_milli` integer NOT NULL,
	`dead_idle_milli` integer NOT NULL,
	`idle_held_milli` integer NOT NULL,
	`warm_serving_milli` integer NOT NULL,
	`inefficient_milli` integer NOT NULL,
	`active_milli` integer NOT NULL,
	`observed_milli` integer NOT NULL,
	`utilisation_weighted` integer NOT NULL,
	`utilisation_peak_centi` integer,
	`allocated_peak_milli` integer NOT NULL,
	`held_seconds` integer NOT NULL,
	`gpu_memory_used_mib_seconds` integer NOT NULL,
	`gpu_memory_observed_seconds` integer NOT NULL,
	`gpu_memory_peak_mib` integer,
	`gpu_memory_requested_mib_seconds` integer NOT NULL,
	`gpu_memory_requested_peak_mib` integer,
	`cpu_used_milli_seconds` integer NOT NULL,
	`cpu_observed_seconds` integer NOT NULL,
	`cpu_peak_milli` integer,
	`cpu_requested_milli_seconds` integer NOT NULL,
	`cpu_requested_peak_milli` integer,
	`cpu_limit_milli_seconds` integer NOT NULL,
	`cpu_limit_peak_milli` integer,
	`memory_used_mib_seconds` integer NOT NULL,
	`memory_observed_seconds` integer NOT NULL,
	`memory_peak_mib` integer,
	`memory_requested_mib_seconds` integer NOT NULL,
	`memory_requested_peak_mib` integer,
	`memory_limit_mib_seconds` integer NOT NULL,
	`memory_limit_peak_mib` integer,
	`pod_seconds` integer NOT NULL,
	`pods_peak` integer NOT NULL,
	`running_pod_seconds` integer NOT NULL,
	`running_pods_peak` integer NOT NULL,
	PRIMARY KEY(`day`, `hardware_key`, `workload_key`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `usage_days_workload` ON `usage_days` (`workload_key`,`day`,`project_key`,`allocated_peak_milli`);--> statement-breakpoint
CREATE TABLE `usage_project_days` (
	`day` integer NOT NULL,
	`hardware_key` integer NOT NULL,
	`project_key` integer NOT NULL,
	`down_milli` integer NOT NULL,
	`unknown_milli` integer NOT NULL,
	`unallocated_milli` integer NOT NULL,
	`starting_milli` integer NOT NULL,
	`no_data_milli` integer NOT NULL,
	`dead_idle_milli` integer NOT NULL,
	`idle_held_milli` integer NOT NULL,
	`warm_serving_milli` integer NOT NULL,
	`inefficient_milli` integer NOT NULL,
	`active_milli` integer NOT NULL,
	`observed_milli` integer NOT NULL,
	`utilisation_weighted` integer NOT NULL,
	`utilisation_peak_centi` integer,
	`allocated_peak_milli` integer NOT NULL,
	`held_seconds` integer NOT NULL,
	`gpu_memory_used_mib_seconds` integer NOT NULL,
	`gpu_memory_observed_seconds` integer NOT NULL,
	`gpu_memory_peak_mib` integer,
	`gpu_memory_requested_mib_seconds` integer NOT NULL,
	`gpu_memory_requested_peak_mib` integer,
	`cpu_used_milli_seconds` integer NOT NULL,
	`cpu_observed_seconds` integer NOT NULL,
	`cpu_peak_milli` integer,
	`cpu_requested_milli_seconds` integer NOT NULL,
	`cpu_requested_peak_milli` integer,
	`cpu_limit_milli_seconds` integer NOT NULL,
	`cpu_limit_peak_milli` integer,
	`memory_used_mib_seconds` integer NOT NULL,
	`memory_observed_seconds` integer NOT NULL,
	`memory_peak_mib` integer,
	`memory_requested_mib_seconds` integer NOT NULL,
	`memory_requested_peak_mib` integer,
	`memory_limit_mib_seconds` integer NOT NULL,
	`memory_limit_peak_mib` integer,
	`pod_seconds` integer NOT NULL,
	`pods_peak` integer NOT NULL,
	`running_pod_seconds` integer NOT NULL,
	`running_pods_peak` integer NOT NULL,
	PRIMARY KEY(`day`, `hardware_key`, `project_key`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `usage_projects` (
	`bucket_at` integer NOT NULL,
	`hardware_key` integer NOT NULL,
	`project_key` integer NOT NULL,
	`down_milli` integer NOT NULL,
	`unknown_milli` integer NOT NULL,
	`unallocated_milli` integer NOT NULL,
	`starting_milli` integer NOT NULL,
	`no_data_milli` integer NOT NULL,
	`dead_idle_milli` integer NOT NULL,
	`idle_held_milli` integer NOT NULL,
	`warm_serving_milli` integer NOT NULL,
	`inefficient_milli` integer NOT NULL,
	`active_milli` integer NOT NULL,
	`observed_milli` integer NOT NULL,
	`utilisation_weighted` integer NOT NULL,
	`utilisation_peak_centi` integer,
	`allocated_peak_milli` integer NOT NULL,
	`held_seconds` integer NOT NULL,
	`gpu_memory_used_mib_seconds` integer NOT NULL,
	`gpu_memory_observed_seconds` integer NOT NULL,
	`gpu_memory_peak_mib` integer,
	`gpu_memory_requested_mib_seconds` integer NOT NULL,
	`gpu_memory_requested_peak_mib` integer,
	`cpu_used_milli_seconds` integer NOT NULL,
	`cpu_observed_seconds` integer NOT NULL,
	`cpu_peak_milli` integer,
	`cpu_requested_milli_seconds` integer NOT NULL,
	`cpu_requested_peak_milli` integer,
	`cpu_limit_milli_seconds` integer NOT NULL,
	`cpu_limit_peak_milli` integer,
	`memory_used_mib_seconds` integer NOT NULL,
	`memory_observed_seconds` integer NOT NULL,
	`memory_peak_mib` integer,
	`memory_requested_mib_seconds` integer NOT NULL,
	`memory_requested_peak_mib` integer,
	`memory_limit_mib_seconds` integer NOT NULL,
	`memory_limit_peak_mib` integer,
	`pod_seconds` integer NOT NULL,
	`pods_peak` integer NOT NULL,
	`running_pod_seconds` integer NOT NULL,
	`running_pods_peak` integer NOT NULL,
	PRIMARY KEY(`bucket_at`, `hardware_key`, `project_key`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `usage_projects_project` ON `usage_projects` (`project_key`,`bucket_at`);--> statement-breakpoint
CREATE TABLE `windows` (
	`cluster_id` text NOT NULL,
	`source` text NOT NULL,
	`subject` text NOT NULL,
	`start_at` integer NOT NULL,
	`end_at` integer NOT NULL,
	`step_seconds` integer NOT NULL,
	`backfill_id` text NOT NULL,
	`status` text NOT NULL,
	`owner` text NOT NULL,
	`lease_until` integer NOT NULL,
	`attempts` integer NOT NULL,
	`next_attempt_at` integer NOT NULL,
	`samples` integer NOT NULL,
	`error` text NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`cluster_id`, `source`, `subject`, `start_at`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `windows_due` ON `windows` (`backfill_id`,`status`,`start_at`);--> statement-breakpoint
CREATE INDEX `windows_retry` ON `windows` (`status`,`next_attempt_at`,`start_at`);--> statement-breakpoint
CREATE TABLE `workloads` (
	`key` integer PRIMARY KEY NOT NULL,
	`cluster_id` text NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`type` text NOT NULL,
	`category` text NOT NULL,
	`namespace` text NOT NULL,
	`project_key` integer NOT NULL,
	`submitted_by` text NOT NULL,
	`phase` text NOT NULL,
	`preemptible` integer,
	`priority_class` text NOT NULL,
	`node_pool` text NOT NULL,
	`created_at` integer NOT NULL,
	`phase_updated_at` integer,
	`completed_at` integer,
	`deleted_at` integer,
	`gpu_request_milli` integer,
	`gpu_request_per_pod_milli` integer,
	`gpu_memory_request_mib` integer,
	`cpu_request_milli` integer,
	`cpu_limit_milli` integer,
	`cpu_memory_request_mib` integer,
	`cpu_memory_limit_mib` integer,
	`pending_seconds` integer,
	`running_seconds` integer,
	`images` text NOT NULL,
	`labels` text DEFAULT '{}' NOT NULL,
	`label_history` text DEFAULT '{}' NOT NULL,
	`phases_read_at` integer,
	`first_seen_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `workloads_id` ON `workloads` (`cluster_id`,`id`);--> statement-breakpoint
CREATE INDEX `workloads_project` ON `workloads` (`project_key`,`created_at`);--> statement-breakpoint
CREATE INDEX `workloads_ended` ON `workloads` (`cluster_id`,(case when completed_at is not null then completed_at when deleted_at is not null then deleted_at else 253402300799 end),`created_at`);--> statement-breakpoint
CREATE INDEX `workloads_user` ON `workloads` (`submitted_by`,`project_key`);--> statement-breakpoint
CREATE INDEX `workloads_category` ON `workloads` (`category`,`project_key`);--> statement-breakpoint
CREATE INDEX `workloads_phase` ON `workloads` (`phase`,`project_key`);
--> statement-breakpoint
CREATE TRIGGER "charges_no_insert" BEFORE INSERT ON "charges" BEGIN SELECT RAISE(ABORT, 'the period of this day is closed') WHERE exists (select 1 from closes c where NEW.day >= c.from_day and NEW.day < c.until_day); END;
--> statement-breakpoint
CREATE TRIGGER "charges_no_update" BEFORE UPDATE ON "charges" BEGIN SELECT RAISE(ABORT, 'the period of this day is closed') WHERE exists (select 1 from closes c where OLD.day >= c.from_day and OLD.day < c.until_day); SELECT RAISE(ABORT, 'the period of this day is closed') WHERE exists (select 1 from closes c where NEW.day >= c.from_day and NEW.day < c.until_day); END;
--> statement-breakpoint
CREATE TRIGGER "charges_no_delete" BEFORE DELETE ON "charges" BEGIN SELECT RAISE(ABORT, 'the period of this day is closed') WHERE exists (select 1 from closes c where OLD.day >= c.from_day and OLD.day < c.until_day); END;
--> statement-breakpoint
CREATE TRIGGER "team_days_no_insert" BEFORE INSERT ON "team_days" BEGIN SELECT RAISE(ABORT, 'the period of this day is closed') WHERE exists (select 1 from closes c where NEW.day >= c.from_day and NEW.day < c.until_day); END;
--> statement-breakpoint
CREATE TRIGGER "team_days_no_update" BEFORE UPDATE ON "team_days" BEGIN SELECT RAISE(ABORT, 'the period of this day is closed') WHERE exists (select 1 from closes c where OLD.day >= c.from_day and OLD.day < c.until_day); SELECT RAISE(ABORT, 'the period of this day is closed') WHERE exists (select 1 from closes c where NEW.day >= c.from_day and NEW.day < c.until_day); END;
--> statement-breakpoint
CREATE TRIGGER "team_days_no_delete" BEFORE DELETE ON "team_days" BEGIN SELECT RAISE(ABORT, 'the period of this day is closed') WHERE exists (select 1 from closes c where OLD.day >= c.from_day and OLD.day < c.until_day); END;
--> statement-breakpoint
CREATE TRIGGER "shares_no_insert" BEFORE INSERT ON "shares" BEGIN SELECT RAISE(ABORT, 'the period of this day is closed') WHERE exists (select 1 from closes c where NEW.day >= c.from_day and NEW.day < c.until_day); END;
--> statement-breakpoint
CREATE TRIGGER "shares_no_update" BEFORE UPDATE ON "shares" BEGIN SELECT RAISE(ABORT, 'the period of this day is closed') WHERE exists (select 1 from closes c where OLD.day >= c.from_day and OLD.day < c.until_day); SELECT RAISE(ABORT, 'the period of this day is closed') WHERE exists (select 1 from closes c where NEW.day >= c.from_day and NEW.day < c.until_day); END;
--> statement-breakpoint
CREATE TRIGGER "shares_no_delete" BEFORE DELETE ON "shares" BEGIN SELECT RAISE(ABORT, 'the period of this day is closed') WHERE exists (select 1 from closes c where OLD.day >= c.from_day and OLD.day < c.until_day); END;
--> statement-breakpoint
CREATE TRIGGER "unpriced_no_insert" BEFORE INSERT ON "unpriced" BEGIN SELECT RAISE(ABORT, 'the period of this day is closed') WHERE exists (select 1 from closes c where NEW.day >= c.from_day and NEW.day < c.until_day); END;
--> statement-breakpoint
CREATE TRIGGER "unpriced_no_update" BEFORE UPDATE ON "unpriced" BEGIN SELECT RAISE(ABORT, 'the period of this day is closed') WHERE exists (select 1 from closes c where OLD.day >= c.from_day and OLD.day < c.until_day); SELECT RAISE(ABORT, 'the period of this day is closed') WHERE exists (select 1 from closes c where NEW.day >= c.from_day and NEW.day < c.until_day); END;
--> statement-breakpoint
CREATE TRIGGER "unpriced_no_delete" BEFORE DELETE ON "unpriced" BEGIN SELECT RAISE(ABORT, 'the period of this day is closed') WHERE exists (select 1 from closes c where OLD.day >= c.from_day and OLD.day < c.until_day); END;
--> statement-breakpoint
CREATE TRIGGER "spend_days_no_insert" BEFORE INSERT ON "spend_days" BEGIN SELECT RAISE(ABORT, 'the period of this day is closed') WHERE exists (select 1 from closes c where NEW.day >= c.from_day and NEW.day < c.until_day); END;
--> statement-breakpoint
CREATE TRIGGER "spend_days_no_update" BEFORE UPDATE ON "spend_days" BEGIN SELECT RAISE(ABORT, 'the period of this day is closed') WHERE exists (select 1 from closes c where OLD.day >= c.from_day and OLD.day < c.until_day); SELECT RAISE(ABORT, 'the period of this day is closed') WHERE exists (select 1 from closes c where NEW.day >= c.from_day and NEW.day < c.until_day); END;
--> statement-breakpoint
CREATE TRIGGER "spend_days_no_delete" BEFORE DELETE ON "spend_days" BEGIN SELECT RAISE(ABORT, 'the period of this day is closed') WHERE exists (select 1 from closes c where OLD.day >= c.from_day and OLD.day < c.until_day); END;
--> statement-breakpoint
CREATE TRIGGER "spend_months_no_insert" BEFORE INSERT ON "spend_months" BEGIN SELECT RAISE(ABORT, 'the period of this month is closed') WHERE exists (select 1 from closes c where NEW.month * 100 + 1 >= c.from_day and NEW.month * 100 + 31 < c.until_day); END;
--> statement-breakpoint
CREATE TRIGGER "spend_months_no_update" BEFORE UPDATE ON "spend_months" BEGIN SELECT RAISE(ABORT, 'the period of this month is closed') WHERE exists (select 1 from closes c where OLD.month * 100 + 1 >= c.from_day and OLD.month * 100 + 31 < c.until_day); SELECT RAISE(ABORT, 'the period of this month is closed') WHERE exists (select 1 from closes c where NEW.month * 100 + 1 >= c.from_day and NEW.month * 100 + 31 < c.until_day); END;
--> statement-breakpoint
CREATE TRIGGER "spend_months_no_delete" BEFORE DELETE ON "spend_months" BEGIN SELECT RAISE(ABORT, 'the period of this month is closed') WHERE exists (select 1 from closes c where OLD.month * 100 + 1 >= c.from_day and OLD.month * 100 + 31 < c.until_day); END;
--> statement-breakpoint
CREATE TRIGGER "cost_lines_no_insert" BEFORE INSERT ON "cost_lines" BEGIN SELECT RAISE(ABORT, 'the period of this cost is closed') WHERE exists (select 1 from closes c where NEW.until_day > c.from_day and NEW.from_day < c.until_day); SELECT RAISE(ABORT, 'the period of this cost is closed') WHERE exists (select 1 from cost_lines r where r.import_id = NEW.import_id and r.position = NEW.position and exists (select 1 from closes c where r.until_day > c.from_day and r.from_day < c.until_day)); END;
--> statement-breakpoint
CREATE TRIGGER "cost_lines_no_update" BEFORE UPDATE ON "cost_lines" BEGIN SELECT RAISE(ABORT, 'the period of this cost is closed') WHERE exists (select 1 from closes c where OLD.until_day > c.from_day and OLD.from_day < c.until_day); SELECT RAISE(ABORT, 'the period of this cost is closed') WHERE exists (select 1 from closes c where NEW.until_day > c.from_day and NEW.from_day < c.until_day); SELECT RAISE(ABORT, 'the period of this cost is closed') WHERE exists (select 1 from cost_lines r where r.import_id = NEW.import_id and r.position = NEW.position and exists (select 1 from closes c where r.until_day > c.from_day and r.from_day < c.until_day)); END;
--> statement-breakpoint
CREATE TRIGGER "cost_lines_no_delete" BEFORE DELETE ON "cost_lines" BEGIN SELECT RAISE(ABORT, 'the period of this cost is closed') WHERE exists (select 1 from closes c where OLD.until_day > c.from_day and OLD.from_day < c.until_day); END;
--> statement-breakpoint
CREATE TRIGGER "adjustments_no_insert" BEFORE INSERT ON "adjustments" BEGIN SELECT RAISE(ABORT, 'the period is closed') WHERE exists (select 1 from closes c where c.period_id = NEW.period_id); SELECT RAISE(ABORT, 'the period is closed') WHERE exists (select 1 from adjustments r where r.id = NEW.id and exists (select 1 from closes c where c.period_id = r.period_id)) or exists (select 1 from adjustments r where r.rowid = NEW.rowid and exists (select 1 from closes c where c.period_id = r.period_id)); END;
--> statement-breakpoint
CREATE TRIGGER "adjustments_no_update" BEFORE UPDATE ON "adjustments" BEGIN SELECT RAISE(ABORT, 'the period is closed') WHERE exists (select 1 from closes c where c.period_id = OLD.period_id); SELECT RAISE(ABORT, 'the period is closed') WHERE exists (select 1 from closes c where c.period_id = NEW.period_id); SELECT RAISE(ABORT, 'the period is closed') WHERE exists (select 1 from adjustments r where r.id = NEW.id and exists (select 1 from closes c where c.period_id = r.period_id)) or exists (select 1 from adjustments r where r.rowid = NEW.rowid and exists (select 1 from closes c where c.period_id = r.period_id)); END;
--> statement-breakpoint
CREATE TRIGGER "adjustments_no_delete" BEFORE DELETE ON "adjustments" BEGIN SELECT RAISE(ABORT, 'the period is closed') WHERE exists (select 1 from closes c where c.period_id = OLD.period_id); END;
--> statement-breakpoint
CREATE TRIGGER "line_reviews_no_insert" BEFORE INSERT ON "line_reviews" BEGIN SELECT RAISE(ABORT, 'the period is closed') WHERE exists (select 1 from closes c where c.period_id = NEW.period_id); END;
--> statement-breakpoint
CREATE TRIGGER "line_reviews_no_update" BEFORE UPDATE ON "line_reviews" BEGIN SELECT RAISE(ABORT, 'the period is closed') WHERE exists (select 1 from closes c where c.period_id = OLD.period_id); SELECT RAISE(ABORT, 'the period is closed') WHERE exists (select 1 from closes c where c.period_id = NEW.period_id); END;
--> statement-breakpoint
CREATE TRIGGER "line_reviews_no_delete" BEFORE DELETE ON "line_reviews" BEGIN SELECT RAISE(ABORT, 'the period is closed') WHERE exists (select 1 from closes c where c.period_id = OLD.period_id); END;
--> statement-breakpoint
CREATE TRIGGER "prices_no_insert" BEFORE INSERT ON "prices" BEGIN SELECT RAISE(ABORT, 'a decided proposal never changes') WHERE exists (select 1 from price_proposals p where p.id = NEW.proposal_id and p.status <> 'proposed'); SELECT RAISE(ABORT, 'a decided proposal never changes') WHERE exists (select 1 from prices r where r.key = NEW.key and exists (select 1 from price_proposals p where p.id = r.proposal_id and p.status <> 'proposed')); END;
--> statement-breakpoint
CREATE TRIGGER "prices_no_update" BEFORE UPDATE ON "prices" BEGIN SELECT RAISE(ABORT, 'a decided proposal never changes') WHERE exists (select 1 from price_proposals p where p.id = OLD.proposal_id and p.status <> 'proposed'); SELECT RAISE(ABORT, 'a decided proposal never changes') WHERE exists (select 1 from price_proposals p where p.id = NEW.proposal_id and p.status <> 'proposed'); SELECT RAISE(ABORT, 'a decided proposal never changes') WHERE exists (select 1 from prices r where r.key = NEW.key and exists (select 1 from price_proposals p where p.id = r.proposal_id and p.status <> 'proposed')); END;
--> statement-breakpoint
CREATE TRIGGER "prices_no_delete" BEFORE DELETE ON "prices" BEGIN SELECT RAISE(ABORT, 'a decided proposal never changes') WHERE exists (select 1 from price_proposals p where p.id = OLD.proposal_id and p.status <> 'proposed'); END;
--> statement-breakpoint
CREATE TRIGGER "exchange_rates_no_insert" BEFORE INSERT ON "exchange_rates" BEGIN SELECT RAISE(ABORT, 'the period of this exchange rate is closed') WHERE exists (select 1 from closes c where NEW.day < c.until_day); END;
--> statement-breakpoint
CREATE TRIGGER "exchange_rates_no_update" BEFORE UPDATE ON "exchange_rates" BEGIN SELECT RAISE(ABORT, 'the period of this exchange rate is closed') WHERE exists (select 1 from closes c where OLD.day < c.until_day); SELECT RAISE(ABORT, 'the period of this exchange rate is closed') WHERE exists (select 1 from closes c where NEW.day < c.until_day); END;
--> statement-breakpoint
CREATE TRIGGER "exchange_rates_no_delete" BEFORE DELETE ON "exchange_rates" BEGIN SELECT RAISE(ABORT, 'the period of this exchange rate is closed') WHERE exists (select 1 from closes c where OLD.day < c.until_day); END;
--> statement-breakpoint
CREATE TRIGGER "price_proposals_no_insert" BEFORE INSERT ON "price_proposals" BEGIN SELECT RAISE(ABORT, 'a decided proposal never changes') WHERE exists (select 1 from price_proposals r where r.id = NEW.id and r.status <> 'proposed') or exists (select 1 from price_proposals r where r.version = NEW.version and r.status <> 'proposed') or exists (select 1 from price_proposals r where r.rowid = NEW.rowid and r.status <> 'proposed'); END;
--> statement-breakpoint
CREATE TRIGGER "price_proposals_no_update" BEFORE UPDATE ON "price_proposals" BEGIN SELECT RAISE(ABORT, 'a decided proposal never changes') WHERE OLD.status <> 'proposed'; SELECT RAISE(ABORT, 'a decided proposal never changes') WHERE exists (select 1 from price_proposals r where r.id = NEW.id and r.status <> 'proposed') or exists (select 1 from price_proposals r where r.version = NEW.version and r.status <> 'proposed') or exists (select 1 from price_proposals r where r.rowid = NEW.rowid and r.status <> 'proposed'); END;
--> statement-breakpoint
CREATE TRIGGER "price_proposals_no_delete" BEFORE DELETE ON "price_proposals" BEGIN SELECT RAISE(ABORT, 'a decided proposal never changes') WHERE OLD.status <> 'proposed'; END;
--> statement-breakpoint
CREATE TRIGGER "corrections_no_insert" BEFORE INSERT ON "corrections" BEGIN SELECT RAISE(ABORT, 'the period is closed') WHERE NEW.booked_in <> '' and exists (select 1 from closes c where c.period_id = NEW.booked_in); SELECT RAISE(ABORT, 'a booked correction never changes') WHERE exists (select 1 from corrections r where r.origin_day = NEW.origin_day and r.team_key = NEW.team_key and r.project_key = NEW.project_key and r.hardware_key = NEW.hardware_key and r.sku = NEW.sku and r.price_class = NEW.price_class and r.booked_in = NEW.booked_in and r.booked_in <> ''); END;
--> statement-breakpoint
CREATE TRIGGER "corrections_no_update" BEFORE UPDATE ON "corrections" BEGIN SELECT RAISE(ABORT, 'a booked correction never changes') WHERE OLD.booked_in <> ''; SELECT RAISE(ABORT, 'the period is closed') WHERE NEW.booked_in <> '' and exists (select 1 from closes c where c.period_id = NEW.booked_in); SELECT RAISE(ABORT, 'a booked correction never changes') WHERE exists (select 1 from corrections r where r.origin_day = NEW.origin_day and r.team_key = NEW.team_key and r.project_key = NEW.project_key and r.hardware_key = NEW.hardware_key and r.sku = NEW.sku and r.price_class = NEW.price_class and r.booked_in = NEW.booked_in and r.booked_in <> ''); END;
--> statement-breakpoint
CREATE TRIGGER "corrections_no_delete" BEFORE DELETE ON "corrections" BEGIN SELECT RAISE(ABORT, 'a booked correction never changes') WHERE OLD.booked_in <> ''; END;
--> statement-breakpoint
CREATE TRIGGER "closes_no_insert" BEFORE INSERT ON "closes" BEGIN SELECT RAISE(ABORT, 'the period is closed already') WHERE exists (select 1 from closes c where c.period_id = NEW.period_id or c.sequence = NEW.sequence or (NEW.from_day < c.until_day and c.from_day < NEW.until_day)); SELECT RAISE(ABORT, 'what is closed never changes') WHERE exists (select 1 from closes r where r.period_id = NEW.period_id) or exists (select 1 from closes r where r.rowid = NEW.rowid); END;
--> statement-breakpoint
CREATE TRIGGER "closes_no_update" BEFORE UPDATE ON "closes" BEGIN SELECT RAISE(ABORT, 'what is closed never changes') WHERE true; END;
--> statement-breakpoint
CREATE TRIGGER "closes_no_delete" BEFORE DELETE ON "closes" BEGIN SELECT RAISE(ABORT, 'what is closed never changes') WHERE true; END;
--> statement-breakpoint
CREATE TRIGGER "statements_no_insert" BEFORE INSERT ON "statements" BEGIN SELECT RAISE(ABORT, 'the period is closed') WHERE exists (select 1 from closes c where c.period_id = NEW.period_id); SELECT RAISE(ABORT, 'what is closed never changes') WHERE exists (select 1 from statements r where r.number = NEW.number) or exists (select 1 from statements r where r.period_id = NEW.period_id and r.team_key = NEW.team_key) or exists (select 1 from statements r where r.rowid = NEW.rowid); END;
--> statement-breakpoint
CREATE TRIGGER "statements_no_update" BEFORE UPDATE ON "statements" BEGIN SELECT RAISE(ABORT, 'what is closed never changes') WHERE true; END;
--> statement-breakpoint
CREATE TRIGGER "statements_no_delete" BEFORE DELETE ON "statements" BEGIN SELECT RAISE(ABORT, 'what is closed never changes') WHERE true; END;
--> statement-breakpoint
CREATE TRIGGER "statement_lines_no_insert" BEFORE INSERT ON "statement_lines" BEGIN SELECT RAISE(ABORT, 'the period is closed') WHERE exists (select 1 from closes c join statements s on s.period_id = c.period_id where s.number = NEW.number); SELECT RAISE(ABORT, 'what is closed never changes') WHERE exists (select 1 from statement_lines r where r.number = NEW.number and r.position = NEW.position); END;
--> statement-breakpoint
CREATE TRIGGER "statement_lines_no_update" BEFORE UPDATE ON "statement_lines" BEGIN SELECT RAISE(ABORT, 'what is closed never changes') WHERE true; END;
--> statement-breakpoint
CREATE TRIGGER "statement_lines_no_delete" BEFORE DELETE ON "statement_lines" BEGIN SELECT RAISE(ABORT, 'what is closed never changes') WHERE true; END;
--> statement-breakpoint
CREATE TRIGGER "audit_log_no_insert" BEFORE INSERT ON "audit_log" BEGIN SELECT RAISE(ABORT, 'the audit log only grows') WHERE exists (select 1 from audit_log r where r.id = NEW.id) or exists (select 1 from audit_log r where r.rowid = NEW.rowid); END;
--> statement-breakpoint
CREATE TRIGGER "audit_log_no_update" BEFORE UPDATE ON "audit_log" BEGIN SELECT RAISE(ABORT, 'the audit log only grows') WHERE true; END;
--> statement-breakpoint
CREATE TRIGGER "audit_log_no_delete" BEFORE DELETE ON "audit_log" BEGIN SELECT RAISE(ABORT, 'the audit log only grows') WHERE true; END;
--> statement-breakpoint
insert into teams (key, name, cost_centre, gl_account, owner, created_at, archived_at) values (1, 'Platform', '', '', '', 0, null), (2, 'Unassigned', '', '', '', 0, null);
--> statement-breakpoint
insert into charge_revision (key, revision) values (1, 0);
