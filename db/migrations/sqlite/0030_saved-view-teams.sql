ALTER TABLE `saved_views` ADD `team_key` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `saved_views_team` ON `saved_views` (`path`,`team_key`);