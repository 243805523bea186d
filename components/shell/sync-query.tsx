"use client";
import { QueryClient, QueryClientProvider, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { SyncState } from "@/lib/pages/types.ts";
import { type Asked, EVERY_MS } from "./asked.ts";

interface Props {
  /** How often it was asked to ask at once. */
  readonly turn: number;
  readonly onAnswer: (asked: Asked) => void;
}

async function fetchSyncState({ signal }: { signal: AbortSignal }): Promise<SyncState> {
  const answer = await fetch("/api/v1/sync", { signal });
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  return (await answer.json()) as SyncState;
}

/** Asks for the state of the sync again and again, and shows nothing: a part of its own, so that no page loads the query library at first. */
export default function SyncQuery(props: Props) {
  const [client] = useState(() => new QueryClient({ defaultOptions: { queries: { retry: 1, staleTime: 1000 } } }));
  return (
    <QueryClientProvider client={client}>
      <Asking {...props} />
    </QueryClientProvider>
  );
}

function Asking({ turn, onAnswer }: Props) {
  const client = useQueryClient();
  const { data, isError } = useQuery({ queryKey: ["sync"], queryFn: fetchSyncState, refetchInterval: EVERY_MS });
  useEffect(() => onAnswer({ data, isError }), [data, isError, onAnswer]);
  useEffect(() => {
    if (turn > 0) void client.invalidateQueries({ queryKey: ["sync"] });
  }, [client, turn]);
  return null;
}
