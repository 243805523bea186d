import pino from "pino";

export type Log = pino.Logger;

/** JSON lines on stderr; secrets are redacted by key wherever they appear. Stdout belongs to reports. */
export function createLog(level: string): Log {
  const redact = ["*.secret", "*.password", "*.token", "*.authorization", "headers.authorization", "*.clientSecret"];
  return pino({ level, redact, base: null }, pino.destination(2));
}

export const silentLog: Log = pino({ level: "silent" });
