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