CREATE TABLE "adjustments" (
	"id" text PRIMARY KEY NOT NULL,
	"period_id" text NOT NULL,
	"team_key" bigint NOT NULL,
	"line_key" text NOT NULL,
	"amount_micros" bigint NOT NULL,
	"reason" text NOT NULL,
	"decided_by" text NOT NULL,
	"decided_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_log" (
	"id" text PRIMARY KEY NOT NULL,
	"at" bigint NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text NOT NULL,
	"action" text NOT NULL,
	"subject" text NOT NULL,
	"before" text,
	"after" text,
	"reason" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "backfills" (
	"id" text PRIMARY KEY NOT NULL,
	"from_at" bigint NOT NULL,
	"to_at" bigint NOT NULL,
	"step_seconds" bigint NOT NULL,
	"status" text NOT NULL,
	"requested_by" text NOT NULL,
	"planned_from_at" bigint NOT NULL,
	"created_at" bigint NOT NULL,
	"started_at" bigint,
	"finished_at" bigint,
	"error" text NOT NULL,
	"taken_windows" bigint DEFAULT 0 NOT NULL,
	"taken_short" bigint DEFAULT 0 NOT NULL,
	"taken_samples" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "capacity" (
	"bucket_at" bigint NOT NULL,
	"hardware_key" bigint NOT NULL,
	"capacity_milli" bigint NOT NULL,
	"overlap_milli" bigint NOT NULL,
	"through_at" bigint NOT NULL,
	"rules_id" text NOT NULL,
	CONSTRAINT "capacity_bucket_at_hardware_key_pk" PRIMARY KEY("bucket_at","hardware_key")
);
--> statement-breakpoint
CREATE TABLE "charge_revision" (
	"key" bigint PRIMARY KEY NOT NULL,
	"revision" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "charge_settings" (
	"from_day" bigint PRIMARY KEY NOT NULL,
	"settings" text NOT NULL,
	"decided_by" text NOT NULL,
	"decided_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "charged_days" (
	"day" bigint PRIMARY KEY NOT NULL,
	"metered_revision" bigint NOT NULL,
	"charged_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "charges" (
	"day" bigint NOT NULL,
	"hardware_key" bigint NOT NULL,
	"workload_key" bigint NOT NULL,
	"sku" text NOT NULL,
	"price_class" text NOT NULL,
	"price_key" bigint NOT NULL,
	"unit_price_nanos" bigint NOT NULL,
	"team_key" bigint NOT NULL,
	"project_key" bigint NOT NULL,
	"quantity" bigint NOT NULL,
	"amount_micros" bigint NOT NULL,
	"observed_milli" bigint NOT NULL,
	"expected_milli" bigint NOT NULL,
	"down_milli" bigint NOT NULL,
	"down_micros" bigint NOT NULL,
	"unknown_milli" bigint NOT NULL,
	"unknown_micros" bigint NOT NULL,
	"unallocated_milli" bigint NOT NULL,
	"unallocated_micros" bigint NOT NULL,
	"starting_milli" bigint NOT NULL,
	"starting_micros" bigint NOT NULL,
	"no_data_milli" bigint NOT NULL,
	"no_data_micros" bigint NOT NULL,
	"dead_idle_milli" bigint NOT NULL,
	"dead_idle_micros" bigint NOT NULL,
	"idle_held_milli" bigint NOT NULL,
	"idle_held_micros" bigint NOT NULL,
	"warm_serving_milli" bigint NOT NULL,
	"warm_serving_micros" bigint NOT NULL,
	"inefficient_milli" bigint NOT NULL,
	"inefficient_micros" bigint NOT NULL,
	"active_milli" bigint NOT NULL,
	"active_micros" bigint NOT NULL,
	CONSTRAINT "charges_day_hardware_key_workload_key_sku_price_class_pk" PRIMARY KEY("day","hardware_key","workload_key","sku","price_class")
);
--> statement-breakpoint
CREATE TABLE "chunks" (
	"start_at" bigint NOT NULL,
	"series_key" bigint NOT NULL,
	"count" bigint NOT NULL,
	"step_seconds" bigint NOT NULL,
	"bytes" "bytea" NOT NULL,
	CONSTRAINT "chunks_start_at_series_key_pk" PRIMARY KEY("start_at","series_key")
);
--> statement-breakpoint
CREATE TABLE "closes" (
	"period_id" text PRIMARY KEY NOT NULL,
	"sequence" bigint NOT NULL,
	"from_day" bigint NOT NULL,
	"until_day" bigint NOT NULL,
	"closed_by" text NOT NULL,
	"closed_at" bigint NOT NULL,
	"currency" text NOT NULL,
	"billing_time_zone" text NOT NULL,
	"total_micros" bigint NOT NULL,
	"overrides" text NOT NULL,
	"hash" text NOT NULL,
	"previous_hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "clusters" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"version" text,
	"state" text NOT NULL,
	"last_liveness_at" bigint,
	"created_at" bigint,
	"deleted_at" bigint,
	"first_seen_at" bigint NOT NULL,
	"last_seen_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "corrections" (
	"origin_day" bigint NOT NULL,
	"team_key" bigint NOT NULL,
	"project_key" bigint NOT NULL,
	"hardware_key" bigint NOT NULL,
	"sku" text NOT NULL,
	"price_class" text NOT NULL,
	"booked_in" text NOT NULL,
	"quantity" bigint NOT NULL,
	"amount_micros" bigint NOT NULL,
	"reason" text NOT NULL,
	"found_at" bigint NOT NULL,
	CONSTRAINT "corrections_origin_day_team_key_project_key_hardware_key_sku_price_class_booked_in_pk" PRIMARY KEY("origin_day","team_key","project_key","hardware_key","sku","price_class","booked_in")
);
--> statement-breakpoint
CREATE TABLE "cost_imports" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"format" text NOT NULL,
	"imported_by" text NOT NULL,
	"imported_at" bigint NOT NULL,
	"removed_at" bigint
);
--> statement-breakpoint
CREATE TABLE "cost_lines" (
	"import_id" text NOT NULL,
	"position" bigint NOT NULL,
	"from_day" bigint NOT NULL,
	"until_day" bigint NOT NULL,
	"team_key" bigint NOT NULL,
	"cluster_id" text NOT NULL,
	"category" text NOT NULL,
	"description" text NOT NULL,
	"amount_micros" bigint NOT NULL,
	"currency" text NOT NULL,
	"billed_micros" bigint NOT NULL,
	CONSTRAINT "cost_lines_import_id_position_pk" PRIMARY KEY("import_id","position")
);
--> statement-breakpoint
CREATE TABLE "departments" (
	"cluster_id" text NOT NULL,
	"id" text NOT NULL,
	"name" text NOT NULL,
	"last_seen_at" bigint NOT NULL,
	CONSTRAINT "departments_cluster_id_id_pk" PRIMARY KEY("cluster_id","id")
);
--> statement-breakpoint
CREATE TABLE "due_buckets" (
	"cluster_id" text NOT NULL,
	"bucket_at" bigint NOT NULL,
	"revision" bigint NOT NULL,
	CONSTRAINT "due_buckets_cluster_id_bucket_at_pk" PRIMARY KEY("cluster_id","bucket_at")
);
--> statement-breakpoint
CREATE TABLE "exchange_rates" (
	"currency" text NOT NULL,
	"day" bigint NOT NULL,
	"rate_nanos" bigint NOT NULL,
	"source" text NOT NULL,
	"recorded_by" text NOT NULL,
	"recorded_at" bigint NOT NULL,
	CONSTRAINT "exchange_rates_currency_day_pk" PRIMARY KEY("currency","day")
);
--> statement-breakpoint
CREATE TABLE "findings" (
	"bucket_at" bigint NOT NULL,
	"cluster_id" text NOT NULL,
	"kind" text NOT NULL,
	"subject" text NOT NULL,
	"quantity_milli" bigint NOT NULL,
	"detail" text NOT NULL,
	CONSTRAINT "findings_bucket_at_cluster_id_kind_subject_pk" PRIMARY KEY("bucket_at","cluster_id","kind","subject")
);
--> statement-breakpoint
CREATE TABLE "fleet" (
	"cluster_id" text NOT NULL,
	"node" text NOT NULL,
	"position" bigint NOT NULL,
	"hardware_key" bigint NOT NULL,
	"gpu" text NOT NULL,
	"milli" bigint NOT NULL,
	"class" text NOT NULL,
	"workload_key" bigint NOT NULL,
	"utilisation_centi" bigint,
	"gpu_memory_mib" bigint,
	"since_at" bigint NOT NULL,
	"as_of_at" bigint NOT NULL,
	CONSTRAINT "fleet_cluster_id_node_position_pk" PRIMARY KEY("cluster_id","node","position")
);
--> statement-breakpoint
CREATE TABLE "former_facts" (
	"kind" text NOT NULL,
	"key" bigint NOT NULL,
	"until_at" bigint NOT NULL,
	"facts" text NOT NULL,
	CONSTRAINT "former_facts_kind_key_until_at_pk" PRIMARY KEY("kind","key","until_at")
);
--> statement-breakpoint
CREATE TABLE "gaps" (
	"cluster_id" text NOT NULL,
	"source" text NOT NULL,
	"subject" text NOT NULL,
	"start_at" bigint NOT NULL,
	"end_at" bigint NOT NULL,
	"cause" text NOT NULL,
	"status" text NOT NULL,
	"attempts" bigint NOT NULL,
	"first_seen_at" bigint NOT NULL,
	"next_retry_at" bigint NOT NULL,
	"healed_at" bigint,
	CONSTRAINT "gaps_cluster_id_source_subject_start_at_pk" PRIMARY KEY("cluster_id","source","subject","start_at")
);
--> statement-breakpoint
CREATE TABLE "hardware" (
	"key" bigint PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY (sequence name "hardware_key_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"cluster_id" text NOT NULL,
	"node_pool" text NOT NULL,
	"gpu_model" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "leases" (
	"name" text PRIMARY KEY NOT NULL,
	"owner" text NOT NULL,
	"until_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "line_reviews" (
	"period_id" text NOT NULL,
	"team_key" bigint NOT NULL,
	"line_key" text NOT NULL,
	"verdict" text NOT NULL,
	"reason" text NOT NULL,
	"by" text NOT NULL,
	"at" bigint NOT NULL,
	"answer" text NOT NULL,
	"answered_by" text,
	"answered_at" bigint,
	CONSTRAINT "line_reviews_period_id_team_key_line_key_pk" PRIMARY KEY("period_id","team_key","line_key")
);
--> statement-breakpoint
CREATE TABLE "list_prices" (
	"catalogue" text NOT NULL,
	"position" bigint NOT NULL,
	"cloud" text NOT NULL,
	"instance" text NOT NULL,
	"region" text NOT NULL,
	"zone" text NOT NULL,
	"gpu_model" text NOT NULL,
	"gpus" bigint NOT NULL,
	"on_demand" text NOT NULL,
	"spot" text NOT NULL,
	"on_demand_nanos" bigint,
	"spot_nanos" bigint,
	"currency" text NOT NULL,
	"source" text NOT NULL,
	"as_of" text NOT NULL,
	"words" text NOT NULL,
	CONSTRAINT "list_prices_catalogue_position_pk" PRIMARY KEY("catalogue","position")
);
--> statement-breakpoint
CREATE TABLE "meter_rules" (
	"id" text PRIMARY KEY NOT NULL,
	"rules" text NOT NULL,
	"first_used_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "metered_days" (
	"cluster_id" text NOT NULL,
	"day" bigint NOT NULL,
	"revision" bigint NOT NULL,
	CONSTRAINT "metered_days_cluster_id_day_pk" PRIMARY KEY("cluster_id","day")
);
--> statement-breakpoint
CREATE TABLE "node_pools" (
	"cluster_id" text NOT NULL,
	"name" text NOT NULL,
	"pool_id" text NOT NULL,
	"last_seen_at" bigint NOT NULL,
	CONSTRAINT "node_pools_cluster_id_name_pk" PRIMARY KEY("cluster_id","name")
);
--> statement-breakpoint
CREATE TABLE "node_states" (
	"cluster_id" text NOT NULL,
	"node" text NOT NULL,
	"from_at" bigint NOT NULL,
	"until_at" bigint NOT NULL,
	"node_pool" text NOT NULL,
	"gpu_model" text NOT NULL,
	"gpu_count" bigint NOT NULL,
	"ready" bigint,
	CONSTRAINT "node_states_cluster_id_node_from_at_pk" PRIMARY KEY("cluster_id","node","from_at")
);
--> statement-breakpoint
CREATE TABLE "nodes" (
	"cluster_id" text NOT NULL,
	"name" text NOT NULL,
	"node_id" text NOT NULL,
	"node_pool" text NOT NULL,
	"gpu_model" text NOT NULL,
	"gpu_count" bigint NOT NULL,
	"ready" bigint,
	"created_at" bigint,
	"first_seen_at" bigint NOT NULL,
	"last_seen_at" bigint NOT NULL,
	"removed_at" bigint,
	CONSTRAINT "nodes_cluster_id_name_pk" PRIMARY KEY("cluster_id","name")
);
--> statement-breakpoint
CREATE TABLE "phases" (
	"workload_key" bigint NOT NULL,
	"at" bigint NOT NULL,
	"phase" text NOT NULL,
	CONSTRAINT "phases_workload_key_at_phase_pk" PRIMARY KEY("workload_key","at","phase")
);
--> statement-breakpoint
CREATE TABLE "pods" (
	"cluster_id" text NOT NULL,
	"id" text NOT NULL,
	"workload_key" bigint NOT NULL,
	"name" text NOT NULL,
	"node" text NOT NULL,
	"node_pool" text NOT NULL,
	"phase" text NOT NULL,
	"created_at" bigint NOT NULL,
	"started_at" bigint,
	"ended_at" bigint NOT NULL,
	"gpu_milli" bigint,
	"gpu_memory_request_mib" bigint,
	"last_seen_at" bigint NOT NULL,
	CONSTRAINT "pods_cluster_id_id_pk" PRIMARY KEY("cluster_id","id")
);
--> statement-breakpoint
CREATE TABLE "price_proposals" (
	"id" text PRIMARY KEY NOT NULL,
	"title" text NOT NULL,
	"status" text NOT NULL,
	"proposed_by" text NOT NULL,
	"proposed_at" bigint NOT NULL,
	"decided_by" text,
	"decided_at" bigint,
	"note" text NOT NULL,
	"version" bigint
);
--> statement-breakpoint
CREATE TABLE "prices" (
	"key" bigint PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY (sequence name "prices_key_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"proposal_id" text NOT NULL,
	"kind" text NOT NULL,
	"match" text NOT NULL,
	"cluster_id" text NOT NULL,
	"price_class" text NOT NULL,
	"unit_price_nanos" bigint NOT NULL,
	"currency" text NOT NULL,
	"effective_from" bigint NOT NULL,
	"origin" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "project_peaks" (
	"bucket_at" bigint NOT NULL,
	"project_key" bigint NOT NULL,
	"allocated_milli" bigint NOT NULL,
	"pods" bigint NOT NULL,
	"running_pods" bigint NOT NULL,
	CONSTRAINT "project_peaks_bucket_at_project_key_pk" PRIMARY KEY("bucket_at","project_key")
);
--> statement-breakpoint
CREATE TABLE "projects" (
	"key" bigint PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY (sequence name "projects_key_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"cluster_id" text NOT NULL,
	"id" text NOT NULL,
	"name" text NOT NULL,
	"department_id" text NOT NULL,
	"department_name" text NOT NULL,
	"namespace" text NOT NULL,
	"quota" text NOT NULL,
	"last_seen_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "pruned_spans" (
	"start_at" bigint PRIMARY KEY NOT NULL,
	"pruned_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "series" (
	"key" bigint PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY (sequence name "series_key_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"cluster_id" text NOT NULL,
	"subject_kind" text NOT NULL,
	"subject_id" text NOT NULL,
	"gpu" text NOT NULL,
	"metric" text NOT NULL,
	"node" text NOT NULL,
	"gpu_model" text NOT NULL,
	"shared" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "share_policies" (
	"cluster_id" text NOT NULL,
	"cost_class" text NOT NULL,
	"from_day" bigint NOT NULL,
	"method" text NOT NULL,
	"decided_by" text NOT NULL,
	"decided_at" bigint NOT NULL,
	CONSTRAINT "share_policies_cluster_id_cost_class_from_day_pk" PRIMARY KEY("cluster_id","cost_class","from_day")
);
--> statement-breakpoint
CREATE TABLE "shares" (
	"day" bigint NOT NULL,
	"cluster_id" text NOT NULL,
	"hardware_key" bigint NOT NULL,
	"cost_class" text NOT NULL,
	"team_key" bigint NOT NULL,
	"method" text NOT NULL,
	"amount_micros" bigint NOT NULL,
	"weight" bigint NOT NULL,
	"weight_total" bigint NOT NULL,
	CONSTRAINT "shares_day_cluster_id_hardware_key_cost_class_team_key_method_pk" PRIMARY KEY("day","cluster_id","hardware_key","cost_class","team_key","method")
);
--> statement-breakpoint
CREATE TABLE "spend_days" (
	"day" bigint NOT NULL,
	"team_key" bigint NOT NULL,
	"project_key" bigint NOT NULL,
	"cluster_id" text NOT NULL,
	"usage_micros" bigint NOT NULL,
	"share_micros" bigint NOT NULL,
	"cost_micros" bigint NOT NULL,
	"gpu_milli" bigint NOT NULL,
	"observed_milli" bigint NOT NULL,
	"expected_milli" bigint NOT NULL,
	"down_milli" bigint NOT NULL,
	"down_micros" bigint NOT NULL,
	"unknown_milli" bigint NOT NULL,
	"unknown_micros" bigint NOT NULL,
	"unallocated_milli" bigint NOT NULL,
	"unallocated_micros" bigint NOT NULL,
	"starting_milli" bigint NOT NULL,
	"starting_micros" bigint NOT NULL,
	"no_data_milli" bigint NOT NULL,
	"no_data_micros" bigint NOT NULL,
	"dead_idle_milli" bigint NOT NULL,
	"dead_idle_micros" bigint NOT NULL,
	"idle_held_milli" bigint NOT NULL,
	"idle_held_micros" bigint NOT NULL,
	"warm_serving_milli" bigint NOT NULL,
	"warm_serving_micros" bigint NOT NULL,
	"inefficient_milli" bigint NOT NULL,
	"inefficient_micros" bigint NOT NULL,
	"active_milli" bigint NOT NULL,
	"active_micros" bigint NOT NULL,
	CONSTRAINT "spend_days_day_team_key_project_key_cluster_id_pk" PRIMARY KEY("day","team_key","project_key","cluster_id")
);
--> statement-breakpoint
CREATE TABLE "spend_months" (
	"month" bigint NOT NULL,
	"team_key" bigint NOT NULL,
	"project_key" bigint NOT NULL,
	"cluster_id" text NOT NULL,
	"usage_micros" bigint NOT NULL,
	"share_micros" bigint NOT NULL,
	"cost_micros" bigint NOT NULL,
	"gpu_milli" bigint NOT NULL,
	"observed_milli" bigint NOT NULL,
	"expected_milli" bigint NOT NULL,
	"down_milli" bigint NOT NULL,
	"down_micros" bigint NOT NULL,
	"unknown_milli" bigint NOT NULL,
	"unknown_micros" bigint NOT NULL,
	"unallocated_milli" bigint NOT NULL,
	"unallocated_micros" bigint NOT NULL,
	"starting_milli" bigint NOT NULL,
	"starting_micros" bigint NOT NULL,
	"no_data_milli" bigint NOT NULL,
	"no_data_micros" bigint NOT NULL,
	"dead_idle_milli" bigint NOT NULL,
	"dead_idle_micros" bigint NOT NULL,
	"idle_held_milli" bigint NOT NULL,
	"idle_held_micros" bigint NOT NULL,
	"warm_serving_milli" bigint NOT NULL,
	"warm_serving_micros" bigint NOT NULL,
	"inefficient_milli" bigint NOT NULL,
	"inefficient_micros" bigint NOT NULL,
	"active_milli" bigint NOT NULL,
	"active_micros" bigint NOT NULL,
	CONSTRAINT "spend_months_month_team_key_project_key_cluster_id_pk" PRIMARY KEY("month","team_key","project_key","cluster_id")
);
--> statement-breakpoint
CREATE TABLE "statement_lines" (
	"number" text NOT NULL,
	"position" bigint NOT NULL,
	"line" text NOT NULL,
	"amount_micros" bigint NOT NULL,
	CONSTRAINT "statement_lines_number_position_pk" PRIMARY KEY("number","position")
);
--> statement-breakpoint
CREATE TABLE "statements" (
	"number" text PRIMARY KEY NOT NULL,
	"period_id" text NOT NULL,
	"team_key" bigint NOT NULL,
	"kind" text NOT NULL,
	"total_micros" bigint NOT NULL,
	"header" text NOT NULL,
	"hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sync_runs" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"started_at" bigint NOT NULL,
	"finished_at" bigint,
	"status" text NOT NULL,
	"counts" text NOT NULL,
	"error" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "team_days" (
	"day" bigint NOT NULL,
	"team_key" bigint NOT NULL,
	"project_key" bigint NOT NULL,
	"hardware_key" bigint NOT NULL,
	"sku" text NOT NULL,
	"price_class" text NOT NULL,
	"price_key" bigint NOT NULL,
	"unit_price_nanos" bigint NOT NULL,
	"quantity" bigint NOT NULL,
	"amount_micros" bigint NOT NULL,
	"observed_milli" bigint NOT NULL,
	"expected_milli" bigint NOT NULL,
	"down_milli" bigint NOT NULL,
	"down_micros" bigint NOT NULL,
	"unknown_milli" bigint NOT NULL,
	"unknown_micros" bigint NOT NULL,
	"unallocated_milli" bigint NOT NULL,
	"unallocated_micros" bigint NOT NULL,
	"starting_milli" bigint NOT NULL,
	"starting_micros" bigint NOT NULL,
	"no_data_milli" bigint NOT NULL,
	"no_data_micros" bigint NOT NULL,
	"dead_idle_milli" bigint NOT NULL,
	"dead_idle_micros" bigint NOT NULL,
	"idle_held_milli" bigint NOT NULL,
	"idle_held_micros" bigint NOT NULL,
	"warm_serving_milli" bigint NOT NULL,
	"warm_serving_micros" bigint NOT NULL,
	"inefficient_milli" bigint NOT NULL,
	"inefficient_micros" bigint NOT NULL,
	"active_milli" bigint NOT NULL,
	"active_micros" bigint NOT NULL,
	CONSTRAINT "team_days_day_team_key_project_key_hardware_key_sku_price_class_price_key_pk" PRIMARY KEY("day","team_key","project_key","hardware_key","sku","price_class","price_key")
);
--> statement-breakpoint
CREATE TABLE "team_rules" (
	"id" text PRIMARY KEY NOT NULL,
	"position" bigint NOT NULL,
	"kind" text NOT NULL,
	"label" text NOT NULL,
	"pattern" text NOT NULL,
	"cluster_id" text NOT NULL,
	"team_key" bigint NOT NULL,
	"from_day" bigint NOT NULL,
	"until_day" bigint,
	"created_by" text NOT NULL,
	"created_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "teams" (
	"key" bigint PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY (sequence name "teams_key_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"cost_centre" text NOT NULL,
	"gl_account" text NOT NULL,
	"owner" text NOT NULL,
	"created_at" bigint NOT NULL,
	"archived_at" bigint
);
--> statement-breakpoint
CREATE TABLE "unpriced" (
	"day" bigint NOT NULL,
	"hardware_key" bigint NOT NULL,
	"sku" text NOT NULL,
	"price_class" text NOT NULL,
	"quantity" bigint NOT NULL,
	"reason" text NOT NULL,
	CONSTRAINT "unpriced_day_hardware_key_sku_price_class_pk" PRIMARY KEY("day","hardware_key","sku","price_class")
);
--> statement-breakpoint
CREATE TABLE "usage" (
	"bucket_at" bigint NOT NULL,
	"hardware_key" bigint NOT NULL,
	"workload_key" bigint NOT NULL,
	"level" text NOT NULL,
	"down_milli" bigint NOT NULL,
	"unknown_milli" bigint NOT NULL,
	"unallocated_milli" bigint NOT NULL,
	"starting_milli" bigint NOT NULL,
	"no_data_milli" bigint NOT NULL,
	"dead_idle_milli" bigint NOT NULL,
	"idle_held_milli" bigint NOT NULL,
	"warm_serving_milli" bigint NOT NULL,
	"inefficient_milli" bigint NOT NULL,
	"active_milli" bigint NOT NULL,
	"observed_milli" bigint NOT NULL,
	"utilisation_weighted" bigint NOT NULL,
	"utilisation_peak_centi" bigint,
	"allocated_peak_milli" bigint NOT NULL,
	"held_seconds" bigint NOT NULL,
	"gpu_memory_used_mib_seconds" bigint NOT NULL,
	"gpu_memory_observed_seconds" bigint NOT NULL,
	"gpu_memory_peak_mib" bigint,
	"gpu_memory_requested_mib_seconds" bigint NOT NULL,
	"gpu_memory_requested_peak_mib" bigint,
	"cpu_used_milli_seconds" bigint NOT NULL,
	"cpu_observed_seconds" bigint NOT NULL,
	"cpu_peak_milli" bigint,
	"cpu_requested_milli_seconds" bigint NOT NULL,
	"cpu_requested_peak_milli" bigint,
	"cpu_limit_milli_seconds" bigint NOT NULL,
	"cpu_limit_peak_milli" bigint,
	"memory_used_mib_seconds" bigint NOT NULL,
	"memory_observed_seconds" bigint NOT NULL,
	"memory_peak_mib" bigint,
	"memory_requested_mib_seconds" bigint NOT NULL,
	"memory_requested_peak_mib" bigint,
	"memory_limit_mib_seconds" bigint NOT NULL,
	"memory_limit_peak_mib" bigint,
	"pod_seconds" bigint NOT NULL,
	"pods_peak" bigint NOT NULL,
	"running_pod_seconds" bigint NOT NULL,
	"running_pods_peak" bigint NOT NULL,
	CONSTRAINT "usage_bucket_at_hardware_key_workload_key_pk" PRIMARY KEY("bucket_at","hardware_key","workload_key")
);
--> statement-breakpoint
CREATE TABLE "usage_days" (
	"day" bigint NOT NULL,
	"hardware_key" bigint NOT NULL,
	"workload_key" bigint NOT NULL,
	"project_key" bigint DEFAULT 0 NOT NULL,
	"level" text NOT NULL,
	"down_milli" bigint NOT NULL,
	"unknown_milli" bigint NOT NULL,
	"unallocated_milli" bigint NOT NULL,
	"starting_milli" bigint NOT NULL,
	"no_data_milli" bigint NOT NULL,
	"dead_idle_milli" bigint NOT NULL,
	"idle_held_milli" bigint NOT NULL,
	"warm_serving_milli" bigint NOT NULL,
	"inefficient_milli" bigint NOT NULL,
	"active_milli" bigint NOT NULL,
	"observed_milli" bigint NOT NULL,
	"utilisation_weighted" bigint NOT NULL,
	"utilisation_peak_centi" bigint,
	"allocated_peak_milli" bigint NOT NULL,
	"held_seconds" bigint NOT NULL,
	"gpu_memory_used_mib_seconds" bigint NOT NULL,
	"gpu_memory_observed_seconds" bigint NOT NULL,
	"gpu_memory_peak_mib" bigint,
	"gpu_memory_requested_mib_seconds" bigint NOT NULL,
	"gpu_memory_requested_peak_mib" bigint,
	"cpu_used_milli_seconds" bigint NOT NULL,
	"cpu_observed_seconds" bigint NOT NULL,
	"cpu_peak_milli" bigint,
	"cpu_requested_milli_seconds" bigint NOT NULL,
	"cpu_requested_peak_milli" bigint,
	"cpu_limit_milli_seconds" bigint NOT NULL,
	"cpu_limit_peak_milli" bigint,
	"memory_used_mib_seconds" bigint NOT NULL,
	"memory_observed_seconds" bigint NOT NULL,
	"memory_peak_mib" bigint,
	"memory_requested_mib_seconds" bigint NOT NULL,
	"memory_requested_peak_mib" bigint,
	"memory_limit_mib_seconds" bigint NOT NULL,
	"memory_limit_peak_mib" bigint,
	"pod_seconds" bigint NOT NULL,
	"pods_peak" bigint NOT NULL,
	"running_pod_seconds" bigint NOT NULL,
	"running_pods_peak" bigint NOT NULL,
	CONSTRAINT "usage_days_day_hardware_key_workload_key_pk" PRIMARY KEY("day","hardware_key","workload_key")
);
--> statement-breakpoint
CREATE TABLE "usage_project_days" (
	"day" bigint NOT NULL,
	"hardware_key" bigint NOT NULL,
	"project_key" bigint NOT NULL,
	"down_milli" bigint NOT NULL,
	"unknown_milli" bigint NOT NULL,
	"unallocated_milli" bigint NOT NULL,
	"starting_milli" bigint NOT NULL,
	"no_data_milli" bigint NOT NULL,
	"dead_idle_milli" bigint NOT NULL,
	"idle_held_milli" bigint NOT NULL,
	"warm_serving_milli" bigint NOT NULL,
	"inefficient_milli" bigint NOT NULL,
	"active_milli" bigint NOT NULL,
	"observed_milli" bigint NOT NULL,
	"utilisation_weighted" bigint NOT NULL,
	"utilisation_peak_centi" bigint,
	"allocated_peak_milli" bigint NOT NULL,
	"held_seconds" bigint NOT NULL,
	"gpu_memory_used_mib_seconds" bigint NOT NULL,
	"gpu_memory_observed_seconds" bigint NOT NULL,
	"gpu_memory_peak_mib" bigint,
	"gpu_memory_requested_mib_seconds" bigint NOT NULL,
	"gpu_memory_requested_peak_mib" bigint,
	"cpu_used_milli_seconds" bigint NOT NULL,
	"cpu_observed_seconds" bigint NOT NULL,
	"cpu_peak_milli" bigint,
	"cpu_requested_milli_seconds" bigint NOT NULL,
	"cpu_requested_peak_milli" bigint,
	"cpu_limit_milli_seconds" bigint NOT NULL,
	"cpu_limit_peak_milli" bigint,
	"memory_used_mib_seconds" bigint NOT NULL,
	"memory_observed_seconds" bigint NOT NULL,
	"memory_peak_mib" bigint,
	"memory_requested_mib_seconds" bigint NOT NULL,
	"memory_requested_peak_mib" bigint,
	"memory_limit_mib_seconds" bigint NOT NULL,
	"memory_limit_peak_mib" bigint,
	"pod_seconds" bigint NOT NULL,
	"pods_peak" bigint NOT NULL,
	"running_pod_seconds" bigint NOT NULL,
	"running_pods_peak" bigint NOT NULL,
	CONSTRAINT "usage_project_days_day_hardware_key_project_key_pk" PRIMARY KEY("day","hardware_key","project_key")
);
--> statement-breakpoint
CREATE TABLE "usage_projects" (
	"bucket_at" bigint NOT NULL,
	"hardware_key" bigint NOT NULL,
	"project_key" bigint NOT NULL,
	"down_milli" bigint NOT NULL,
	"unknown_milli" bigint NOT NULL,
	"unallocated_milli" bigint NOT NULL,
	"starting_milli" bigint NOT NULL,
	"no_data_milli" bigint NOT NULL,
	"dead_idle_milli" bigint NOT NULL,
	"idle_held_milli" bigint NOT NULL,
	"warm_serving_milli" bigint NOT NULL,
	"inefficient_milli" bigint NOT NULL,
	"active_milli" bigint NOT NULL,
	"observed_milli" bigint NOT NULL,
	"utilisation_weighted" bigint NOT NULL,
	"utilisation_peak_centi" bigint,
	"allocated_peak_milli" bigint NOT NULL,
	"held_seconds" bigint NOT NULL,
	"gpu_memory_used_mib_seconds" bigint NOT NULL,
	"gpu_memory_observed_seconds" bigint NOT NULL,
	"gpu_memory_peak_mib" bigint,
	"gpu_memory_requested_mib_seconds" bigint NOT NULL,
	"gpu_memory_requested_peak_mib" bigint,
	"cpu_used_milli_seconds" bigint NOT NULL,
	"cpu_observed_seconds" bigint NOT NULL,
	"cpu_peak_milli" bigint,
	"cpu_requested_milli_seconds" bigint NOT NULL,
	"cpu_requested_peak_milli" bigint,
	"cpu_limit_milli_seconds" bigint NOT NULL,
	"cpu_limit_peak_milli" bigint,
	"memory_used_mib_seconds" bigint NOT NULL,
	"memory_observed_seconds" bigint NOT NULL,
	"memory_peak_mib" bigint,
	"memory_requested_mib_seconds" bigint NOT NULL,
	"memory_requested_peak_mib" bigint,
	"memory_limit_mib_seconds" bigint NOT NULL,
	"memory_limit_peak_mib" bigint,
	"pod_seconds" bigint NOT NULL,
	"pods_peak" bigint NOT NULL,
	"running_pod_seconds" bigint NOT NULL,
	"running_pods_peak" bigint NOT NULL,
	CONSTRAINT "usage_projects_bucket_at_hardware_key_project_key_pk" PRIMARY KEY("bucket_at","hardware_key","project_key")
);
--> statement-breakpoint
CREATE TABLE "windows" (
	"cluster_id" text NOT NULL,
	"source" text NOT NULL,
	"subject" text NOT NULL,
	"start_at" bigint NOT NULL,
	"end_at" bigint NOT NULL,
	"step_seconds" bigint NOT NULL,
	"backfill_id" text NOT NULL,
	"status" text NOT NULL,
	"owner" text NOT NULL,
	"lease_until" bigint NOT NULL,
	"attempts" bigint NOT NULL,
	"next_attempt_at" bigint NOT NULL,
	"samples" bigint NOT NULL,
	"error" text NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "windows_cluster_id_source_subject_start_at_pk" PRIMARY KEY("cluster_id","source","subject","start_at")
);
--> statement-breakpoint
CREATE TABLE "workloads" (
	"key" bigint PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY (sequence name "workloads_key_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"cluster_id" text NOT NULL,
	"id" text NOT NULL,
	"name" text NOT NULL,
	"type" text NOT NULL,
	"category" text NOT NULL,
	"namespace" text NOT NULL,
	"project_key" bigint NOT NULL,
	"submitted_by" text NOT NULL,
	"phase" text NOT NULL,
	"preemptible" bigint,
	"priority_class" text NOT NULL,
	"node_pool" text NOT NULL,
	"created_at" bigint NOT NULL,
	"phase_updated_at" bigint,
	"completed_at" bigint,
	"deleted_at" bigint,
	"gpu_request_milli" bigint,
	"gpu_request_per_pod_milli" bigint,
	"gpu_memory_request_mib" bigint,
	"cpu_request_milli" bigint,
	"cpu_limit_milli" bigint,
	"cpu_memory_request_mib" bigint,
	"cpu_memory_limit_mib" bigint,
	"pending_seconds" bigint,
	"running_seconds" bigint,
	"images" text NOT NULL,
	"labels" text DEFAULT '{}' NOT NULL,
	"label_history" text DEFAULT '{}' NOT NULL,
	"phases_read_at" bigint,
	"first_seen_at" bigint NOT NULL,
	"last_seen_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "adjustments_team" ON "adjustments" USING btree ("period_id","team_key");--> statement-breakpoint
CREATE INDEX "audit_log_at" ON "audit_log" USING btree ("at");--> statement-breakpoint
CREATE INDEX "audit_log_subject" ON "audit_log" USING btree ("subject","at");--> statement-breakpoint
CREATE INDEX "charges_workload" ON "charges" USING btree ("workload_key","day");--> statement-breakpoint
CREATE INDEX "cost_lines_days" ON "cost_lines" USING btree ("until_day","from_day");--> statement-breakpoint
CREATE INDEX "gaps_open" ON "gaps" USING btree ("status","next_retry_at");--> statement-breakpoint
CREATE UNIQUE INDEX "hardware_identity" ON "hardware" USING btree ("cluster_id","gpu_model","node_pool");--> statement-breakpoint
CREATE INDEX "pods_workload" ON "pods" USING btree ("workload_key","started_at");--> statement-breakpoint
CREATE INDEX "pods_ended" ON "pods" USING btree ("cluster_id","ended_at","started_at");--> statement-breakpoint
CREATE UNIQUE INDEX "price_proposals_version" ON "price_proposals" USING btree ("version");--> statement-breakpoint
CREATE INDEX "prices_proposal" ON "prices" USING btree ("proposal_id");--> statement-breakpoint
CREATE UNIQUE INDEX "projects_id" ON "projects" USING btree ("cluster_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "series_identity" ON "series" USING btree ("subject_id","metric","gpu","subject_kind","cluster_id");--> statement-breakpoint
CREATE UNIQUE INDEX "statements_team" ON "statements" USING btree ("period_id","team_key");--> statement-breakpoint
CREATE UNIQUE INDEX "teams_name" ON "teams" USING btree ("name");--> statement-breakpoint
CREATE INDEX "usage_workload" ON "usage" USING btree ("workload_key","bucket_at");--> statement-breakpoint
CREATE INDEX "usage_days_workload" ON "usage_days" USING btree ("workload_key","day","project_key","allocated_peak_milli");--> statement-breakpoint
CREATE INDEX "usage_projects_project" ON "usage_projects" USING btree ("project_key","bucket_at");--> statement-breakpoint
CREATE INDEX "windows_due" ON "windows" USING btree ("backfill_id","status","start_at");--> statement-breakpoint
CREATE INDEX "windows_retry" ON "windows" USING btree ("status","next_attempt_at","start_at");--> statement-breakpoint
CREATE UNIQUE INDEX "workloads_id" ON "workloads" USING btree ("cluster_id","id");--> statement-breakpoint
CREATE INDEX "workloads_project" ON "workloads" USING btree ("project_key","created_at");--> statement-breakpoint
CREATE INDEX "workloads_ended" ON "workloads" USING btree ("cluster_id",(case when completed_at is not null then completed_at when deleted_at is not null then deleted_at else 253402300799 end),"created_at");--> statement-breakpoint
CREATE INDEX "workloads_user" ON "workloads" USING btree ("submitted_by","project_key");--> statement-breakpoint
CREATE INDEX "workloads_category" ON "workloads" USING btree ("category","project_key");--> statement-breakpoint
CREATE INDEX "workloads_phase" ON "workloads" USING btree ("phase","project_key");
--> statement-breakpoint
CREATE FUNCTION "charges_no_insert"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where NEW.day >= c.from_day and NEW.day < c.until_day) THEN RAISE EXCEPTION 'the period of this day is closed'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "charges_no_insert" BEFORE INSERT ON "charges" FOR EACH ROW EXECUTE FUNCTION "charges_no_insert"();
--> statement-breakpoint
CREATE FUNCTION "charges_no_update"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where OLD.day >= c.from_day and OLD.day < c.until_day) THEN RAISE EXCEPTION 'the period of this day is closed'; END IF; IF exists (select 1 from closes c where NEW.day >= c.from_day and NEW.day < c.until_day) THEN RAISE EXCEPTION 'the period of this day is closed'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "charges_no_update" BEFORE UPDATE ON "charges" FOR EACH ROW EXECUTE FUNCTION "charges_no_update"();
--> statement-breakpoint
CREATE FUNCTION "charges_no_delete"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where OLD.day >= c.from_day and OLD.day < c.until_day) THEN RAISE EXCEPTION 'the period of this day is closed'; END IF; RETURN OLD; END $$;
--> statement-breakpoint
CREATE TRIGGER "charges_no_delete" BEFORE DELETE ON "charges" FOR EACH ROW EXECUTE FUNCTION "charges_no_delete"();
--> statement-breakpoint
CREATE FUNCTION "charges_no_truncate"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'what money rests on is never emptied'; END IF; RETURN NULL; END $$;
--> statement-breakpoint
CREATE TRIGGER "charges_no_truncate" BEFORE TRUNCATE ON "charges" FOR EACH STATEMENT EXECUTE FUNCTION "charges_no_truncate"();
--> statement-breakpoint
CREATE FUNCTION "team_days_no_insert"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where NEW.day >= c.from_day and NEW.day < c.until_day) THEN RAISE EXCEPTION 'the period of this day is closed'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "team_days_no_insert" BEFORE INSERT ON "team_days" FOR EACH ROW EXECUTE FUNCTION "team_days_no_insert"();
--> statement-breakpoint
CREATE FUNCTION "team_days_no_update"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where OLD.day >= c.from_day and OLD.day < c.until_day) THEN RAISE EXCEPTION 'the period of this day is closed'; END IF; IF exists (select 1 from closes c where NEW.day >= c.from_day and NEW.day < c.until_day) THEN RAISE EXCEPTION 'the period of this day is closed'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "team_days_no_update" BEFORE UPDATE ON "team_days" FOR EACH ROW EXECUTE FUNCTION "team_days_no_update"();
--> statement-breakpoint
CREATE FUNCTION "team_days_no_delete"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where OLD.day >= c.from_day and OLD.day < c.until_day) THEN RAISE EXCEPTION 'the period of this day is closed'; END IF; RETURN OLD; END $$;
--> statement-breakpoint
CREATE TRIGGER "team_days_no_delete" BEFORE DELETE ON "team_days" FOR EACH ROW EXECUTE FUNCTION "team_days_no_delete"();
--> statement-breakpoint
CREATE FUNCTION "team_days_no_truncate"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'what money rests on is never emptied'; END IF; RETURN NULL; END $$;
--> statement-breakpoint
CREATE TRIGGER "team_days_no_truncate" BEFORE TRUNCATE ON "team_days" FOR EACH STATEMENT EXECUTE FUNCTION "team_days_no_truncate"();
--> statement-breakpoint
CREATE FUNCTION "shares_no_insert"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where NEW.day >= c.from_day and NEW.day < c.until_day) THEN RAISE EXCEPTION 'the period of this day is closed'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "shares_no_insert" BEFORE INSERT ON "shares" FOR EACH ROW EXECUTE FUNCTION "shares_no_insert"();
--> statement-breakpoint
CREATE FUNCTION "shares_no_update"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where OLD.day >= c.from_day and OLD.day < c.until_day) THEN RAISE EXCEPTION 'the period of this day is closed'; END IF; IF exists (select 1 from closes c where NEW.day >= c.from_day and NEW.day < c.until_day) THEN RAISE EXCEPTION 'the period of this day is closed'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "shares_no_update" BEFORE UPDATE ON "shares" FOR EACH ROW EXECUTE FUNCTION "shares_no_update"();
--> statement-breakpoint
CREATE FUNCTION "shares_no_delete"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where OLD.day >= c.from_day and OLD.day < c.until_day) THEN RAISE EXCEPTION 'the period of this day is closed'; END IF; RETURN OLD; END $$;
--> statement-breakpoint
CREATE TRIGGER "shares_no_delete" BEFORE DELETE ON "shares" FOR EACH ROW EXECUTE FUNCTION "shares_no_delete"();
--> statement-breakpoint
CREATE FUNCTION "shares_no_truncate"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'what money rests on is never emptied'; END IF; RETURN NULL; END $$;
--> statement-breakpoint
CREATE TRIGGER "shares_no_truncate" BEFORE TRUNCATE ON "shares" FOR EACH STATEMENT EXECUTE FUNCTION "shares_no_truncate"();
--> statement-breakpoint
CREATE FUNCTION "unpriced_no_insert"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where NEW.day >= c.from_day and NEW.day < c.until_day) THEN RAISE EXCEPTION 'the period of this day is closed'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "unpriced_no_insert" BEFORE INSERT ON "unpriced" FOR EACH ROW EXECUTE FUNCTION "unpriced_no_insert"();
--> statement-breakpoint
CREATE FUNCTION "unpriced_no_update"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where OLD.day >= c.from_day and OLD.day < c.until_day) THEN RAISE EXCEPTION 'the period of this day is closed'; END IF; IF exists (select 1 from closes c where NEW.day >= c.from_day and NEW.day < c.until_day) THEN RAISE EXCEPTION 'the period of this day is closed'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "unpriced_no_update" BEFORE UPDATE ON "unpriced" FOR EACH ROW EXECUTE FUNCTION "unpriced_no_update"();
--> statement-breakpoint
CREATE FUNCTION "unpriced_no_delete"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where OLD.day >= c.from_day and OLD.day < c.until_day) THEN RAISE EXCEPTION 'the period of this day is closed'; END IF; RETURN OLD; END $$;
--> statement-breakpoint
CREATE TRIGGER "unpriced_no_delete" BEFORE DELETE ON "unpriced" FOR EACH ROW EXECUTE FUNCTION "unpriced_no_delete"();
--> statement-breakpoint
CREATE FUNCTION "unpriced_no_truncate"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'what money rests on is never emptied'; END IF; RETURN NULL; END $$;
--> statement-breakpoint
CREATE TRIGGER "unpriced_no_truncate" BEFORE TRUNCATE ON "unpriced" FOR EACH STATEMENT EXECUTE FUNCTION "unpriced_no_truncate"();
--> statement-breakpoint
CREATE FUNCTION "spend_days_no_insert"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where NEW.day >= c.from_day and NEW.day < c.until_day) THEN RAISE EXCEPTION 'the period of this day is closed'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "spend_days_no_insert" BEFORE INSERT ON "spend_days" FOR EACH ROW EXECUTE FUNCTION "spend_days_no_insert"();
--> statement-breakpoint
CREATE FUNCTION "spend_days_no_update"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where OLD.day >= c.from_day and OLD.day < c.until_day) THEN RAISE EXCEPTION 'the period of this day is closed'; END IF; IF exists (select 1 from closes c where NEW.day >= c.from_day and NEW.day < c.until_day) THEN RAISE EXCEPTION 'the period of this day is closed'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "spend_days_no_update" BEFORE UPDATE ON "spend_days" FOR EACH ROW EXECUTE FUNCTION "spend_days_no_update"();
--> statement-breakpoint
CREATE FUNCTION "spend_days_no_delete"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where OLD.day >= c.from_day and OLD.day < c.until_day) THEN RAISE EXCEPTION 'the period of this day is closed'; END IF; RETURN OLD; END $$;
--> statement-breakpoint
CREATE TRIGGER "spend_days_no_delete" BEFORE DELETE ON "spend_days" FOR EACH ROW EXECUTE FUNCTION "spend_days_no_delete"();
--> statement-breakpoint
CREATE FUNCTION "spend_days_no_truncate"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'what money rests on is never emptied'; END IF; RETURN NULL; END $$;
--> statement-breakpoint
CREATE TRIGGER "spend_days_no_truncate" BEFORE TRUNCATE ON "spend_days" FOR EACH STATEMENT EXECUTE FUNCTION "spend_days_no_truncate"();
--> statement-breakpoint
CREATE FUNCTION "spend_months_no_insert"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where NEW.month * 100 + 1 >= c.from_day and NEW.month * 100 + 31 < c.until_day) THEN RAISE EXCEPTION 'the period of this month is closed'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "spend_months_no_insert" BEFORE INSERT ON "spend_months" FOR EACH ROW EXECUTE FUNCTION "spend_months_no_insert"();
--> statement-breakpoint
CREATE FUNCTION "spend_months_no_update"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where OLD.month * 100 + 1 >= c.from_day and OLD.month * 100 + 31 < c.until_day) THEN RAISE EXCEPTION 'the period of this month is closed'; END IF; IF exists (select 1 from closes c where NEW.month * 100 + 1 >= c.from_day and NEW.month * 100 + 31 < c.until_day) THEN RAISE EXCEPTION 'the period of this month is closed'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "spend_months_no_update" BEFORE UPDATE ON "spend_months" FOR EACH ROW EXECUTE FUNCTION "spend_months_no_update"();
--> statement-breakpoint
CREATE FUNCTION "spend_months_no_delete"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where OLD.month * 100 + 1 >= c.from_day and OLD.month * 100 + 31 < c.until_day) THEN RAISE EXCEPTION 'the period of this month is closed'; END IF; RETURN OLD; END $$;
--> statement-breakpoint
CREATE TRIGGER "spend_months_no_delete" BEFORE DELETE ON "spend_months" FOR EACH ROW EXECUTE FUNCTION "spend_months_no_delete"();
--> statement-breakpoint
CREATE FUNCTION "spend_months_no_truncate"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'what money rests on is never emptied'; END IF; RETURN NULL; END $$;
--> statement-breakpoint
CREATE TRIGGER "spend_months_no_truncate" BEFORE TRUNCATE ON "spend_months" FOR EACH STATEMENT EXECUTE FUNCTION "spend_months_no_truncate"();
--> statement-breakpoint
CREATE FUNCTION "cost_lines_no_insert"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where NEW.until_day > c.from_day and NEW.from_day < c.until_day) THEN RAISE EXCEPTION 'the period of this cost is closed'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "cost_lines_no_insert" BEFORE INSERT ON "cost_lines" FOR EACH ROW EXECUTE FUNCTION "cost_lines_no_insert"();
--> statement-breakpoint
CREATE FUNCTION "cost_lines_no_update"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where OLD.until_day > c.from_day and OLD.from_day < c.until_day) THEN RAISE EXCEPTION 'the period of this cost is closed'; END IF; IF exists (select 1 from closes c where NEW.until_day > c.from_day and NEW.from_day < c.until_day) THEN RAISE EXCEPTION 'the period of this cost is closed'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "cost_lines_no_update" BEFORE UPDATE ON "cost_lines" FOR EACH ROW EXECUTE FUNCTION "cost_lines_no_update"();
--> statement-breakpoint
CREATE FUNCTION "cost_lines_no_delete"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where OLD.until_day > c.from_day and OLD.from_day < c.until_day) THEN RAISE EXCEPTION 'the period of this cost is closed'; END IF; RETURN OLD; END $$;
--> statement-breakpoint
CREATE TRIGGER "cost_lines_no_delete" BEFORE DELETE ON "cost_lines" FOR EACH ROW EXECUTE FUNCTION "cost_lines_no_delete"();
--> statement-breakpoint
CREATE FUNCTION "cost_lines_no_truncate"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'what money rests on is never emptied'; END IF; RETURN NULL; END $$;
--> statement-breakpoint
CREATE TRIGGER "cost_lines_no_truncate" BEFORE TRUNCATE ON "cost_lines" FOR EACH STATEMENT EXECUTE FUNCTION "cost_lines_no_truncate"();
--> statement-breakpoint
CREATE FUNCTION "adjustments_no_insert"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where c.period_id = NEW.period_id) THEN RAISE EXCEPTION 'the period is closed'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "adjustments_no_insert" BEFORE INSERT ON "adjustments" FOR EACH ROW EXECUTE FUNCTION "adjustments_no_insert"();
--> statement-breakpoint
CREATE FUNCTION "adjustments_no_update"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where c.period_id = OLD.period_id) THEN RAISE EXCEPTION 'the period is closed'; END IF; IF exists (select 1 from closes c where c.period_id = NEW.period_id) THEN RAISE EXCEPTION 'the period is closed'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "adjustments_no_update" BEFORE UPDATE ON "adjustments" FOR EACH ROW EXECUTE FUNCTION "adjustments_no_update"();
--> statement-breakpoint
CREATE FUNCTION "adjustments_no_delete"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where c.period_id = OLD.period_id) THEN RAISE EXCEPTION 'the period is closed'; END IF; RETURN OLD; END $$;
--> statement-breakpoint
CREATE TRIGGER "adjustments_no_delete" BEFORE DELETE ON "adjustments" FOR EACH ROW EXECUTE FUNCTION "adjustments_no_delete"();
--> statement-breakpoint
CREATE FUNCTION "adjustments_no_truncate"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'what money rests on is never emptied'; END IF; RETURN NULL; END $$;
--> statement-breakpoint
CREATE TRIGGER "adjustments_no_truncate" BEFORE TRUNCATE ON "adjustments" FOR EACH STATEMENT EXECUTE FUNCTION "adjustments_no_truncate"();
--> statement-breakpoint
CREATE FUNCTION "line_reviews_no_insert"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where c.period_id = NEW.period_id) THEN RAISE EXCEPTION 'the period is closed'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "line_reviews_no_insert" BEFORE INSERT ON "line_reviews" FOR EACH ROW EXECUTE FUNCTION "line_reviews_no_insert"();
--> statement-breakpoint
CREATE FUNCTION "line_reviews_no_update"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where c.period_id = OLD.period_id) THEN RAISE EXCEPTION 'the period is closed'; END IF; IF exists (select 1 from closes c where c.period_id = NEW.period_id) THEN RAISE EXCEPTION 'the period is closed'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "line_reviews_no_update" BEFORE UPDATE ON "line_reviews" FOR EACH ROW EXECUTE FUNCTION "line_reviews_no_update"();
--> statement-breakpoint
CREATE FUNCTION "line_reviews_no_delete"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where c.period_id = OLD.period_id) THEN RAISE EXCEPTION 'the period is closed'; END IF; RETURN OLD; END $$;
--> statement-breakpoint
CREATE TRIGGER "line_reviews_no_delete" BEFORE DELETE ON "line_reviews" FOR EACH ROW EXECUTE FUNCTION "line_reviews_no_delete"();
--> statement-breakpoint
CREATE FUNCTION "line_reviews_no_truncate"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'what money rests on is never emptied'; END IF; RETURN NULL; END $$;
--> statement-breakpoint
CREATE TRIGGER "line_reviews_no_truncate" BEFORE TRUNCATE ON "line_reviews" FOR EACH STATEMENT EXECUTE FUNCTION "line_reviews_no_truncate"();
--> statement-breakpoint
CREATE FUNCTION "prices_no_insert"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from price_proposals p where p.id = NEW.proposal_id and p.status <> 'proposed') THEN RAISE EXCEPTION 'a decided proposal never changes'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "prices_no_insert" BEFORE INSERT ON "prices" FOR EACH ROW EXECUTE FUNCTION "prices_no_insert"();
--> statement-breakpoint
CREATE FUNCTION "prices_no_update"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from price_proposals p where p.id = OLD.proposal_id and p.status <> 'proposed') THEN RAISE EXCEPTION 'a decided proposal never changes'; END IF; IF exists (select 1 from price_proposals p where p.id = NEW.proposal_id and p.status <> 'proposed') THEN RAISE EXCEPTION 'a decided proposal never changes'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "prices_no_update" BEFORE UPDATE ON "prices" FOR EACH ROW EXECUTE FUNCTION "prices_no_update"();
--> statement-breakpoint
CREATE FUNCTION "prices_no_delete"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from price_proposals p where p.id = OLD.proposal_id and p.status <> 'proposed') THEN RAISE EXCEPTION 'a decided proposal never changes'; END IF; RETURN OLD; END $$;
--> statement-breakpoint
CREATE TRIGGER "prices_no_delete" BEFORE DELETE ON "prices" FOR EACH ROW EXECUTE FUNCTION "prices_no_delete"();
--> statement-breakpoint
CREATE FUNCTION "prices_no_truncate"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'what money rests on is never emptied'; END IF; RETURN NULL; END $$;
--> statement-breakpoint
CREATE TRIGGER "prices_no_truncate" BEFORE TRUNCATE ON "prices" FOR EACH STATEMENT EXECUTE FUNCTION "prices_no_truncate"();
--> statement-breakpoint
CREATE FUNCTION "exchange_rates_no_insert"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where NEW.day < c.until_day) THEN RAISE EXCEPTION 'the period of this exchange rate is closed'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "exchange_rates_no_insert" BEFORE INSERT ON "exchange_rates" FOR EACH ROW EXECUTE FUNCTION "exchange_rates_no_insert"();
--> statement-breakpoint
CREATE FUNCTION "exchange_rates_no_update"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where OLD.day < c.until_day) THEN RAISE EXCEPTION 'the period of this exchange rate is closed'; END IF; IF exists (select 1 from closes c where NEW.day < c.until_day) THEN RAISE EXCEPTION 'the period of this exchange rate is closed'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "exchange_rates_no_update" BEFORE UPDATE ON "exchange_rates" FOR EACH ROW EXECUTE FUNCTION "exchange_rates_no_update"();
--> statement-breakpoint
CREATE FUNCTION "exchange_rates_no_delete"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where OLD.day < c.until_day) THEN RAISE EXCEPTION 'the period of this exchange rate is closed'; END IF; RETURN OLD; END $$;
--> statement-breakpoint
CREATE TRIGGER "exchange_rates_no_delete" BEFORE DELETE ON "exchange_rates" FOR EACH ROW EXECUTE FUNCTION "exchange_rates_no_delete"();
--> statement-breakpoint
CREATE FUNCTION "exchange_rates_no_truncate"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'what money rests on is never emptied'; END IF; RETURN NULL; END $$;
--> statement-breakpoint
CREATE TRIGGER "exchange_rates_no_truncate" BEFORE TRUNCATE ON "exchange_rates" FOR EACH STATEMENT EXECUTE FUNCTION "exchange_rates_no_truncate"();
--> statement-breakpoint
CREATE FUNCTION "price_proposals_no_update"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.status <> 'proposed' THEN RAISE EXCEPTION 'a decided proposal never changes'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "price_proposals_no_update" BEFORE UPDATE ON "price_proposals" FOR EACH ROW EXECUTE FUNCTION "price_proposals_no_update"();
--> statement-breakpoint
CREATE FUNCTION "price_proposals_no_delete"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.status <> 'proposed' THEN RAISE EXCEPTION 'a decided proposal never changes'; END IF; RETURN OLD; END $$;
--> statement-breakpoint
CREATE TRIGGER "price_proposals_no_delete" BEFORE DELETE ON "price_proposals" FOR EACH ROW EXECUTE FUNCTION "price_proposals_no_delete"();
--> statement-breakpoint
CREATE FUNCTION "price_proposals_no_truncate"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'what money rests on is never emptied'; END IF; RETURN NULL; END $$;
--> statement-breakpoint
CREATE TRIGGER "price_proposals_no_truncate" BEFORE TRUNCATE ON "price_proposals" FOR EACH STATEMENT EXECUTE FUNCTION "price_proposals_no_truncate"();
--> statement-breakpoint
CREATE FUNCTION "corrections_no_insert"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.booked_in <> '' and exists (select 1 from closes c where c.period_id = NEW.booked_in) THEN RAISE EXCEPTION 'the period is closed'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "corrections_no_insert" BEFORE INSERT ON "corrections" FOR EACH ROW EXECUTE FUNCTION "corrections_no_insert"();
--> statement-breakpoint
CREATE FUNCTION "corrections_no_update"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.booked_in <> '' THEN RAISE EXCEPTION 'a booked correction never changes'; END IF; IF NEW.booked_in <> '' and exists (select 1 from closes c where c.period_id = NEW.booked_in) THEN RAISE EXCEPTION 'the period is closed'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "corrections_no_update" BEFORE UPDATE ON "corrections" FOR EACH ROW EXECUTE FUNCTION "corrections_no_update"();
--> statement-breakpoint
CREATE FUNCTION "corrections_no_delete"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.booked_in <> '' THEN RAISE EXCEPTION 'a booked correction never changes'; END IF; RETURN OLD; END $$;
--> statement-breakpoint
CREATE TRIGGER "corrections_no_delete" BEFORE DELETE ON "corrections" FOR EACH ROW EXECUTE FUNCTION "corrections_no_delete"();
--> statement-breakpoint
CREATE FUNCTION "corrections_no_truncate"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'what money rests on is never emptied'; END IF; RETURN NULL; END $$;
--> statement-breakpoint
CREATE TRIGGER "corrections_no_truncate" BEFORE TRUNCATE ON "corrections" FOR EACH STATEMENT EXECUTE FUNCTION "corrections_no_truncate"();
--> statement-breakpoint
CREATE FUNCTION "closes_no_insert"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where c.period_id = NEW.period_id or c.sequence = NEW.sequence or (NEW.from_day < c.until_day and c.from_day < NEW.until_day)) THEN RAISE EXCEPTION 'the period is closed already'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "closes_no_insert" BEFORE INSERT ON "closes" FOR EACH ROW EXECUTE FUNCTION "closes_no_insert"();
--> statement-breakpoint
CREATE FUNCTION "closes_no_update"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'what is closed never changes'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "closes_no_update" BEFORE UPDATE ON "closes" FOR EACH ROW EXECUTE FUNCTION "closes_no_update"();
--> statement-breakpoint
CREATE FUNCTION "closes_no_delete"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'what is closed never changes'; END IF; RETURN OLD; END $$;
--> statement-breakpoint
CREATE TRIGGER "closes_no_delete" BEFORE DELETE ON "closes" FOR EACH ROW EXECUTE FUNCTION "closes_no_delete"();
--> statement-breakpoint
CREATE FUNCTION "closes_no_truncate"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'what money rests on is never emptied'; END IF; RETURN NULL; END $$;
--> statement-breakpoint
CREATE TRIGGER "closes_no_truncate" BEFORE TRUNCATE ON "closes" FOR EACH STATEMENT EXECUTE FUNCTION "closes_no_truncate"();
--> statement-breakpoint
CREATE FUNCTION "statements_no_insert"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c where c.period_id = NEW.period_id) THEN RAISE EXCEPTION 'the period is closed'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "statements_no_insert" BEFORE INSERT ON "statements" FOR EACH ROW EXECUTE FUNCTION "statements_no_insert"();
--> statement-breakpoint
CREATE FUNCTION "statements_no_update"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'what is closed never changes'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "statements_no_update" BEFORE UPDATE ON "statements" FOR EACH ROW EXECUTE FUNCTION "statements_no_update"();
--> statement-breakpoint
CREATE FUNCTION "statements_no_delete"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'what is closed never changes'; END IF; RETURN OLD; END $$;
--> statement-breakpoint
CREATE TRIGGER "statements_no_delete" BEFORE DELETE ON "statements" FOR EACH ROW EXECUTE FUNCTION "statements_no_delete"();
--> statement-breakpoint
CREATE FUNCTION "statements_no_truncate"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'what money rests on is never emptied'; END IF; RETURN NULL; END $$;
--> statement-breakpoint
CREATE TRIGGER "statements_no_truncate" BEFORE TRUNCATE ON "statements" FOR EACH STATEMENT EXECUTE FUNCTION "statements_no_truncate"();
--> statement-breakpoint
CREATE FUNCTION "statement_lines_no_insert"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF exists (select 1 from closes c join statements s on s.period_id = c.period_id where s.number = NEW.number) THEN RAISE EXCEPTION 'the period is closed'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "statement_lines_no_insert" BEFORE INSERT ON "statement_lines" FOR EACH ROW EXECUTE FUNCTION "statement_lines_no_insert"();
--> statement-breakpoint
CREATE FUNCTION "statement_lines_no_update"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'what is closed never changes'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "statement_lines_no_update" BEFORE UPDATE ON "statement_lines" FOR EACH ROW EXECUTE FUNCTION "statement_lines_no_update"();
--> statement-breakpoint
CREATE FUNCTION "statement_lines_no_delete"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'what is closed never changes'; END IF; RETURN OLD; END $$;
--> statement-breakpoint
CREATE TRIGGER "statement_lines_no_delete" BEFORE DELETE ON "statement_lines" FOR EACH ROW EXECUTE FUNCTION "statement_lines_no_delete"();
--> statement-breakpoint
CREATE FUNCTION "statement_lines_no_truncate"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'what money rests on is never emptied'; END IF; RETURN NULL; END $$;
--> statement-breakpoint
CREATE TRIGGER "statement_lines_no_truncate" BEFORE TRUNCATE ON "statement_lines" FOR EACH STATEMENT EXECUTE FUNCTION "statement_lines_no_truncate"();
--> statement-breakpoint
CREATE FUNCTION "audit_log_no_update"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'the audit log only grows'; END IF; RETURN NEW; END $$;
--> statement-breakpoint
CREATE TRIGGER "audit_log_no_update" BEFORE UPDATE ON "audit_log" FOR EACH ROW EXECUTE FUNCTION "audit_log_no_update"();
--> statement-breakpoint
CREATE FUNCTION "audit_log_no_delete"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'the audit log only grows'; END IF; RETURN OLD; END $$;
--> statement-breakpoint
CREATE TRIGGER "audit_log_no_delete" BEFORE DELETE ON "audit_log" FOR EACH ROW EXECUTE FUNCTION "audit_log_no_delete"();
--> statement-breakpoint
CREATE FUNCTION "audit_log_no_truncate"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF true THEN RAISE EXCEPTION 'what money rests on is never emptied'; END IF; RETURN NULL; END $$;
--> statement-breakpoint
CREATE TRIGGER "audit_log_no_truncate" BEFORE TRUNCATE ON "audit_log" FOR EACH STATEMENT EXECUTE FUNCTION "audit_log_no_truncate"();
--> statement-breakpoint
insert into teams (key, name, cost_centre, gl_account, owner, created_at, archived_at) values (1, 'Platform', '', '', '', 0, null), (2, 'Unassigned', '', '', '', 0, null);
--> statement-breakpoint
insert into charge_revision (key, revision) values (1, 0);
--> statement-breakpoint
select setval(pg_get_serial_sequence('teams', 'key'), 2);
