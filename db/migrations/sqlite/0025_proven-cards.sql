ALTER TABLE `clusters` ADD `missing_at` integer;--> statement-breakpoint
ALTER TABLE `node_states` ADD `cards` integer;