CREATE TABLE `spend_days` (
	`day` integer NOT NULL,
	`team_key` integer NOT NULL,
	`project_key` integer NOT NULL,
	`cluster_id` text NOT NULL,
	`usage_micros` integer NOT NULL,
	`share_micros` integer NOT NULL,
	`cost_micros` integer NOT NULL,
	`gpu_milli` integer NOT NULL,
	`observed_milli` integer NOT NULL,
	`expected_milli` integer NOT NULL,
	`down_milli` integer NOT NULL,
	`down_micros` integer NOT NULL,
	`unknown_milli` integer NOT NULL,
	`unknown_micros` integer NOT NULL,
	`unallocated_milli` integer NOT NULL,
	`unallocated_micros` integer NOT NULL,
	`starting_milli` integer NOT NULL,
	`starting_micros` integer NOT NULL,
	`no_data_milli` integer NOT NULL,
	`no_data_micros` integer NOT NULL,
	`dead_idle_milli` integer NOT NULL,
	`dead_idle_micros` integer NOT NULL,
	`idle_held_milli` integer NOT NULL,
	`idle_held_micros` integer NOT NULL,
	`warm_serving_milli` integer NOT NULL,
	`warm_serving_micros` integer NOT NULL,
	`inefficient_milli` integer NOT NULL,
	`inefficient_micros` integer NOT NULL,
	`active_milli` integer NOT NULL,
	`active_micros` integer NOT NULL,
	PRIMARY KEY(`day`, `team_key`, `project_key`, `cluster_id`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `spend_months` (
	`month` integer NOT NULL,
	`team_key` integer NOT NULL,
	`project_key` integer NOT NULL,
	`cluster_id` text NOT NULL,
	`usage_micros` integer NOT NULL,
	`share_micros` integer NOT NULL,
	`cost_micros` integer NOT NULL,
	`gpu_milli` integer NOT NULL,
	`observed_milli` integer NOT NULL,
	`expected_milli` integer NOT NULL,
	`down_milli` integer NOT NULL,
	`down_micros` integer NOT NULL,
	`unknown_milli` integer NOT NULL,
	`unknown_micros` integer NOT NULL,
	`unallocated_milli` integer NOT NULL,
	`unallocated_micros` integer NOT NULL,
	`starting_milli` integer NOT NULL,
	`starting_micros` integer NOT NULL,
	`no_data_milli` integer NOT NULL,
	`no_data_micros` integer NOT NULL,
	`dead_idle_milli` integer NOT NULL,
	`dead_idle_micros` integer NOT NULL,
	`idle_held_milli` integer NOT NULL,
	`idle_held_micros` integer NOT NULL,
	`warm_serving_milli` integer NOT NULL,
	`warm_serving_micros` integer NOT NULL,
	`inefficient_milli` integer NOT NULL,
	`inefficient_micros` integer NOT NULL,
	`active_milli` integer NOT NULL,
	`active_micros` integer NOT NULL,
	PRIMARY KEY(`month`, `team_key`, `project_key`, `cluster_id`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
insert into spend_days (day, team_key, project_key, cluster_id, usage_micros, share_micros, cost_micros, gpu_milli, observed_milli, expected_milli, down_milli, down_micros, unknown_milli, unknown_micros, unallocated_milli, unallocated_micros, starting_milli, starting_micros, no_data_milli, no_data_micros, dead_idle_milli, dead_idle_micros, idle_held_milli, idle_held_micros, warm_serving_milli, warm_serving_micros, inefficient_milli, inefficient_micros, active_milli, active_micros) select x.day, x.team_key, x.project_key, x.cluster_id, cast(sum(x.usage_micros) as bigint), cast(sum(x.share_micros) as bigint), cast(sum(x.cost_micros) as bigint), cast(sum(x.gpu_milli) as bigint), cast(sum(x.observed_milli) as bigint), cast(sum(x.expected_milli) as bigint), cast(sum(x.down_milli) as bigint), cast(sum(x.down_micros) as bigint), cast(sum(x.unknown_milli) as bigint), cast(sum(x.unknown_micros) as bigint), cast(sum(x.unallocated_milli) as bigint), cast(sum(x.unallocated_micros) as bigint), cast(sum(x.starting_milli) as bigint), cast(sum(x.starting_micros) as bigint), cast(sum(x.no_data_milli) as bigint), cast(sum(x.no_data_micros) as bigint), cast(sum(x.dead_idle_milli) as bigint), cast(sum(x.dead_idle_micros) as bigint), cast(sum(x.idle_held_milli) as bigint), cast(sum(x.idle_held_micros) as bigint), cast(sum(x.warm_serving_milli) as bigint), cast(sum(x.warm_serving_micros) as bigint), cast(sum(x.inefficient_milli) as bigint), cast(sum(x.inefficient_micros) as bigint), cast(sum(x.active_milli) as bigint), cast(sum(x.active_micros) as bigint) from (select t.day, t.team_key, t.project_key, h.cluster_id, t.amount_micros as usage_micros, 0 as share_micros, 0 as cost_micros, case when t.sku = 'gpu' then t.quantity else 0 end as gpu_milli, t.observed_milli, t.expected_milli, t.down_milli, t.down_micros, t.unknown_milli, t.unknown_micros, t.unallocated_milli, t.unallocated_micros, t.starting_milli, t.starting_micros, t.no_data_milli, t.no_data_micros, t.dead_idle_milli, t.dead_idle_micros, t.idle_held_milli, t.idle_held_micros, t.warm_serving_milli, t.warm_serving_micros, t.inefficient_milli, t.inefficient_micros, t.active_milli, t.active_micros from team_days t join hardware h on h.key = t.hardware_key union all select s.day, s.team_key, 0, s.cluster_id, 0, case when s.cost_class = 'shared' then 0 else s.amount_micros end, case when s.cost_class = 'shared' then s.amount_micros else 0 end, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 from shares s) x group by x.day, x.team_key, x.project_key, x.cluster_id;
--> statement-breakpoint
insert into spend_months (month, team_key, project_key, cluster_id, usage_micros, share_micros, cost_micros, gpu_milli, observed_milli, expected_milli, down_milli, down_micros, unknown_milli, unknown_micros, unallocated_milli, unallocated_micros, starting_milli, starting_micros, no_data_milli, no_data_micros, dead_idle_milli, dead_idle_micros, idle_held_milli, idle_held_micros, warm_serving_milli, warm_serving_micros, inefficient_milli, inefficient_micros, active_milli, active_micros) select day / 100, team_key, project_key, cluster_id, cast(sum(usage_micros) as bigint), cast(sum(share_micros) as bigint), cast(sum(cost_micros) as bigint), cast(sum(gpu_milli) as bigint), cast(sum(observed_milli) as bigint), cast(sum(expected_milli) as bigint), cast(sum(down_milli) as bigint), cast(sum(down_micros) as bigint), cast(sum(unknown_milli) as bigint), cast(sum(unknown_micros) as bigint), cast(sum(unallocated_milli) as bigint), cast(sum(unallocated_micros) as bigint), cast(sum(starting_milli) as bigint), cast(sum(starting_micros) as bigint), cast(sum(no_data_milli) as bigint), cast(sum(no_data_micros) as bigint), cast(sum(dead_idle_milli) as bigint), cast(sum(dead_idle_micros) as bigint), cast(sum(idle_held_milli) as bigint), cast(sum(idle_held_micros) as bigint), cast(sum(warm_serving_milli) as bigint), cast(sum(warm_serving_micros) as bigint), cast(sum(inefficient_milli) as bigint), cast(sum(inefficient_micros) as bigint), cast(sum(active_milli) as bigint), cast(sum(active_micros) as bigint) from spend_days group by day / 100, team_key, project_key, cluster_id;
--> statement-breakpoint
CREATE TRIGGER `spend_days_no_insert` BEFORE INSERT ON `spend_days` WHEN exists (select 1 from closes c where NEW.day >= c.from_day and NEW.day < c.until_day) BEGIN SELECT RAISE(ABORT, 'the period of this day is closed'); END;
--> statement-breakpoint
CREATE TRIGGER `spend_days_no_update` BEFORE UPDATE ON `spend_days` WHEN exists (select 1 from closes c where OLD.day >= c.from_day and OLD.day < c.until_day) or exists (select 1 from closes c where NEW.day >= c.from_day and NEW.day < c.until_day) BEGIN SELECT RAISE(ABORT, 'the period of this day is closed'); END;
--> statement-breakpoint
CREATE TRIGGER `spend_days_no_delete` BEFORE DELETE ON `spend_days` WHEN exists (select 1 from closes c where OLD.day >= c.from_day and OLD.day < c.until_day) BEGIN SELECT RAISE(ABORT, 'the period of this day is closed'); END;
--> statement-breakpoint
CREATE TRIGGER `spend_months_no_insert` BEFORE INSERT ON `spend_months` WHEN exists (select 1 from closes c where NEW.month * 100 + 1 >= c.from_day and NEW.month * 100 + 31 < c.until_day) BEGIN SELECT RAISE(ABORT, 'the period of this month is closed'); END;
--> statement-breakpoint
CREATE TRIGGER `spend_months_no_update` BEFORE UPDATE ON `spend_months` WHEN exists (select 1 from closes c where OLD.month * 100 + 1 >= c.from_day and OLD.month * 100 + 31 < c.until_day) or exists (select 1 from closes c where NEW.month * 100 + 1 >= c.from_day and NEW.month * 100 + 31 < c.until_day) BEGIN SELECT RAISE(ABORT, 'the period of this month is closed'); END;
--> statement-breakpoint
CREATE TRIGGER `spend_months_no_delete` BEFORE DELETE ON `spend_months` WHEN exists (select 1 from closes c where OLD.month * 100 + 1 >= c.from_day and OLD.month * 100 + 31 < c.until_day) BEGIN SELECT RAISE(ABORT, 'the period of this month is closed'); END;