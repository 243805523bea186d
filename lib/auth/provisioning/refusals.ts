import type { Tx } from "@/db/client.ts";
import { countActs, listActs, recordAct } from "@/lib/auth/audit-store.ts";
import type { Door } from "@/lib/auth/sign-in.ts";
import { findUserByEmail, findUserByIdentity } from "@/lib/auth/user-store.ts";
import { canonicalJson } from "@/lib/canonical-json.ts";
import { HOUR } from "@/lib/time.ts";
import type { Claims, ProviderRefusal } from "./claims.ts";

/** Rows of refusals in the audit log within an hour: with a provider that is open to the world, anybody can be refused. The log has the others. */
const MOST_AN_HOUR = 200;
const MOST_GROUPS = 50;
const MOST_LETTERS = 300;

const short = (text: string): string => text.replace(/\p{Cc}/gu, " ").slice(0, MOST_LETTERS);

/**
 * Says why the provider's word was not enough, in the log and in the audit log, with what an administrator needs to mend it: address,
 * subject, and the groups that came. In the audit log once an hour for the same
 * person, reason, subject and groups.
 */
export async function recordRefusal(
  door: Door,
  { issuer, subject, email, groups }: Claims,
  { reason, message }: Pick<ProviderRefusal, "reason" | "message">,
): Promise<void> {
  const who = { email: short(email).trim().toLowerCase(), issuer: short(issuer), subject: short(subject) };
  const came =
    groups === "overage"
      ? "left out by the provider: too many"
      : groups === "absent"
        ? "not sent by the provider"
        : groups.slice(0, MOST_GROUPS).map(short);
  door.log.warn({ ...who, groups: came, reason: message }, "sign-in through the provider was refused");
  await door.db.write(async (tx) => {
    const place = await placeOf(tx, who);
    const after = { act: "sign-in refused", method: "provider", why: reason, ...who, groups: came };
    if (await isOnRecord(tx, door, place, after)) return;
    await recordAct(
      tx,
      { viewer: { kind: "job", id: "provider", roles: [], projects: [] }, now: door.now },
      {
        action: "session",
        subject: place,
        before: null,
        after,
        reason: "",
      },
    );
  });
}

/** With the person, where there is one by identity or address: their page shows it. */
async function placeOf(tx: Tx, who: Pick<Claims, "issuer" | "subject" | "email">): Promise<string> {
  const known = (await findUserByIdentity(tx, who.issuer, who.subject)) ?? (await findUserByEmail(tx, who.email));
  return known ? `user/${known.key}/sign-in-refused` : `sign-in-refused/${who.email || who.subject}`;
}

async function isOnRecord(tx: Tx, { now }: Door, place: string, refusal: object): Promise<boolean> {
  const start = now() - HOUR + 1;
  const recent = (await listActs(tx, 50, place)).filter((act) => act.at >= start && act.subject === place);
  const same = canonicalJson(refusal);
  if (recent.some(({ after }) => after !== null && canonicalJson(JSON.parse(after)) === same)) return true;
  return (await countActs(tx, { start, end: now() + 1, subject: "sign-in-refused" })) >= MOST_AN_HOUR;
}
