ALTER TABLE `pods` ADD `bound_at` integer;--> statement-breakpoint
ALTER TABLE `pods` ADD `gpu_resources` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `workloads` ADD `gpu_resources` text DEFAULT '' NOT NULL;