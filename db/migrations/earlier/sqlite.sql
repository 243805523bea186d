--> migration 0000_ledger
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
	`error` text NOT NULL
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
CREATE TABLE `chunks` (
	`start_at` integer NOT NULL,
	`series_key` integer NOT NULL,
	`count` integer NOT NULL,
	`step_seconds` integer NOT NULL,
	`bytes` blob NOT NULL,
	PRIMARY KEY(`start_at`, `series_key`)
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
CREATE TABLE `meter_rules` (
	`id` text PRIMARY KEY NOT NULL,
	`rules` text NOT NULL,
	`first_used_at` integer NOT NULL
) STRICT;
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
CREATE INDEX `usage_days_workload` ON `usage_days` (`workload_key`,`day`);--> statement-breakpoint
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
	`phases_read_at` integer,
	`first_seen_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `workloads_id` ON `workloads` (`cluster_id`,`id`);--> statement-breakpoint
CREATE INDEX `workloads_project` ON `workloads` (`project_key`,`created_at`);
--> migration 0001_ends-and-choices
CREATE INDEX `workloads_ended` ON `workloads` (`cluster_id`,(case when completed_at is not null then completed_at when deleted_at is not null then deleted_at else 253402300799 end),`created_at`);--> statement-breakpoint
CREATE INDEX `workloads_user` ON `workloads` (`submitted_by`,`project_key`);--> statement-breakpoint
CREATE INDEX `workloads_category` ON `workloads` (`category`,`project_key`);--> statement-breakpoint
CREATE INDEX `workloads_phase` ON `workloads` (`phase`,`project_key`);
--> migration 0002_money
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

--> migration 0003_windows-taken
ALTER TABLE `backfills` ADD `taken_windows` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `backfills` ADD `taken_short` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `backfills` ADD `taken_samples` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `windows_retry` ON `windows` (`status`,`next_attempt_at`,`start_at`);
--> migration 0004_adjustments
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
CREATE INDEX `adjustments_team` ON `adjustments` (`period_id`,`team_key`);
--> statement-breakpoint
CREATE TRIGGER `adjustments_no_insert` BEFORE INSERT ON `adjustments` WHEN exists (select 1 from closes c where c.period_id = NEW.period_id) BEGIN SELECT RAISE(ABORT, 'the period is closed'); END;
--> statement-breakpoint
CREATE TRIGGER `adjustments_no_update` BEFORE UPDATE ON `adjustments` WHEN exists (select 1 from closes c where c.period_id = OLD.period_id) or exists (select 1 from closes c where c.period_id = NEW.period_id) BEGIN SELECT RAISE(ABORT, 'the period is closed'); END;
--> statement-breakpoint
CREATE TRIGGER `adjustments_no_delete` BEFORE DELETE ON `adjustments` WHEN exists (select 1 from closes c where c.period_id = OLD.period_id) BEGIN SELECT RAISE(ABORT, 'the period is closed'); END;
--> statement-breakpoint
CREATE TRIGGER `line_reviews_no_insert` BEFORE INSERT ON `line_reviews` WHEN exists (select 1 from closes c where c.period_id = NEW.period_id) BEGIN SELECT RAISE(ABORT, 'the period is closed'); END;
--> statement-breakpoint
CREATE TRIGGER `line_reviews_no_update` BEFORE UPDATE ON `line_reviews` WHEN exists (select 1 from closes c where c.period_id = OLD.period_id) or exists (select 1 from closes c where c.period_id = NEW.period_id) BEGIN SELECT RAISE(ABORT, 'the period is closed'); END;
--> statement-breakpoint
CREATE TRIGGER `line_reviews_no_delete` BEFORE DELETE ON `line_reviews` WHEN exists (select 1 from closes c where c.period_id = OLD.period_id) BEGIN SELECT RAISE(ABORT, 'the period is closed'); END;
--> statement-breakpoint
CREATE TRIGGER `corrections_no_booking_insert` BEFORE INSERT ON `corrections` WHEN NEW.booked_in <> '' and exists (select 1 from closes c where c.period_id = NEW.booked_in) BEGIN SELECT RAISE(ABORT, 'the period is closed'); END;
--> statement-breakpoint
CREATE TRIGGER `corrections_no_booking_update` BEFORE UPDATE ON `corrections` WHEN NEW.booked_in <> '' and exists (select 1 from closes c where c.period_id = NEW.booked_in) BEGIN SELECT RAISE(ABORT, 'the period is closed'); END;
--> statement-breakpoint
CREATE TRIGGER `closes_no_overlap` BEFORE INSERT ON `closes` WHEN exists (select 1 from closes c where NEW.from_day < c.until_day and c.from_day < NEW.until_day) BEGIN SELECT RAISE(ABORT, 'the period is closed already'); END;

--> migration 0005_spend
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
insert into spend_days (day, team_key, project_key, cluster_id, usage_micros, share_micros, cost_micros, gpu_milli, observed_milli, expected_milli, down_milli, down_micros, unknown_milli, unknown_micros, unallocated_milli, unallocated_micros, starting_milli, starting_micros, no_data_milli, no_data_micros, dead_idle_milli, dead_idle_micros, idle_held_milli, idle_held_micros, warm_serving_milli, warm_serving_micros, inefficient_milli, inefficient_micros, active_milli, active_micros) select x.day, x.team_key, x.project_key, x.cluster_id, cast(sum(x.usage_micros) as bigint), cast(sum(x.share_micros) as bigint), cast(sum(x.cost_micros) as bigint), cast(sum(x.gpu_milli) as bigint), cast(sum(x.observed_milli) as bigint), cast(sum(x.expected_milli) as bigint), cast(sum(x.down_milli) as bigint), cast(sum(x.down_micros) as bigint), cast(sum(x.unknown_milli) as bigint), cast(sum(x.unknown_micros) as bigint), cast(sum(x.unallocated_milli) as bigint), cast(sum(x.unallocated_micros) as bigint), cast(sum(x.starting_milli) as bigint), cast(sum(x.starting_micros) as bigint), cast(sum(x.no_data_milli) as bigint), cast(sum(x.no_data_micros) as bigint), cast(sum(x.dead_idle_milli) as bigint), cast(sum(x.dead_idle_micros) as bigint), cast(sum(x.idle_held_milli) as bigint), cast(sum(x.idle_held_micros) as bigint), cast(sum(x.warm_serving_milli) as bigint), cast(sum(x.warm_serving_micros) as bigint), cast(sum(x.inefficient_milli) as bigint), cast(sum(x.inefficient_micros) as bigint), cast(sum(x.active_milli) as bigint), cast(sum(x.active_micros) as bigint) from (select t.day, t.team_key, t.project_key, h.cluster_id, t.amount_micros as usage_micros, 0 as share_micros, 0 as cost_micros, case when t.sku = 'gpu' then t.quantity else 0 end as gpu_milli, t.observed_milli, t.expected_milli, t.down_milli, t.down_micros, t.unknown_milli, t.unknown_micros, t.unallocated_milli, t.unallocated_micros, t.starting_milli, t.starting_micros, t.no_data_milli, t.no_data_micros, t.dead_idle_milli, t.dead_idle_micros, t.idle_held_milli, t.idle_held_micros, t.warm_serving_milli, t.warm_serving_micros, t.inefficient_milli, t.inefficient_micros, t.active_milli, t.active_micros from team_days t join hardware h on h.key = t.hardware_key union all select s.day, s.team_key, 0, s.cluster_id, 0, case when s.cost_class = 'shared' then 0 else s.amount_micros end, case when s.cost_class = 'shared' then s.amount_micros else 0 end, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 from shares s) x group by x.day, x.team_key, x.project_key, x.cluster_id;
--> statement-breakpoint
insert into spend_months (month, team_key, project_key, cluster_id, usage_micros, share_micros, cost_micros, gpu_milli, observed_milli, expected_milli, down_milli, down_micros, unknown_milli, unknown_micros, unallocated_milli, unallocated_micros, starting_milli, starting_micros, no_data_milli, no_data_micros, dead_idle_milli, dead_idle_micros, idle_held_milli, idle_held_micros, warm_serving_milli, warm_serving_micros, inefficient_milli, inefficient_micros, active_milli, active_micros) select day / 100, team_key, project_key, cluster_id, cast(sum(usage_micros) as bigint), cast(sum(share_micros) as bigint), cast(sum(cost_micros) as bigint), cast(sum(gpu_milli) as bigint), cast(sum(observed_milli) as bigint), cast(sum(expected_milli) as bigint), cast(sum(down_milli) as bigint), cast(sum(down_micros) as bigint), cast(sum(unknown_milli) as bigint), cast(sum(unknown_micros) as bigint), cast(sum(unallocated_milli) as bigint), cast(sum(unallocated_micros) as bigint), cast(sum(starting_milli) as bigint), cast(sum(starting_micros) as bigint), cast(sum(no_data_milli) as bigint), cast(sum(no_data_micros) as bigint), cast(sum(dead_idle_milli) as bigint), cast(sum(dead_idle_micros) as bigint), cast(sum(idle_held_milli) as bigint), cast(sum(idle_held_micros) as bigint), cast(sum(warm_serving_milli) as bigint), cast(sum(warm_serving_micros) as bigint), cast(sum(inefficient_milli) as bigint), cast(sum(inefficient_micros) as bigint), cast(sum(active_milli) as bigint), cast(sum(active_micros) as bigint) from spend_days group by day / 100, team_key, project_key, cluster_id;
--> statement-breakpoint
CREATE TRIGGER `spend_days_no_insert` BEFORE INSERT ON `spend_days` WHEN exists (select 1 from closes c where NEW.day >= c.from_day and NEW.day < c.until_day) BEGIN SELECT RAISE(ABORT, 'the period of this day is closed'); END;
--> statement-breakpoint
CREATE TRIGGER `spend_days_no_update` BEFORE UPDATE ON `spend_days` WHEN exists (select 1 from closes c where OLD.day >= c.from_day and OLD.day < c.until_day) or exists (select 1 from closes c where NEW.day >= c.from_day and NEW.day < c.until_day) BEGIN SELECT RAISE(ABORT, 'the period of this day is closed'); END;
--> statement-breakpoint
CREATE TRIGGER `spend_days_no_delete` BEFORE DELETE ON `spend_days` WHEN exists (select 1 from closes c where OLD.day >= c.from_day and OLD.day < c.until_day) BEGIN SELECT RAISE(ABORT, 'the period of this day is closed'); END;
--> statement-breakpoint
CREATE TRIGGER `spend_months_no_insert` BEFORE INSERT ON `spend_months` WHEN exists (select 1 from closes c where NEW.month * 100 + 1 >= c.from_day and NEW.month * 100 + 31 < c.until_day) BEGIN SELECT RAISE(ABORT, 'the period of this month is closed'); END;
--> statement-breakpoint
CREATE TRIGGER `spend_months_no_update` BEFORE UPDATE ON `spend_months` WHEN exists (select 1 from closes c where OLD.month * 100 + 1 >= c.from_day and OLD.month * 100 + 31 < c.until_day) or exists (select 1 from closes c where NEW.month * 100 + 1 >= c.from_day and NEW.month * 100 + 31 < c.until_day) BEGIN SELECT RAISE(ABORT, 'the period of this month is closed'); END;
--> statement-breakpoint
CREATE TRIGGER `spend_months_no_delete` BEFORE DELETE ON `spend_months` WHEN exists (select 1 from closes c where OLD.month * 100 + 1 >= c.from_day and OLD.month * 100 + 31 < c.until_day) BEGIN SELECT RAISE(ABORT, 'the period of this month is closed'); END;
--> migration 0006_daily-projects
CREATE TABLE `project_peaks` (
	`bucket_at` integer NOT NULL,
	`project_key` integer NOT NULL,
	`allocated_milli` integer NOT NULL,
	`pods` integer NOT NULL,
	`running_pods` integer NOT NULL,
	PRIMARY KEY(`bucket_at`, `project_key`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
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
ALTER TABLE `usage_days` ADD `project_key` integer DEFAULT 0 NOT NULL;
--> statement-breakpoint
update usage_days set project_key = (select w.project_key from workloads w where w.key = usage_days.workload_key) where exists (select 1 from workloads w where w.key = usage_days.workload_key);
--> statement-breakpoint
insert into usage_project_days (day, hardware_key, project_key, "down_milli", "unknown_milli", "unallocated_milli", "starting_milli", "no_data_milli", "dead_idle_milli", "idle_held_milli", "warm_serving_milli", "inefficient_milli", "active_milli", "observed_milli", "utilisation_weighted", "utilisation_peak_centi", "allocated_peak_milli", "held_seconds", "gpu_memory_used_mib_seconds", "gpu_memory_observed_seconds", "gpu_memory_peak_mib", "gpu_memory_requested_mib_seconds", "gpu_memory_requested_peak_mib", "cpu_used_milli_seconds", "cpu_observed_seconds", "cpu_peak_milli", "cpu_requested_milli_seconds", "cpu_requested_peak_milli", "cpu_limit_milli_seconds", "cpu_limit_peak_milli", "memory_used_mib_seconds", "memory_observed_seconds", "memory_peak_mib", "memory_requested_mib_seconds", "memory_requested_peak_mib", "memory_limit_mib_seconds", "memory_limit_peak_mib", "pod_seconds", "pods_peak", "running_pod_seconds", "running_pods_peak") select day, hardware_key, project_key, cast(sum("down_milli") as bigint), cast(sum("unknown_milli") as bigint), cast(sum("unallocated_milli") as bigint), cast(sum("starting_milli") as bigint), cast(sum("no_data_milli") as bigint), cast(sum("dead_idle_milli") as bigint), cast(sum("idle_held_milli") as bigint), cast(sum("warm_serving_milli") as bigint), cast(sum("inefficient_milli") as bigint), cast(sum("active_milli") as bigint), cast(sum("observed_milli") as bigint), cast(sum("utilisation_weighted") as bigint), max("utilisation_peak_centi"), max("allocated_peak_milli"), cast(sum("held_seconds") as bigint), cast(sum("gpu_memory_used_mib_seconds") as bigint), cast(sum("gpu_memory_observed_seconds") as bigint), max("gpu_memory_peak_mib"), cast(sum("gpu_memory_requested_mib_seconds") as bigint), max("gpu_memory_requested_peak_mib"), cast(sum("cpu_used_milli_seconds") as bigint), cast(sum("cpu_observed_seconds") as bigint), max("cpu_peak_milli"), cast(sum("cpu_requested_milli_seconds") as bigint), max("cpu_requested_peak_milli"), cast(sum("cpu_limit_milli_seconds") as bigint), max("cpu_limit_peak_milli"), cast(sum("memory_used_mib_seconds") as bigint), cast(sum("memory_observed_seconds") as bigint), max("memory_peak_mib"), cast(sum("memory_requested_mib_seconds") as bigint), max("memory_requested_peak_mib"), cast(sum("memory_limit_mib_seconds") as bigint), max("memory_limit_peak_mib"), cast(sum("pod_seconds") as bigint), max("pods_peak"), cast(sum("running_pod_seconds") as bigint), max("running_pods_peak") from usage_days group by day, hardware_key, project_key;

--> migration 0007_peaks-by-workload
DROP INDEX `usage_days_workload`;--> statement-breakpoint
CREATE INDEX `usage_days_workload` ON `usage_days` (`workload_key`,`day`,`project_key`,`allocated_peak_milli`);
--> migration 0008_one-version-each
CREATE UNIQUE INDEX `price_proposals_version` ON `price_proposals` (`version`);
--> migration 0009_list-price-catalogues
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

--> migration 0010_label-history
ALTER TABLE `workloads` ADD `label_history` text DEFAULT '{}' NOT NULL;
--> migration 0011_former-facts
CREATE TABLE `charge_revision` (
	`key` integer PRIMARY KEY NOT NULL,
	`revision` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `former_facts` (
	`kind` text NOT NULL,
	`key` integer NOT NULL,
	`until_at` integer NOT NULL,
	`facts` text NOT NULL,
	PRIMARY KEY(`kind`, `key`, `until_at`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
insert into charge_revision (key, revision) values (1, 0);

