CREATE TABLE "saved_views" (
	"user_key" bigint NOT NULL,
	"path" text NOT NULL,
	"name" text NOT NULL,
	"query" text NOT NULL,
	"created_at" bigint NOT NULL,
	CONSTRAINT "saved_views_user_key_path_name_pk" PRIMARY KEY("user_key","path","name")
);
