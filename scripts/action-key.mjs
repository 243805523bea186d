import { hkdfSync } from "node:crypto";

/**
 * The key with which Next.js encrypts what a form carries back to its act (NEXT_SERVER_ACTIONS_ENCRYPTION_KEY), where none is set: it follows
 * from the first NEXTAUTH_SECRET, so that all servers of one ledger have the same, and no two installs of one build do.
 * @returns 32 bytes in base64; undefined without a secret: then it is the build's.
 */
export function actionKeyOf({ NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: set, NEXTAUTH_SECRET: secrets = "" }) {
  const [secret] = secrets.split(",").map((text) => text.trim());
  if (set || !secret) return set || undefined;
  return Buffer.from(hkdfSync("sha256", secret, "", "gpu-ledger server actions v1", 32)).toString("base64");
}
