import { X509Certificate } from "node:crypto";
import { z } from "zod";
import { url } from "@/lib/setting-values.ts";
import { isMetadataHost, METADATA_PROBLEM } from "@/lib/sources/metadata-hosts.ts";
import type { ConnectionField, Entered } from "./connection-form.ts";

/** What people enter to connect a source, as the kinds have it in common. */

export const ADDRESS_FIELD = (placeholder: string, setting: string) =>
  ({
    name: "url",
    label: "Address",
    placeholder,
    setting,
    required: true,
    receives: true,
  }) as const satisfies ConnectionField;

export const CA_FIELD = (setting: string) =>
  ({
    name: "ca",
    label: "Certificate authority",
    setting,
    hint: "As PEM, where the server's certificate is signed by one of your own.",
    isLong: true,
  }) as const satisfies ConnectionField;

/** An address without credentials, which is shown to people who look at connections. */
export const enteredAddress = url.superRefine((text, issues) => {
  const parsed = URL.parse(text);
  if (!parsed) return;
  if (parsed.username || parsed.password)
    issues.addIssue({ code: "custom", message: "Enter the user and the password in their own fields." });
  if (isMetadataHost(parsed)) issues.addIssue({ code: "custom", message: METADATA_PROBLEM });
});

const isCertificate = (text: string): boolean => {
  try {
    return Boolean(new X509Certificate(text));
  } catch {
    return false;
  }
};

export const enteredCertificate = z
  .string()
  .refine(isCertificate, "Paste a certificate as PEM: it begins with -----BEGIN CERTIFICATE-----.")
  .optional();

/** What a schema finds wrong, by field. */
export function problemsOf(schema: z.ZodType, entered: Entered): Record<string, string> {
  const parsed = schema.safeParse(entered);
  const out: Record<string, string> = {};
  for (const { path, message } of parsed.error?.issues ?? []) out[String(path[0])] ??= sentence(message);
  return out;
}

/** Settings say "expected …"; a form says it as a sentence. */
const sentence = (message: string): string =>
  /^expected /.test(message) ? `E${message.slice(1)}${message.endsWith(".") ? "" : "."}` : message;
