import pino from "pino";
import { redact as withoutSecrets } from "./redact.ts";

export type Log = pino.Logger;

const SECRET_KEYS = ["secret", "clientSecret", "appSecret", "password", "token", "authorization", "cookie"];

/** Under these keys, at the top of an entry and up to two levels below, values are not written. */
const redact = SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);

/** JSON lines, on stderr unless another stream is given: stdout belongs to reports. Secrets are hidden by key, and by value wherever they are. */
export function createLog(level: string, to: pino.DestinationStream = pino.destination(2)): Log {
  return pino({ level, redact, base: null }, { write: (line) => to.write(withoutSecrets(line)) });
}

export const silentLog: Log = pino({ level: "silent" });
