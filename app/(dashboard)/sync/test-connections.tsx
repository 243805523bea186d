"use client";
import { useState, useTransition } from "react";
import { Button } from "@/components/ui/button.tsx";
import type { TestedConnection } from "@/lib/jobs/connections.ts";
import { testSources } from "./actions.ts";

/** Asks every configured source now, and shows what each answered. */
export function TestConnections() {
  const [reports, setReports] = useState<readonly TestedConnection[] | null>(null);
  const [asking, start] = useTransition();
  return (
    <div className="mt-3">
      <Button disabled={asking} onClick={() => start(async () => setReports(await testSources()))}>
        {asking ? "Asking…" : "Test the connections"}
      </Button>
      <div aria-live="polite">
        {reports && (
          <ul className="mt-3 text-sm">
            {reports.map((r) => (
              <li key={r.source} className="border-b py-2">
                <p className="flex flex-wrap justify-between gap-x-6">
                  <span className="font-medium">{r.title}</span>
                  <span className={r.ok ? "text-good" : "text-bad"}>
                    {r.ok ? "answers" : "cannot be used"}
                    {r.version ? `, version ${r.version}` : ""}
                    {r.latencyMs === null ? "" : `, ${Math.round(r.latencyMs)} ms`}
                  </span>
                </p>
                <p className="mt-1 text-xs text-soft">{r.message}</p>
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
