"use client";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import type { Asked } from "./asked.ts";

const SyncQuery = lazy(() => import("./sync-query.tsx"));

/**
 * The state of the sync, asked for every two seconds while the page is looked at. @param afterMs before the first question: a page that the
 * server drew has an answer already. @returns also `query`, which the caller renders: it shows nothing, and asks.
 */
export function useSyncState(afterMs: number): Asked & { readonly again: () => void; readonly query: ReactNode } {
  const [asked, setAsked] = useState<Asked>({ data: undefined, isError: false });
  const [isDue, setDue] = useState(false);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const timer = setTimeout(() => setDue(true), afterMs);
    return () => clearTimeout(timer);
  }, [afterMs]);
  const again = () => {
    setDue(true);
    setTurn((n) => n + 1);
  };
  const query = isDue && (
    <Suspense>
      <SyncQuery turn={turn} onAnswer={setAsked} />
    </Suspense>
  );
  return { ...asked, again, query };
}
