import { openDb, sql } from "@/db/client.ts";
import type { Benchmark } from "./measure.ts";
import { phillyLedger } from "./philly-ledger.ts";

export const philly: Benchmark = {
  name: "philly",
  what: "Philly's 82,247 jobs over 110 days, ingested and metered from local data",
  how: "A replay of the trace through the verbs of a sync (pages of 500, one transaction each) into a fresh SQLite file, then every hour metered; each in a process of its own. Memory is the high-water mark of the process, Node and the loader of TypeScript included.",
  async run() {
    const ledger = await phillyLedger();
    const db = await openDb(`file:${ledger.file}`);
    const row = await db.find<{ rows: number; milli: number }>(sql`
      select count(*) as "rows", sum(starting_milli + no_data_milli) as "milli" from usage where workload_key <> 0`);
    await db.close();
    return {
      figures: [
        { key: "meter_seconds", what: "metering all of it", value: ledger.meterSeconds, unit: "s" },
        { key: "ingest_seconds", what: "ingesting its facts", value: ledger.ingestSeconds, unit: "s" },
        { key: "meter_peak_mb", what: "most memory of the metering process", value: ledger.meterPeakMb, unit: "MB" },
        { key: "database_mb", what: "database afterwards", value: ledger.fileMb, unit: "MB" },
      ],
      notes: [
        `${ledger.jobs} jobs on ${ledger.nodes} nodes of 8 cards made ${row?.rows} hourly records of ${((row?.milli ?? 0) / 3.6e6).toFixed(3)} GPU-hours.`,
        `The process that ingested held the whole parsed trace beside it: ${ledger.ingestPeakMb.toFixed(0)} MB.`,
      ],
    };
  },
};
