DROP INDEX `usage_days_workload`;--> statement-breakpoint
CREATE INDEX `usage_days_workload` ON `usage_days` (`workload_key`,`day`,`project_key`,`allocated_peak_milli`);