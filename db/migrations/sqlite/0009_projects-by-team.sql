CREATE INDEX `spend_months_team` ON `spend_months` (`team_key`,`project_key`);--> statement-breakpoint
CREATE INDEX `spend_months_project` ON `spend_months` (`project_key`,`team_key`);