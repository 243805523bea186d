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
