import { z } from "zod";
import { defineChannel, type Outcome } from "@/lib/alerts/channels/channel.ts";
import { headline, type Message } from "@/lib/alerts/types.ts";
import { normaliseEmail } from "@/lib/auth/email.ts";
import { AppError } from "@/lib/errors.ts";
import { type Mailer, MailRefused } from "@/lib/mail/index.ts";
import { chartPng } from "./chart.ts";
import { mailHtml } from "./html.ts";
import { mailText } from "./text.ts";

const CHART = "chart";

const settings = z.object({
  to: z
    .string()
    .default("")
    .transform((text, issues) => {
      try {
        return text
          .split(/[\s,;]+/)
          .filter(Boolean)
          .map(normaliseEmail);
      } catch (error) {
        issues.addIssue({ code: "custom", message: error instanceof AppError ? error.message : "Not an address." });
        return [];
      }
    })
    .refine((list) => list.length > 0 && list.length <= 20, "Enter 1 to 20 e-mail addresses, separated by commas."),
});

export const email = defineChannel({
  kind: "email",
  title: "E-mail",
  help: "Sends through the mail server of the settings (SMTP_URL, MAIL_FROM), as HTML and as text.",
  fields: [{ name: "to", label: "To", placeholder: "gpu-costs@example.com", required: true }],
  settings,
  targets: ({ to }) => to,
  seen: (message) => ({ title: headline(message), text: message.summary }),
  preview: (message) => `Subject: ${headline(message)}\n\n${mailText(message)}`,
  send: (message, { to }, _, { mailer, target }) => sendMail(message, target ? [target] : to, mailer),
});

/** The address for programs beside the one for people: the page would need a click of its own. */
const oneClick = (link: string): string => link.replace("/unsubscribe?", "/api/unsubscribe?");

async function sendMail(message: Message, to: readonly string[], mailer: Mailer | null): Promise<Outcome> {
  if (!mailer) return { result: "retry", status: 0, excerpt: "No mail server is set: SMTP_URL and MAIL_FROM." };
  const png = message.chart ? chartPng(message.chart) : null;
  try {
    const { status, reply } = await mailer({
      to,
      subject: headline(message),
      text: mailText(message),
      html: mailHtml(message, png ? CHART : null),
      id: message.messageId,
      thread: message.dedupeKey,
      ...(png ? { images: [{ cid: CHART, png }] } : {}),
      ...(message.unsubscribe ? { unsubscribe: oneClick(message.unsubscribe) } : {}),
    });
    return { result: "sent", status, excerpt: reply };
  } catch (error) {
    if (!(error instanceof MailRefused)) throw error;
    return { result: error.permanent ? "failed" : "retry", status: error.status, excerpt: error.message };
  }
}
