import pino from "pino";

export type Log = pino.Logger;

const SECRET_KEYS = ["secret", "clientSecret", "appSecret", "password", "token", "authorization", "cookie"];

/** Under these keys, at the top of an entry and up to two levels below, values are not written. */
const redact = SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);

/** JSON lines, on stderr unless told otherwise: stdout belongs to reports. Secrets are redacted by key. */
export function createLog(level: string, to: pino.DestinationStream = pino.destination(2)): Log {
  return pino({ level, redact, base: null }, to);
}

export const silentLog: Log = pino({ level: "silent" });
