import http from "node:http";

/** How long a request may still be on its way to a server that was asked to stop, in milliseconds. */
const SENDING_MS = 2_000;
/** How long anything may take then. systemd and Kubernetes kill later than this. */
const MOST_MS = 14_000;
const LOOK_MS = 250;
const EXIT_CODES = { SIGTERM: 143, SIGINT: 130 };

/**
 * Ends the server in time when it is asked to stop. Next.js stops accepting connections and waits for those that are open; here those
 * are closed on which nothing is answered: requests that are still being sent after two seconds (a client that sends a byte a second
 * would hold the server for ever), half a header, connections that wait for their next request. Answers go on. After 14 seconds the
 * process ends, whatever is left. Work beside the server – promises in `globalThis.gpuLedgerWork` – is waited for within that time.
 * @returns a function that undoes it, for tests.
 */
export function endInTime({ sendingMs = SENDING_MS, mostMs = MOST_MS, exit = (code) => process.exit(code) } = {}) {
  const { emit, close } = http.Server.prototype;
  /** Connections, and the request that each is answering. */
  const open = new Map();
  let stopping = false;

  http.Server.prototype.emit = function (event, first, answer, ...rest) {
    if (event === "connection") {
      open.set(first, null);
      first.once("close", () => open.delete(first));
    }
    if (event === "request") {
      const socket = first.socket;
      open.set(socket, { request: first, answer });
      answer.once("close", () => open.has(socket) && open.set(socket, null));
      if (stopping) answer.shouldKeepAlive = false;
    }
    return emit.call(this, event, first, answer, ...rest);
  };
  http.Server.prototype.close = function (done) {
    return close.call(this, async (error) => {
      await Promise.allSettled(globalThis.gpuLedgerWork ?? []);
      done?.(error);
    });
  };

  const isAnswering = (held) => held !== null && (held.request.complete || held.answer.headersSent);
  const timers = [];
  const stop = (signal) => {
    if (stopping) return;
    stopping = true;
    const closeQuiet = () => {
      for (const [socket, held] of open) if (!isAnswering(held)) socket.destroy();
    };
    timers.push(setTimeout(() => timers.push(setInterval(closeQuiet, LOOK_MS).unref()), sendingMs).unref());
    const end = () => {
      console.error(`Ended after ${mostMs / 1000} s with ${open.size} connections open.`);
      exit(EXIT_CODES[signal]);
    };
    timers.push(setTimeout(end, mostMs).unref());
  };
  for (const signal of Object.keys(EXIT_CODES)) process.on(signal, stop);
  return () => {
    for (const signal of Object.keys(EXIT_CODES)) process.off(signal, stop);
    for (const timer of timers) clearTimeout(timer);
    Object.assign(http.Server.prototype, { emit, close });
  };
}
