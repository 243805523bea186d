import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Db, openDb, sql } from "@/db/client.ts";
import * as t from "@/db/schema/index.ts";
import { openTicket, sealTicket } from "@/lib/auth/nextauth/cookie.ts";
import { hashPassword } from "@/lib/auth/password.ts";
import { hashSecret } from "@/lib/auth/secret.ts";
import { type Door, findSessionViewer, signInWithPassword, startSession } from "@/lib/auth/sign-in.ts";
import { findUserByEmail } from "@/lib/auth/user-store.ts";
import { silentLog } from "@/lib/log.ts";
import { type Benchmark, laps, type Outcome, percentile } from "./measure.ts";

const PEOPLE = 300;
const TEAMS = 30;
const PROJECTS = 200;
const MONTHS = 36;
const CHECKS = 1500;
const AT_ONCE = 20;
const ROUNDS = 5;
const NOW = 1_796_000_000;
const PASSWORD = "correct horse battery";
const LIMITS = { idleSeconds: 4 * 3600, lifetimeSeconds: 12 * 3600 };
const SIGNING = {
  secure: true,
  secrets: ["an older secret of this benchmark alone", "the secret of this benchmark alone"],
} as const;
const WAYS = ["admin", "finance", "manager", "engineer", "viewer"] as const;
const email = (i: number) => `person${i}@example.com`;

/** People with roles, teams, projects and two submitter names each; three years in which each project is charged to a team. */
async function fill(db: Db): Promise<void> {
  const passwordHash = await hashPassword(PASSWORD);
  const list = <T>(count: number, make: (i: number) => T) => Array.from({ length: count }, (_, i) => make(i));
  await db.write(async (tx) => {
    await tx.insert(
      t.users,
      list(PEOPLE, (i) => ({
        email: email(i),
        name: `Person ${i}`,
        passwordHash,
        issuer: "",
        subject: "",
        createdAt: NOW,
        createdBy: "bench",
      })),
    );
    const keys = await tx.all<{ key: number }>(sql`select key from users order by key`);
    await tx.insert(
      t.userNames,
      keys.flatMap(({ key }, i) => [email(i), `person${i}`].map((name) => ({ userKey: key, name }))),
    );
    await tx.insert(
      t.grants,
      keys.map(({ key }, i) => {
        const role = WAYS[i % 40 === 0 ? 0 : i % 40 === 1 ? 1 : 2 + (i % 3)] as string;
        const teamKey = role === "admin" || role === "finance" ? 0 : 10 + (i % TEAMS);
        return { userKey: key, role, teamKey, projectKey: 0, origin: "direct", grantedAt: NOW, grantedBy: "bench" };
      }),
    );
    await tx.insert(
      t.projects,
      list(PROJECTS, (i) => ({
        ...{ key: i + 1, clusterId: "c1", id: `p${i}`, name: `project-${i}`, departmentId: "", departmentName: "" },
        ...{ namespace: `ns-${i}`, quota: "{}", lastSeenAt: NOW },
      })),
    );
    await tx.insert(
      t.spendMonths,
      list(MONTHS * PROJECTS, (i) => spent(i % MONTHS, 1 + Math.floor(i / MONTHS))),
    );
  });
}

/** What a team was charged for a project in a month: only its team matters here. One project in ten changed hands. */
function spent(month: number, projectKey: number): (typeof t.spendMonths)["$inferInsert"] {
  const figures = Object.keys(t.spendMonths).filter((name) => /(Micros|Milli)$/.test(name));
  const moved = projectKey % 10 === 0 && month > MONTHS / 2;
  const teamKey = 10 + ((projectKey + (moved ? 1 : 0)) % TEAMS);
  const zeros = Object.fromEntries(figures.map((name) => [name, 0]));
  return { ...zeros, month, teamKey, projectKey, clusterId: "c1" } as (typeof t.spendMonths)["$inferInsert"];
}

/** A cookie of everybody's session. */
async function cookies(door: Door): Promise<string[]> {
  const out: string[] = [];
  for (let i = 0; i < PEOPLE; i++) {
    const user = await findUserByEmail(door.db, email(i));
    if (!user) throw new Error(`there is no ${email(i)}`);
    const { id } = await door.db.write((tx) =>
      startSession(tx, door, user, "password", { address: "", agent: "" }, LIMITS),
    );
    // As while secrets are replaced: half of the cookies are of the older one.
    const secrets: [string] = [SIGNING.secrets[i % 2] as string];
    out.push(await sealTicket({ secure: true, secrets }, { sid: id, userKey: user.key }, LIMITS.lifetimeSeconds));
  }
  return out;
}

export const signIn: Benchmark = {
  name: "sign_in",
  what: "Who a request is of, and many who sign in at once",
  how: `A ledger with ${PEOPLE} people of all roles, ${TEAMS} teams and ${PROJECTS} projects of ${MONTHS} months, read in threads as the server does. The check of a session is what every request begins with: the cookie decrypted, by either of two secrets, the session and its person with roles, grants and names read; the bare read is that of the session's row alone, in the same run. Then ${AT_ONCE} people sign in by password at once: the longest stretch that the thread of requests works without looking at another one, in its own CPU time, the least of ${ROUNDS} rounds.`,
  async run(): Promise<Outcome> {
    const folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-bench-"));
    const db = await openDb(`file:${path.join(folder, "people.db")}`, "threads");
    try {
      await fill(db);
      const door: Door = { db, now: () => NOW, log: silentLog };
      const sent = await cookies(door);
      const { check, bare } = await checkFigures(door, sent);
      const waited = await waitFigure(door);
      return {
        figures: [
          { key: "check_ms", what: "check of a session, median", value: percentile(check, 0.5), unit: "ms" },
          { key: "check_p95_ms", what: "check of a session, p95", value: percentile(check, 0.95), unit: "ms" },
          {
            key: "check_of_bare",
            what: "of the bare read of its row, by medians",
            value: percentile(check, 0.5) / percentile(bare, 0.5),
            unit: "times",
          },
          {
            key: "held_ms",
            what: `longest that ${AT_ONCE} sign-ins hold the thread of requests`,
            value: waited.heldMs,
            unit: "ms",
          },
          {
            key: "clock_ms",
            what: "the same by the clock, with all that the machine does",
            value: waited.clockMs,
            unit: "ms",
          },
        ],
        notes: [
          `The bare read takes ${percentile(bare, 0.5).toFixed(2)} ms; ${AT_ONCE} sign-ins took ${waited.seconds.toFixed(1)} s.`,
        ],
      };
    } finally {
      await db.close();
      rmSync(folder, { recursive: true });
    }
  },
};

async function checkFigures(door: Door, sent: readonly string[]) {
  const text = (i: number) => sent[(i * 7) % PEOPLE] as string;
  const hashes = (await door.db.all<{ hash: string }>(sql`select id_hash as hash from sessions`)).map((s) => s.hash);
  const check = await laps(
    CHECKS,
    async (i) => {
      const ticket = await openTicket(SIGNING as never, text(i));
      const found = ticket && (await findSessionViewer(door, ticket.sid, LIMITS));
      if (!found || hashSecret(ticket.sid) !== found.session.idHash) throw new Error("the session does not hold");
    },
    50,
  );
  const bare = await laps(
    CHECKS,
    (i) => door.db.find(sql`select * from sessions where id_hash = ${hashes[i % PEOPLE]}`),
    50,
  );
  return { check, bare };
}

interface Waits {
  /** Longest stretch in which this thread worked without looking at anything else, in milliseconds of its own CPU time. */
  readonly heldMs: number;
  /** The same by the clock: with what the machine did meanwhile, hashes and other programs included. */
  readonly clockMs: number;
  readonly seconds: number;
}

/** The least of some rounds: whatever else the machine does can only add to a wait. Each round signs in other people. */
async function waitFigure(door: Door): Promise<Waits> {
  const rounds: Waits[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await signInAtOnce(door, round * AT_ONCE));
  const least = (of: keyof Waits) => Math.min(...rounds.map((r) => r[of]));
  return { heldMs: least("heldMs"), clockMs: least("clockMs"), seconds: least("seconds") };
}

/** Milliseconds of CPU that this thread has used. */
function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

async function signInAtOnce(door: Door, from: number): Promise<Waits> {
  let [cpu, clock, heldMs, clockMs, running] = [threadMs(), performance.now(), 0, 0, true];
  const start = clock;
  const tick = () => {
    const [cpuNow, clockNow] = [threadMs(), performance.now()];
    heldMs = Math.max(heldMs, cpuNow - cpu);
    clockMs = Math.max(clockMs, clockNow - clock);
    [cpu, clock] = [cpuNow, clockNow];
    if (running) setTimeout(tick, 1);
  };
  tick();
  await Promise.all(
    Array.from({ length: AT_ONCE }, (_, i) => {
      const given = { email: email(from + i), password: PASSWORD };
      return signInWithPassword(door, given, { address: `192.0.2.${i}`, agent: "" }, LIMITS);
    }),
  );
  running = false;
  tick();
  return { heldMs, clockMs, seconds: (performance.now() - start) / 1000 };
}
