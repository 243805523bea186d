CREATE TABLE `charge_revision` (
	`key` integer PRIMARY KEY NOT NULL,
	`revision` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `former_facts` (
	`kind` text NOT NULL,
	`key` integer NOT NULL,
	`until_at` integer NOT NULL,
	`facts` text NOT NULL,
	PRIMARY KEY(`kind`, `key`, `until_at`)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
insert into charge_revision (key, revision) values (1, 0);
