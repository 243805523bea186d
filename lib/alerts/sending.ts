import type { Env } from "@/lib/env.ts";
import { createMailer, mailSettingsOf } from "@/lib/mail/index.ts";
import { secretKeys } from "@/lib/secrets/index.ts";
import { createPost } from "./channels/index.ts";
import type { Sending } from "./outbox/deliver.ts";

/** What messages are sent with, as the settings say. @throws AppError `invalid` for a certificate file that cannot be read. */
export function sendingOf(env: Env, nowMs: () => number): Sending {
  const mail = mailSettingsOf(env);
  return {
    post: createPost({ allowed: env.ALERT_ALLOWED_HOSTS, timeoutMs: env.ALERT_TIMEOUT, nowMs }),
    mailer: mail && createMailer(mail),
    keys: secretKeys(env),
    fallback: env.ALERT_EMAIL_TO,
    leaseSeconds: Math.ceil(env.ALERT_TIMEOUT / 1000) * 4 + 30,
  };
}
