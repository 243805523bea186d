import { z } from "zod";
import { httpAddress } from "@/lib/alerts/channels/address.ts";
import { defineChannel, type Means, type Outcome, type Secrets } from "@/lib/alerts/channels/channel.ts";
import { attempt } from "@/lib/alerts/channels/reply.ts";
import type { Message } from "@/lib/alerts/types.ts";
import { alertOf } from "./alert.ts";

/** `name=value, name=value`. */
const labels = z
  .string()
  .default("")
  .transform((text, issues) => {
    const out: Record<string, string> = {};
    for (const part of text
      .split(",")
      .map((p) => p.trim())
      .filter(Boolean)) {
      const [, name, value] = /^([a-zA-Z_]\w*)=(.+)$/.exec(part) ?? [];
      if (name && value) out[name] = value;
      else issues.addIssue({ code: "custom", message: `"${part}" is not a label: write name=value.` });
    }
    return out;
  });

const addresses = z
  .string()
  .transform((text) =>
    text
      .split(/[\s,]+/)
      .filter(Boolean)
      .map((url) => url.replace(/\/+$/, "")),
  )
  .superRefine((list, issues) => {
    const say = (message: string) => issues.addIssue({ code: "custom", message });
    if (list.length < 1 || list.length > 5) say("Expected 1 to 5 http(s) addresses.");
    for (const url of list) for (const problem of Object.values(httpAddress("urls", url))) say(`${url}: ${problem}`);
  });

export const alertmanager = defineChannel({
  kind: "alertmanager",
  title: "Alertmanager",
  help: "Sends to every Alertmanager of a cluster, which groups by itself and takes no digests. Inside your network, its host must be in ALERT_ALLOWED_HOSTS.",
  fields: [
    {
      name: "urls",
      label: "Addresses",
      hint: "all members of a cluster, not a load balancer",
      placeholder: "http://alertmanager:9093",
      required: true,
      receives: true,
    },
    { name: "labels", label: "Labels", hint: "for its routes, such as severity=page, team=gpu" },
    { name: "token", label: "Bearer token", secret: true },
  ],
  settings: z.object({ urls: addresses, labels }),
  takesNoDigests: true,
  skips: ({ change }) => change === "acknowledge" || change === "digest",
  seen: ({ title, summary }) => ({ title, text: summary }),
  preview: (message, { labels: extra }) => JSON.stringify([alertOf(message, extra)], null, 2),
  renew: post,
  send: (message, settings, secrets, means) => post([message], settings, secrets, means),
});

type Settings = { readonly urls: readonly string[]; readonly labels: Readonly<Record<string, string>> };

/** One request for all messages to each member, at once: a member that does not answer holds up no other. */
async function post(messages: readonly Message[], settings: Settings, { token }: Secrets, means: Means) {
  const body = JSON.stringify(messages.map((message) => alertOf(message, settings.labels)));
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  const send = (url: string) => attempt(() => means.post(`${url}/api/v2/alerts`, body, headers));
  return worst(await Promise.all(settings.urls.map(send)));
}

const ORDER = ["retry", "failed", "closed", "accepted", "sent"] as const;

/** All members have to have it: what one lacks is tried again, and an alert that comes twice is the same alert. */
function worst(outcomes: readonly Outcome[]): Outcome {
  const found = [...outcomes].sort((a, b) => ORDER.indexOf(a.result) - ORDER.indexOf(b.result))[0] as Outcome;
  return found.result === "closed" ? { ...found, result: "failed" } : found;
}
