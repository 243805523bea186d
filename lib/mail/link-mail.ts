import { createHash } from "node:crypto";
import type { Mail } from "./mailer.ts";
import { escapeHtml, htmlPage } from "./page.ts";

/**
 * A mail with a one-time link that signs in. @param lasts how long it holds, in words. @param invitedBy who invites the person; absent: they
 * asked for the link, or an administrator sends them another.
 */
export function linkMail(to: string, link: string, lasts: string, invitedBy?: string): Mail {
  const subject = invitedBy === undefined ? "Your link to GPU Ledger" : "You are invited to GPU Ledger";
  const once = `This link signs you in to GPU Ledger once. It is valid for ${lasts}.`;
  const words =
    invitedBy === undefined
      ? once
      : `${invitedBy} invites you to GPU Ledger, which shows what teams use of GPUs, and what it costs. ${once}`;
  const ignore =
    invitedBy === undefined
      ? "If you did not ask for it, ignore this e-mail: nothing changes."
      : "If you do not know why, ask the person who invites you, or ignore this e-mail.";
  const button = `<p style="margin:24px 0"><a href="${escapeHtml(link)}" style="display:inline-block;padding:9px 16px;border-radius:6px;background:#0f6e5a;color:#fff;text-decoration:none">Sign in</a></p>`;
  return {
    to: [to],
    subject,
    text: `${words}\n\n${link}\n\n${ignore}\n`,
    html: htmlPage(subject, `<p>${escapeHtml(words)}</p>${button}<p>${escapeHtml(ignore)}</p>`, "GPU Ledger"),
    // The link itself is a secret: its hash is as unique.
    id: `link-${createHash("sha256").update(link).digest("hex").slice(0, 32)}`,
  };
}
