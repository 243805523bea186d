CREATE TABLE "charge_revision" (
	"key" bigint PRIMARY KEY NOT NULL,
	"revision" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "former_facts" (
	"kind" text NOT NULL,
	"key" bigint NOT NULL,
	"until_at" bigint NOT NULL,
	"facts" text NOT NULL,
	CONSTRAINT "former_facts_kind_key_until_at_pk" PRIMARY KEY("kind","key","until_at")
);
--> statement-breakpoint
insert into charge_revision (key, revision) values (1, 0);
