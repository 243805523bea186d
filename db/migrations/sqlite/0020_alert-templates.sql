ALTER TABLE `alert_rules` ADD `title_template` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `alert_rules` ADD `summary_template` text DEFAULT '' NOT NULL;