/**
 * Secrets of channels and connections, encrypted at rest. Owns the table `stored_secrets`. A value is bound to its place (owner and field),
 * is read only for the call that needs it, and never appears in a log, a message, the audit log or a backup in the clear.
 */
export { type KeySettings, type SecretKeys, secretKeys } from "./keys.ts";
export { assertReadable, deleteUnreadable, listSecrets, listUnreadable, rotateSecrets } from "./rotate.ts";
export { nameOf, type SecretFacts, type SecretRef } from "./types.ts";
export {
  deleteSecret,
  deleteSecretsOf,
  describeSecrets,
  findSecret,
  getSecret,
  hasSecret,
  putSecret,
} from "./vault.ts";
