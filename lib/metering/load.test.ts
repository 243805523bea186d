import { expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { sqliteFile } from "@/db/testing.ts";
import { firstPodsSql } from "./load.ts";

it("finds the first pod of a node by an index, however many pods there are", async () => {
  const { db, drop } = await sqliteFile();
  const plan = await db.all<{ detail: string }>(sql`explain query plan ${firstPodsSql("c")}`);
  expect(plan.map((p) => p.detail).filter((d) => / p /.test(d))).toEqual([
    "SEARCH p USING COVERING INDEX pods_node (cluster_id=? AND node=?)",
  ]);
  await drop();
});
