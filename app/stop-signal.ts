/** Kept on globalThis: modules that are bundled twice share one. */
const place = globalThis as { gpuLedgerStop?: AbortController };

/** Aborts when the server is asked to stop (SIGTERM or SIGINT): work that goes on after an answer was sent listens to it. */
export function stopSignal(): AbortSignal {
  if (!place.gpuLedgerStop) {
    const stop = new AbortController();
    place.gpuLedgerStop = stop;
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());
  }
  return place.gpuLedgerStop.signal;
}
