import { defineConfig } from "drizzle-kit";

const dialect = process.env.DRIZZLE_DIALECT === "postgresql" ? "postgresql" : "sqlite";

export default defineConfig({
  dialect,
  schema: dialect === "sqlite" ? "./db/schema/index.ts" : "./db/schema/postgres.ts",
  out: dialect === "sqlite" ? "./db/migrations/sqlite" : "./db/migrations/postgres",
});
