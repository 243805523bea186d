import { readFileSync } from "node:fs";
import { createTransport } from "nodemailer";
import type { Env } from "@/lib/env.ts";
import { AppError, errorText } from "@/lib/errors.ts";
import { isLoopback } from "@/lib/hosts.ts";
import { excerpt } from "@/lib/http.ts";
import { MailRefused } from "./refused.ts";

export interface MailSettings {
  /** `smtp://…` or `smtps://…`. */
  readonly url: string;
  readonly from: string;
  readonly caFile: string | null;
  readonly timeoutMs: number;
}

/** The mail server of the settings; null: none is set. */
export function mailSettingsOf(
  env: Pick<Env, "SMTP_URL" | "MAIL_FROM" | "SMTP_CA_FILE" | "ALERT_TIMEOUT">,
): MailSettings | null {
  if (!env.SMTP_URL || !env.MAIL_FROM) return null;
  return { url: env.SMTP_URL, from: env.MAIL_FROM, caFile: env.SMTP_CA_FILE ?? null, timeoutMs: env.ALERT_TIMEOUT };
}

export interface Mail {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Stable, so that a mail that is sent again is recognised. */
  readonly id: string;
  /** An address that ends these mails by one click (RFC 8058). */
  readonly unsubscribe?: string;
  /** Of the mails about the same thing: programs show them together. */
  readonly thread?: string;
  /** Images that the HTML names as `cid:<cid>`. */
  readonly images?: readonly { readonly cid: string; readonly svg?: string; readonly png?: Buffer }[];
}

/** @returns the reply of the server, which has the mail. @throws MailRefused. */
export type Mailer = (mail: Mail) => Promise<{ readonly status: number; readonly reply: string }>;

/** A line end in a header would be another header. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").trim();

const hostOf = (url: string): string => new URL(url).hostname.replace(/^\[|\]$/g, "");

/** @throws AppError `invalid` where the file of the certificate authority cannot be read. */
function transportOf({ url, caFile, timeoutMs }: MailSettings) {
  const server = new URL(url);
  const secure = server.protocol === "smtps:";
  const host = hostOf(url);
  return createTransport({
    host,
    port: Number(server.port || (secure ? 465 : 587)),
    secure,
    // A password never travels in the clear, and nobody between can take the encryption away.
    requireTLS: !secure && !isLoopback(host),
    ...(server.username
      ? { auth: { user: decodeURIComponent(server.username), pass: decodeURIComponent(server.password) } }
      : {}),
    ...(caFile ? { tls: { ca: certificate(caFile) } } : {}),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

/**
 * Connects to the mail server, with STARTTLS and a password where they are needed, and sends nothing.
 * @throws AppError `source_unavailable` with what the server or the connection said; `invalid` as createMailer.
 */
export async function checkMailServer(settings: MailSettings): Promise<void> {
  const transport = transportOf(settings);
  try {
    await transport.verify();
  } catch (error) {
    throw new AppError("source_unavailable", `${hostOf(settings.url)}: ${excerpt(errorText(error))}`, { cause: error });
  } finally {
    transport.close();
  }
}

/** @throws AppError `invalid` where the file of the certificate authority cannot be read. */
export function createMailer(settings: MailSettings): Mailer {
  const { url, from } = settings;
  const host = hostOf(url);
  const domain = /@([^>\s]+)>?$/.exec(from)?.[1] ?? "localhost";
  const transport = transportOf(settings);
  return async (mail) => {
    const id = (text: string) => `<${text.replace(/[^\w.-]+/g, "-")}@${domain}>`;
    try {
      const sent = await transport.sendMail({
        from,
        to: mail.to.map((address) => ({ name: "", address: oneLine(address) })),
        subject: oneLine(mail.subject),
        text: mail.text,
        html: mail.html,
        messageId: id(mail.id),
        ...(mail.thread && mail.thread !== mail.id ? { references: [id(mail.thread)] } : {}),
        headers: {
          "Auto-Submitted": "auto-generated",
          ...(mail.unsubscribe
            ? {
                "List-Unsubscribe": { prepared: true, value: `<${oneLine(mail.unsubscribe)}>` },
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
              }
            : {}),
        },
        attachments: (mail.images ?? []).map(({ cid, svg, png }) => ({
          cid,
          filename: svg === undefined ? `${cid}.png` : `${cid}.svg`,
          content: png ?? svg ?? "",
          contentType: svg === undefined ? "image/png" : "image/svg+xml",
          contentDisposition: "inline" as const,
        })),
      });
      // The server has it for some addresses, and not for these.
      const [refused] = sent.rejectedErrors ?? [];
      if (sent.rejected.length) throw refused ?? new Error(`${sent.rejected.map(addressOf).join(", ")} is refused`);
      return { status: Number.parseInt(String(sent.response), 10) || 250, reply: excerpt(String(sent.response)) };
    } catch (error) {
      throw refusal(error, host);
    }
  };
}

const addressOf = (to: string | { readonly address: string }): string => (typeof to === "string" ? to : to.address);

function certificate(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new AppError("invalid", `SMTP_CA_FILE: cannot read ${file}.`, { cause: error });
  }
}

function refusal(error: unknown, host: string): MailRefused {
  const given = (error as { responseCode?: unknown }).responseCode;
  const status = typeof given === "number" ? given : 0;
  // A wrong password and a certificate that does not fit stay wrong, but an administrator mends them: those are tried again.
  const permanent = status >= 500 && status !== 530 && status !== 535 && status !== 538;
  const words = status ? `answered ${status}` : "did not take the mail";
  return new MailRefused(status, permanent, `${host} ${words}: ${excerpt(errorText(error))}`, { cause: error });
}
