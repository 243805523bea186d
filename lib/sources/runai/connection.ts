import { AppError } from "@/lib/errors.ts";
import type { ConnectionReport } from "@/lib/sources/connection-form.ts";
import type { RunaiClient } from "./client.ts";
import { describeFailure } from "./failure.ts";
import { CLUSTERS } from "./lists.ts";

const EMPTY_LIST =
  "Run:ai accepted the credentials but shows no cluster: give the application or service account an access rule, a viewer role at tenant scope.";

/** Signs in and lists the clusters. The report says in one sentence what to do if that fails; nothing is thrown. */
export async function testConnection(client: RunaiClient, source: string, url: string): Promise<ConnectionReport> {
  const begun = performance.now();
  const report = (ok: boolean, version: string | null, message: string): ConnectionReport => {
    return { source, url, ok, version, message, latencyMs: ok ? Math.round(performance.now() - begun) : null };
  };
  try {
    const clusters = (await client.bare(CLUSTERS)).items.filter((cluster) => cluster.deletedAt === null);
    if (clusters.length === 0) return report(false, null, EMPTY_LIST);
    const versions = [...new Set(clusters.flatMap((cluster) => cluster.version || []))];
    const version = versions.join(", ") || null;
    const silent = clusters.filter((cluster) => cluster.status?.state && cluster.status.state !== "Connected");
    const count = clusters.length === 1 ? "1 cluster" : `${clusters.length} clusters`;
    const engine = version ? `, engine ${version}` : "";
    const stale = silent.length ? ` Not connected now, so their figures are stale: ${namesOf(silent)}.` : "";
    return report(true, version, `Connected: ${count}${engine}.${stale}`);
  } catch (error) {
    if (error instanceof AppError) return report(false, null, describeFailure(error));
    throw error;
  }
}

function namesOf(
  clusters: readonly { name: string; status?: { state?: string | null | undefined } | null | undefined }[],
): string {
  return clusters.map((cluster) => `${cluster.name} (${cluster.status?.state})`).join(", ");
}
