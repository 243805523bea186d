CREATE TABLE `list_prices` (
	`catalogue` text NOT NULL,
	`position` integer NOT NULL,
	`cloud` text NOT NULL,
	`instance` text NOT NULL,
	`region` text NOT NULL,
	`zone` text NOT NULL,
	`gpu_model` text NOT NULL,
	`gpus` integer NOT NULL,
	`on_demand` text NOT NULL,
	`spot` text NOT NULL,
	`on_demand_nanos` integer,
	`spot_nanos` integer,
	`currency` text NOT NULL,
	`source` text NOT NULL,
	`as_of` text NOT NULL,
	`words` text NOT NULL,
	PRIMARY KEY(`catalogue`, `position`)
) STRICT, WITHOUT ROWID;
