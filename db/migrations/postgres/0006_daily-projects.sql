CREATE TABLE "project_peaks" (
	"bucket_at" bigint NOT NULL,
	"project_key" bigint NOT NULL,
	"allocated_milli" bigint NOT NULL,
	"pods" bigint NOT NULL,
	"running_pods" bigint NOT NULL,
	CONSTRAINT "project_peaks_bucket_at_project_key_pk" PRIMARY KEY("bucket_at","project_key")
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
ALTER TABLE "usage_days" ADD COLUMN "project_key" bigint DEFAULT 0 NOT NULL;
--> statement-breakpoint
update usage_days set project_key = (select w.project_key from workloads w where w.key = usage_days.workload_key) where exists (select 1 from workloads w where w.key = usage_days.workload_key);
--> statement-breakpoint
insert into usage_project_days (day, hardware_key, project_key, "down_milli", "unknown_milli", "unallocated_milli", "starting_milli", "no_data_milli", "dead_idle_milli", "idle_held_milli", "warm_serving_milli", "inefficient_milli", "active_milli", "observed_milli", "utilisation_weighted", "utilisation_peak_centi", "allocated_peak_milli", "held_seconds", "gpu_memory_used_mib_seconds", "gpu_memory_observed_seconds", "gpu_memory_peak_mib", "gpu_memory_requested_mib_seconds", "gpu_memory_requested_peak_mib", "cpu_used_milli_seconds", "cpu_observed_seconds", "cpu_peak_milli", "cpu_requested_milli_seconds", "cpu_requested_peak_milli", "cpu_limit_milli_seconds", "cpu_limit_peak_milli", "memory_used_mib_seconds", "memory_observed_seconds", "memory_peak_mib", "memory_requested_mib_seconds", "memory_requested_peak_mib", "memory_limit_mib_seconds", "memory_limit_peak_mib", "pod_seconds", "pods_peak", "running_pod_seconds", "running_pods_peak") select day, hardware_key, project_key, cast(sum("down_milli") as bigint), cast(sum("unknown_milli") as bigint), cast(sum("unallocated_milli") as bigint), cast(sum("starting_milli") as bigint), cast(sum("no_data_milli") as bigint), cast(sum("dead_idle_milli") as bigint), cast(sum("idle_held_milli") as bigint), cast(sum("warm_serving_milli") as bigint), cast(sum("inefficient_milli") as bigint), cast(sum("active_milli") as bigint), cast(sum("observed_milli") as bigint), cast(sum("utilisation_weighted") as bigint), max("utilisation_peak_centi"), max("allocated_peak_milli"), cast(sum("held_seconds") as bigint), cast(sum("gpu_memory_used_mib_seconds") as bigint), cast(sum("gpu_memory_observed_seconds") as bigint), max("gpu_memory_peak_mib"), cast(sum("gpu_memory_requested_mib_seconds") as bigint), max("gpu_memory_requested_peak_mib"), cast(sum("cpu_used_milli_seconds") as bigint), cast(sum("cpu_observed_seconds") as bigint), max("cpu_peak_milli"), cast(sum("cpu_requested_milli_seconds") as bigint), max("cpu_requested_peak_milli"), cast(sum("cpu_limit_milli_seconds") as bigint), max("cpu_limit_peak_milli"), cast(sum("memory_used_mib_seconds") as bigint), cast(sum("memory_observed_seconds") as bigint), max("memory_peak_mib"), cast(sum("memory_requested_mib_seconds") as bigint), max("memory_requested_peak_mib"), cast(sum("memory_limit_mib_seconds") as bigint), max("memory_limit_peak_mib"), cast(sum("pod_seconds") as bigint), max("pods_peak"), cast(sum("running_pod_seconds") as bigint), max("running_pods_peak") from usage_days group by day, hardware_key, project_key;
