import { randomBytes } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { Env } from "@/lib/env.ts";
import { AppError, errorText } from "@/lib/errors.ts";
import { hideFromTexts } from "@/lib/redact.ts";
import { keyOf, type SecretKey } from "./envelope.ts";

export type KeySettings = Pick<Env, "SECRETS_KEY" | "SECRETS_KEY_FILE" | "DATABASE_URL">;

/** The keys of stored secrets: the first encrypts, all decrypt. */
export interface SecretKeys {
  /** Where they come from, for messages. */
  readonly place: string;
  /** Whether the ledger keeps them itself, in a file beside it, and can therefore add one. */
  readonly isOwn: boolean;
  /** All keys there are at present, the newest first; none where no key exists yet. @throws AppError `invalid` for a wrong file. */
  list(): readonly SecretKey[];
  /** The key to encrypt with. The ledger's own file is created here, at the first secret. @throws AppError `invalid`: no key is set. */
  current(): SecretKey;
  /** Adds a key to the ledger's own file, as the first. Call it inside a write transaction, which keeps other processes out. @throws AppError `conflict` where the settings name the keys. */
  add(): SecretKey;
}

const HOW = "Set SECRETS_KEY or SECRETS_KEY_FILE to a random text: openssl rand -base64 32";

/**
 * The keys that the settings name: SECRETS_KEY, else the file SECRETS_KEY_FILE, else the file `<database>.key` beside a SQLite ledger. Files
 * are read on each call, so that a rotation by another process counts at once.
 */
export function secretKeys({ SECRETS_KEY: texts, SECRETS_KEY_FILE: file, DATABASE_URL: url }: KeySettings): SecretKeys {
  if (texts.length) return fixed("SECRETS_KEY", () => texts);
  if (file) return fixed(file, () => readKeys(file) ?? missing(file));
  const ledger = url.startsWith("file:") ? url.slice(5).replace(/\?.*$/, "") : "";
  if (ledger && ledger !== ":memory:") return own(`${ledger}.key`);
  return fixed("SECRETS_KEY", () => []);
}

function fixed(place: string, read: () => readonly string[]): SecretKeys {
  const list = () => read().map(keyOf);
  return {
    ...{ place, isOwn: false, list },
    current: () =>
      list()[0] ??
      refuse(`A secret is to be stored, and there is no key to encrypt it with. ${HOW}. Every server needs it.`),
    add() {
      throw new AppError(
        "conflict",
        `The keys come from ${place}: put a new one first there, and keep the old one behind it.`,
      );
    },
  };
}

function own(file: string): SecretKeys {
  const list = () => (readKeys(file) ?? []).map(keyOf);
  return {
    ...{ place: file, isOwn: true, list },
    current: () => list()[0] ?? create(file, list),
    add() {
      const keys = [newKey(), ...(readKeys(file) ?? [])];
      const part = `${file}.${process.pid}.part`;
      write(part, keys);
      renameSync(part, file);
      return keyOf(keys[0] as string);
    },
  };
}

/** The file appears whole; where another process was first, its key is the one. */
function create(file: string, list: () => readonly SecretKey[]): SecretKey {
  const part = `${file}.${process.pid}.part`;
  write(part, [newKey()]);
  try {
    linkSync(part, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw unwritable(file, error);
  } finally {
    rmSync(part, { force: true });
  }
  return list()[0] ?? refuse(`${file} holds no key. Remove it, or restore it from where you keep a copy.`);
}

function write(file: string, keys: readonly string[]): void {
  try {
    rmSync(file, { force: true });
    writeFileSync(file, `${keys.join("\n")}\n`, { mode: 0o600, flag: "wx", flush: true });
  } catch (error) {
    throw unwritable(file, error);
  }
}

const unwritable = (file: string, error: unknown) =>
  new AppError("internal", `The key file ${file} cannot be written: ${errorText(error)}. ${HOW}, or fix its folder.`, {
    cause: error,
  });

const newKey = (): string => randomBytes(32).toString("base64");

/** The texts of a key file, one a line or separated by commas; null where there is no such file. */
function readKeys(file: string): readonly string[] | null {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new AppError("invalid", `The keys of stored secrets cannot be read: ${errorText(error)}.`, { cause: error });
  }
  const keys = text.split(/[\n,]/).flatMap((line) => line.trim() || []);
  if (keys.length === 0 || keys.some((key) => key.length < 32))
    refuse(`${file}: expected random texts of at least 32 characters, one a line (openssl rand -base64 32).`);
  hideFromTexts(...keys);
  return keys;
}

const missing = (file: string): never => refuse(`SECRETS_KEY_FILE: there is no file ${file}.`);

function refuse(message: string): never {
  throw new AppError("invalid", message);
}
