import { readFileSync } from "node:fs";
import { validateHeaderName, validateHeaderValue } from "node:http";
import { isIP } from "node:net";
import { Cron } from "croner";
import { z } from "zod";
import { minorDigits, parseMicros } from "./money.ts";
import { checkZone, parseDurationMs } from "./time.ts";

/**
 * How the text of a setting is read. Each schema refuses what parses but cannot work, and its message says what is expected:
 * `parseEnv` (lib/env.ts) puts the key before it.
 */

/** The longest wait of a timer of Node.js, in milliseconds: a longer one fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const LONGEST_DURATION_MS = parseDurationMs("36500d") as number;
const DURATION = "expected a duration such as 30s, 5m, 1h30m or 14d";

/** `1h30m`, `30s`, `100ms`, `14d` as milliseconds. */
const durationMs = (fallback: string, mostMs = LONGEST_DURATION_MS) =>
  z
    .string()
    .default(fallback)
    .transform((text, issues) => {
      const ms = parseDurationMs(text);
      if (ms === null) issues.addIssue({ code: "custom", message: DURATION });
      else if (ms > mostMs)
        issues.addIssue({ code: "custom", message: `expected at most ${Math.floor(mostMs / 86_400_000)}d` });
      return ms ?? 0;
    });

/** A duration that a timer waits for, in milliseconds. */
export const timerMs = (fallback: string, leastMs: number) =>
  durationMs(fallback, LONGEST_TIMER_MS).refine((ms) => ms >= leastMs, `expected at least ${leastMs}ms`);

/** A duration in whole seconds, rounded. */
export const durationSeconds = (fallback: string, leastSeconds = 1) =>
  durationMs(fallback)
    .refine((ms) => ms >= leastSeconds * 1000, `expected at least ${leastSeconds}s`)
    .transform((ms) => Math.round(ms / 1000));

/** The time between samples, in seconds: as `ledger backfill --step` accepts it, because metering lets no sample hold for longer than its margin. */
export const stepSeconds = (fallback: string) =>
  durationSeconds(fallback, 5).refine((seconds) => seconds <= 300, "expected at most 5m");

/** Digits with an optional fraction: `Number` alone would also take " " for 0, and hexadecimal. */
const numeric = (expected: string) =>
  z
    .string()
    .regex(/^[+-]?\d+(\.\d+)?$/, expected)
    .transform(Number);

export const whole = (fallback: number, least: number, most: number) =>
  numeric("expected a whole number").pipe(z.int("expected a whole number").min(least).max(most)).default(fallback);

export const decimal = (fallback: number, least: number, most: number) =>
  numeric("expected a number").pipe(z.number().min(least).max(most)).default(fallback);

export const onOff = (fallback: "on" | "off") =>
  z
    .enum(["on", "off"], { error: 'expected "on" or "off"' })
    .default(fallback)
    .transform((v) => v === "on");

/** An address to which paths are appended: without a query or fragment, and without a slash at its end. */
export const url = z
  .url({ protocol: /^https?$/, error: "expected an http:// or https:// address" })
  .refine((text) => !/[?#]/.test(text), 'expected an address without "?" or "#"')
  .transform((text) => text.replace(/\/+$/, ""));

const commaSeparated = z
  .string()
  .default("")
  .transform((text) =>
    text
      .split(",")
      .map((part) => part.trim())
      .filter(Boolean),
  );

/** A list separated by commas, each part of one form. @param expected the form, after "expected … separated by commas;". */
export const listOf = (form: RegExp, expected: string) =>
  commaSeparated.superRefine((parts, issues) => {
    for (const part of parts.filter((p) => !form.test(p)))
      issues.addIssue({ code: "custom", message: `expected ${expected}, separated by commas; "${part}" is not one` });
  });

/** Addresses and networks of clients: `127.0.0.1`, `10.0.0.0/8`, `fd00::/8`. */
export const networks = commaSeparated.superRefine((parts, issues) => {
  for (const part of parts.filter((p) => !isNetwork(p)))
    issues.addIssue({
      code: "custom",
      message: `expected addresses or networks such as 10.0.0.0/8, separated by commas; "${part}" is not one`,
    });
});

function isNetwork(text: string): boolean {
  const [address = "", bits, ...rest] = text.split("/");
  const longest = isIP(address) === 4 ? 32 : isIP(address) === 6 ? 128 : -1;
  if (longest < 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= longest);
}

/** Files of one font each, read at the start instead of when a document needs them. */
export const fontFiles = commaSeparated.superRefine((files, issues) => {
  for (const file of files.filter((f) => !isFont(f)))
    issues.addIssue({
      code: "custom",
      message: `expected files of TrueType, OpenType or WOFF fonts, separated by commas; "${file}" is not one`,
    });
});

/** By its first four bytes; false for a file that cannot be read. */
function isFont(file: string): boolean {
  try {
    const start = readFileSync(file).subarray(0, 4).toString("latin1");
    return ["\0\x01\0\0", "OTTO", "true", "wOFF"].includes(start);
  } catch {
    return false;
  }
}

/** `Name=value;Name=value`: extra request headers, such as a tenant. */
export const headers = z
  .string()
  .default("")
  .transform((text, issues) => {
    const out: Record<string, string> = {};
    for (const part of text.split(";").filter((p) => p.trim())) {
      const at = part.indexOf("=");
      const [name, value] = [part.slice(0, Math.max(0, at)).trim(), part.slice(at + 1).trim()];
      if (isHeader(name, value)) out[name] = value;
      else
        issues.addIssue({
          code: "custom",
          message: `expected "Name=value;Name=value"; "${part.trim()}" is not a header`,
        });
    }
    return out;
  });

function isHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

/** A secret that is sent in a header. */
export const headerSecret = z
  .string()
  .refine((text) => /^[\x21-\x7e]+$/.test(text), "expected a token without spaces or line breaks");

/** The path under which a server is mounted. */
export const pathPrefix = z
  .string()
  .default("")
  .refine((text) => /^(\/?[^\s?#:]+)?$/.test(text), 'expected a path such as "/prometheus"')
  .transform((text) => text.replace(/\/+$/, ""));

export const databaseUrl = z
  .string()
  .regex(/^(file:.+|postgres(ql)?:\/\/.+)/, "expected file:<path> or postgres://…")
  .refine((text) => text.startsWith("file:") || URL.canParse(text), "expected postgres://user:password@host/database")
  .default("file:./data/ledger.db");

export const timeZone = z
  .string()
  .default("UTC")
  .refine((zone) => works(() => checkZone(zone)), 'expected an IANA time zone such as "UTC" or "Europe/Berlin"')
  .transform((zone) => checkZone(zone));

export const currency = z
  .string()
  .refine((code) => works(() => minorDigits(code)), "expected an ISO 4217 code such as USD")
  .default("USD");

/** An address to listen on. */
export const listenHost = z
  .string()
  .default("127.0.0.1")
  .refine(
    (host) => isIP(host) !== 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(host),
    "expected an IP address or a host name, without a port",
  );

const EVERY = "@every ";

/** The interval of `@every <duration>` in milliseconds; null for a cron line. */
export function everyMs(schedule: string): number | null {
  return schedule.startsWith(EVERY) ? parseDurationMs(schedule.slice(EVERY.length).trim()) : null;
}

/**
 * When something happens again and again: `@every <duration>` from 1 s to 24 days, or a cron line (UTC; five fields, or six with seconds,
 * or seven with a year; `@hourly` and the like). Cron lines are read by the library that runs them, so that none passes here and fails
 * there. One that never comes true, such as 30 February, is refused too.
 */
export const schedule = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .superRefine((text, issues) => {
      const problem = scheduleProblem(text);
      if (problem) issues.addIssue({ code: "custom", message: `${problem}; ${SCHEDULE}` });
    });

const SCHEDULE =
  'expected "@every 60s", or a cron line such as "0 */5 * * * *" (second, minute, hour, day, month, weekday)';

function scheduleProblem(text: string): string | null {
  if (text.startsWith(EVERY)) {
    const ms = everyMs(text);
    if (ms === null) return `"${text}" has no duration that can be read`;
    if (ms < 1000) return `"${text}" is more often than once a second`;
    return ms > LONGEST_TIMER_MS ? `"${text}" is more than 24 days` : null;
  }
  try {
    const runs = new Cron(text, { paused: true, timezone: "UTC" }).nextRuns(2).length;
    return runs < 2 ? `"${text}" ${runs === 0 ? "never comes true" : "comes true only once"}` : null;
  } catch (error) {
    return `"${text}" is not a cron line (${(error as Error).message.replace(/^CronPattern: |\.$/g, "")})`;
  }
}

const SMTP = "expected smtp://user:password@host:587 or smtps://user:password@host:465";

/** A mail server: `smtp` upgrades by STARTTLS, `smtps` is TLS from the start. */
export const smtpUrl = z.string().refine((text) => {
  const url = URL.parse(text);
  return (
    url !== null && /^smtps?:$/.test(url.protocol) && url.hostname !== "" && /^\/?$/.test(url.pathname) && !url.search
  );
}, SMTP);

/** Who an e-mail is from: `ledger@example.com` or `GPU Ledger <ledger@example.com>`. */
export const mailbox = z
  .string()
  .regex(
    /^([^<>\p{Cc}"]* <)?[^\s@<>"]+@[^\s@<>"]+>?$/u,
    'expected an address such as "GPU Ledger <ledger@example.com>"',
  );

function works(check: () => unknown): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

/** A key of AES in base64. */
export const aesKey = z
  .string()
  .refine(
    (text) => /^[A-Za-z0-9+/]+={0,2}$/.test(text) && [16, 24, 32].includes(Buffer.from(text, "base64").length),
    "expected 16, 24 or 32 random bytes in base64 (openssl rand -base64 32)",
  );

/** Random texts of which the first signs and all are read, so that one can be replaced while people are signed in. */
export const secrets = commaSeparated.superRefine((list, issues) => {
  if (list.some((secret) => secret.length < 32))
    issues.addIssue({
      code: "custom",
      message: "expected random texts of at least 32 characters, separated by commas (openssl rand -base64 32)",
    });
});

/** A flag as other tools write it: 1 or 0, on or off, true or false. */
export const flag = z
  .string()
  .regex(/^(1|0|on|off|true|false|yes|no)$/i, 'expected "1" or "0"')
  .transform((text) => /^(1|on|true|yes)$/i.test(text));

/** An amount of the ledger's currency in micro-units. */
export const amountMicros = z.string().transform((text, issues) => {
  const micros = parseMicros(text.trim());
  if (micros === null || micros < 0 || micros > 1e15)
    issues.addIssue({ code: "custom", message: "expected an amount such as 25 or 0.50, without a currency" });
  return micros ?? 0;
});
