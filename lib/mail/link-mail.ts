import { createHash } from "node:crypto";
import type { Mail } from "./mailer.ts";
import { escapeHtml, htmlPage } from "./page.ts";

/** A mail with a one-time link that signs in. @param lasts how long it holds, in words. */
export function linkMail(to: string, link: string, lasts: string): Mail {
  const words = `This link signs you in to GPU Ledger once, and lets you choose a password. It is valid for ${lasts}.`;
  const ignore = "If you did not ask for it, ignore this e-mail: nothing changes.";
  const button = `<p style="margin:24px 0"><a href="${escapeHtml(link)}" style="display:inline-block;padding:9px 16px;border-radius:6px;background:#0f6e5a;color:#fff;text-decoration:none">Sign in</a></p>`;
  return {
    to: [to],
    subject: "Your link to GPU Ledger",
    text: `${words}\n\n${link}\n\n${ignore}\n`,
    html: htmlPage(
      "Your link to GPU Ledger",
      `<p>${escapeHtml(words)}</p>${button}<p>${escapeHtml(ignore)}</p>`,
      "GPU Ledger",
    ),
    // The link itself is a secret: its hash is as unique.
    id: `link-${createHash("sha256").update(link).digest("hex").slice(0, 32)}`,
  };
}
