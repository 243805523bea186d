import * as crypto from "node:crypto";
import { availableParallelism } from "node:os";
import pLimit from "p-limit";
import { AppError } from "@/lib/errors.ts";

/**
 * Passwords as PHC strings: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`, or `$scrypt$ln=15,r=8,p=3$salt$hash` where Node has
 * no argon2. Parameters: OWASP Password Storage Cheat Sheet.
 */
const ARGON2 = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const SCRYPT = { ln: 15, r: 8, p: 3 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const SHORTEST = 12;
const LONGEST = 200;

/**
 * Each hash takes 19 MiB and a core: more at once would be an attack's work, and the others wait. One core is left to answer requests,
 * which else wait behind the hashes.
 */
const turns = pLimit(Math.max(1, Math.min(3, availableParallelism() - 1)));
/** So many may wait: the last of them for a few seconds. Others are asked to come back. */
const MOST_WAITING = 40;

let computed = 0;
/** How many hashes this process has computed: an answer that takes another number of them reveals something. */
export const hashesComputed = (): number => computed;

/** @throws AppError `busy` while too many passwords wait to be hashed. */
export function refuseWhileHashing(): void {
  if (turns.pendingCount >= MOST_WAITING)
    throw new AppError("busy", "Many people are signing in at this moment. Try again in a few seconds.");
}

/** Hashes when it is its turn. Whether there is room is asked where the turn is taken: the answer of earlier may be old. */
async function inTurn(password: string, parsed: Parsed): Promise<Buffer> {
  refuseWhileHashing();
  return turns(() => derive(password, parsed));
}

type Argon2 = (
  algorithm: "argon2id",
  parameters: {
    message: string;
    nonce: Buffer;
    parallelism: number;
    tagLength: number;
    memory: number;
    passes: number;
  },
  callback: (error: Error | null, hash: Buffer) => void,
) => void;
const argon2 = (crypto as { argon2?: Argon2 }).argon2;

interface Parsed {
  readonly kind: "argon2id" | "scrypt";
  readonly parameters: Readonly<Record<string, number>>;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** What the best-known passwords are made of; a number or signs around one make no other of it. */
const KNOWN =
  /^(pass(word|wort|phrase)?|qwert[yz](uiop)?|letmein|welcome|iloveyou|admin(istrator)?|changeme|secret|gpuledger|abcdef(gh)?)+$/;

/** @param email of the person, where it is known. @throws AppError `invalid` with what a password must be. */
export function checkPassword(password: string, email = ""): void {
  if (password.length < SHORTEST || password.length > LONGEST)
    throw new AppError("invalid", `A password has ${SHORTEST} to ${LONGEST} characters.`);
  if (new Set(password).size < 5) throw new AppError("invalid", "A password has at least 5 different characters.");
  const lower = password.toLowerCase();
  if (email && lower === email.toLowerCase())
    throw new AppError("invalid", "A password is not the e-mail address of its person.");
  const letters = lower.replace(/[^a-z]/g, "");
  if (KNOWN.test(letters) || "01234567890123456789".includes(lower))
    throw new AppError("invalid", "This password is one of those that are tried first. Choose another one.");
}

/** The PHC string of a new password. @throws AppError `invalid` as checkPassword; `busy` as refuseWhileHashing. */
export async function hashPassword(password: string, email = ""): Promise<string> {
  checkPassword(password, email);
  return rehashPassword(password);
}

/** The PHC string of a password that holds, whatever a new one must be today. @throws AppError `busy` as refuseWhileHashing. */
export async function rehashPassword(password: string): Promise<string> {
  const salt = crypto.randomBytes(SALT_BYTES);
  const kind = argon2 ? "argon2id" : "scrypt";
  const parameters = kind === "argon2id" ? { m: ARGON2.memory, t: ARGON2.passes, p: ARGON2.parallelism } : SCRYPT;
  const hash = await inTurn(password, { kind, parameters, salt, hash: Buffer.alloc(HASH_BYTES) });
  return format({ kind, parameters, salt, hash });
}

/**
 * Does a password belong to a PHC string? An empty string (no such person, or no password) takes as long as any other, so
 * that the time says nothing. @throws AppError `busy` as refuseWhileHashing.
 */
export async function verifyPassword(password: string, phc: string): Promise<boolean> {
  const parsed = parse(phc) ?? nobody();
  const hash = await inTurn(password.slice(0, LONGEST), parsed);
  return crypto.timingSafeEqual(hash, parsed.hash) && phc !== "" && password.length <= LONGEST;
}

/** Was it hashed otherwise than passwords are hashed today? It is hashed again at the next sign-in. */
export function isOutdated(phc: string): boolean {
  const parsed = parse(phc);
  if (!parsed) return true;
  if (!argon2) return parsed.kind === "scrypt" && parsed.parameters.ln !== SCRYPT.ln;
  const { m, t, p } = parsed.parameters;
  return parsed.kind !== "argon2id" || m !== ARGON2.memory || t !== ARGON2.passes || p !== ARGON2.parallelism;
}

/** The hash of nobody's password, of today's kind: it costs what any other costs, and no password belongs to it. */
function nobody(): Parsed {
  const kind = argon2 ? "argon2id" : "scrypt";
  const parameters = kind === "argon2id" ? { m: ARGON2.memory, t: ARGON2.passes, p: ARGON2.parallelism } : SCRYPT;
  return { kind, parameters, salt: crypto.randomBytes(SALT_BYTES), hash: crypto.randomBytes(HASH_BYTES) };
}

function derive(password: string, { kind, parameters, salt, hash }: Parsed): Promise<Buffer> {
  const message = password.normalize("NFKC");
  computed++;
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, out: Buffer) => (error ? reject(error) : resolve(out));
    if (kind === "scrypt") {
      const { ln = SCRYPT.ln, r = SCRYPT.r, p = SCRYPT.p } = parameters;
      crypto.scrypt(message, salt, hash.length, { N: 2 ** ln, r, p, maxmem: 256 * 2 ** ln * r }, done);
    } else if (argon2) {
      const { m = ARGON2.memory, t = ARGON2.passes, p = ARGON2.parallelism } = parameters;
      argon2("argon2id", { message, nonce: salt, parallelism: p, tagLength: hash.length, memory: m, passes: t }, done);
    } else reject(new AppError("internal", "This password needs Node 24.7 or newer: start the ledger through npm."));
  });
}

const base64 = (bytes: Buffer): string => bytes.toString("base64").replace(/=+$/, "");

function format({ kind, parameters, salt, hash }: Parsed): string {
  const version = kind === "argon2id" ? "v=19$" : "";
  const list = Object.entries(parameters).map(([key, value]) => `${key}=${value}`);
  return `$${kind}$${version}${list.join(",")}$${base64(salt)}$${base64(hash)}`;
}

/** Null for what is not a PHC string of a kind known here. Parameters are bounded: a stored string never takes a server down. */
function parse(phc: string): Parsed | null {
  const found =
    /^\$(argon2id|scrypt)\$(?:v=19\$)?([a-z]+=\d{1,6}(?:,[a-z]+=\d{1,6})*)\$([A-Za-z0-9+/]{16,64})\$([A-Za-z0-9+/]{22,86})$/.exec(
      phc,
    );
  if (!found) return null;
  const [, kind, list = "", salt = "", hash = ""] = found;
  const parameters = Object.fromEntries(
    list.split(",").map((part) => [part.split("=")[0], Number(part.split("=")[1])]),
  );
  const { m = 0, t = 0, p = 0, ln = 0, r = 0 } = parameters;
  if (m > 262_144 || t > 10 || p > 16 || ln > 18 || r > 16) return null;
  return {
    kind: kind as Parsed["kind"],
    parameters,
    salt: Buffer.from(salt, "base64"),
    hash: Buffer.from(hash, "base64"),
  };
}
