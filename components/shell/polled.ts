"use client";
import { useEffect, useRef, useState } from "react";

/** Failures in a row before it is said: one answer may be lost while a server starts again. */
const FAILURES = 2;

interface Polled<T> {
  readonly data: T | undefined;
  /** It has failed more than once in a row; the newest answer stays. */
  readonly isError: boolean;
  /** Asks at once. */
  readonly again: () => void;
}

/** What a function answers, asked every `everyMs` while the page is looked at: a page in a hidden tab does not ask. */
export function usePolled<T>(ask: (signal: AbortSignal) => Promise<T>, everyMs: number, initial?: T): Polled<T> {
  const [data, setData] = useState(initial);
  const [failures, setFailures] = useState(0);
  const [turn, setTurn] = useState(0);
  const newest = useRef(ask);
  newest.current = ask;
  const waits = useRef(initial !== undefined);
  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    const run = async () => {
      try {
        if (!document.hidden) {
          const answer = await newest.current(stop.signal);
          if (stop.signal.aborted) return;
          setData(answer);
          setFailures(0);
        }
      } catch {
        if (!stop.signal.aborted) setFailures((n) => n + 1);
      }
      if (!stop.signal.aborted) timer = setTimeout(run, everyMs);
    };
    timer = setTimeout(run, waits.current && turn === 0 ? everyMs : 0);
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [everyMs, turn]);
  return { data, isError: failures >= FAILURES, again: () => setTurn((n) => n + 1) };
}
