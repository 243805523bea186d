import type { Writable } from "node:stream";

/** What a command may use of its surroundings. Results go to stdout, everything else to stderr. */
export interface Io {
  /** Aborted by Ctrl-C, by SIGTERM, or when stdout is closed: finish the step at hand and return. */
  readonly signal: AbortSignal;
  /** Writes to stdout and waits while its reader is slow. @throws the signal's reason once it is aborted. */
  write(text: string | Uint8Array): Promise<void>;
  /** One line on stderr. */
  note(text: string): void;
  /** A line on stderr that the next one replaces; nothing where stderr is no terminal. An empty text removes it. */
  progress(text: string): void;
}

/** Why a command stopped before its end. */
export class Stopped extends Error {
  readonly exitCode: number;
  constructor(exitCode: number) {
    super("Stopped.");
    this.name = "Stopped";
    this.exitCode = exitCode;
  }
}

export const INTERRUPTED = 130;
export const TERMINATED = 143;

interface Streams {
  readonly stdout: Writable;
  readonly stderr: Writable & { readonly isTTY?: boolean };
}

export function createIo({ stdout, stderr }: Streams, stop: AbortController): Io {
  let shown = "";
  const clear = () => {
    if (shown) stderr.write("\r\u001b[2K");
    shown = "";
  };
  // A reader such as `head` that has seen enough is no failure.
  stdout.on("error", (error: NodeJS.ErrnoException) => stop.abort(new Stopped(error.code === "EPIPE" ? 0 : 1)));
  stderr.on("error", () => undefined);
  return {
    signal: stop.signal,
    write: async (text) => {
      stop.signal.throwIfAborted();
      if (!stdout.write(text)) await drained(stdout, stop.signal);
      stop.signal.throwIfAborted();
    },
    note: (text) => {
      clear();
      stderr.write(`${text}\n`);
    },
    progress: (text) => {
      if (!stderr.isTTY) return;
      clear();
      stderr.write(text);
      shown = text;
    },
  };
}

function drained(stream: Writable, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off("drain", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    stream.once("drain", done);
    signal.addEventListener("abort", done);
  });
}
