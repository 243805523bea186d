/**
 * E-mail through the server that the settings name. Owns nothing. Every part of a mail that comes from elsewhere is text: no address and no
 * subject can add a header or a recipient.
 */
export { linkMail } from "./link-mail.ts";
export { checkMailServer, createMailer, type Mail, type Mailer, type MailSettings, mailSettingsOf } from "./mailer.ts";
export { escapeHtml, htmlPage } from "./page.ts";
export { MailRefused } from "./refused.ts";
