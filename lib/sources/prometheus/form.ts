import { z } from "zod";
import { headerSecret, headers } from "@/lib/setting-values.ts";
import type { ConnectionField, Entered } from "@/lib/sources/connection-form.ts";
import { guardedHttp } from "@/lib/sources/define.ts";
import { ADDRESS_FIELD, CA_FIELD, enteredAddress, enteredCertificate, problemsOf } from "@/lib/sources/entered.ts";
import type { ConnectionForm, OpenSource } from "@/lib/sources/source.ts";
import type { ClientSettings } from "./client.ts";

const FIELDS = [
  {
    ...ADDRESS_FIELD("https://prometheus.your-cluster", "PROMETHEUS_URL"),
    hint: "Prometheus, Thanos, Mimir, Cortex or VictoriaMetrics; with the path before /api/v1.",
  },
  {
    name: "clusters",
    label: "Clusters",
    hint: "Ids or names, separated by commas. Empty: every cluster that no other connection names.",
  },
  {
    name: "tenant",
    label: "Tenant",
    hint: "Sent as X-Scope-OrgID and THANOS-TENANT. Mimir reads several tenants as a|b.",
  },
  {
    name: "replicaLabels",
    label: "Replica labels",
    hint: "Thanos: separated by commas, where its own --query.replica-label lacks them.",
  },
  { name: "username", label: "User", setting: "PROMETHEUS_USERNAME" },
  { name: "password", label: "Password", setting: "PROMETHEUS_PASSWORD", secret: true },
  { name: "bearerToken", label: "Bearer token", setting: "PROMETHEUS_BEARER_TOKEN", secret: true },
  { name: "headers", label: "Other headers", hint: "Name=value;Name=value", secret: true },
  CA_FIELD("PROMETHEUS_CA_FILE"),
  { name: "cert", label: "Client certificate", setting: "PROMETHEUS_CERT_FILE", hint: "As PEM.", isLong: true },
  {
    name: "key",
    label: "Key of the client certificate",
    setting: "PROMETHEUS_KEY_FILE",
    hint: "As PEM.",
    secret: true,
    isLong: true,
  },
] as const satisfies readonly ConnectionField[];

const entered = z
  .looseObject({
    url: enteredAddress,
    tenant: headerSecret.optional(),
    replicaLabels: z
      .string()
      .regex(/^\s*[a-zA-Z_]\w*(\s*,\s*[a-zA-Z_]\w*)*\s*$/, "Enter names of labels, separated by commas.")
      .optional(),
    username: z
      .string()
      .regex(/^[^:]*$/, "A user name cannot contain a colon.")
      .optional(),
    password: z.string().optional(),
    bearerToken: headerSecret.optional(),
    headers: headers.optional(),
    ca: enteredCertificate,
    cert: enteredCertificate,
  })
  .superRefine(({ username, password, bearerToken, headers: more }, issues) => {
    const wrong = (field: string, message: string) => issues.addIssue({ code: "custom", path: [field], message });
    if (username && bearerToken) wrong("bearerToken", "Enter a user or a bearer token, not both.");
    if (password && !username) wrong("username", "Enter the user of the password.");
    const twice = Object.keys(more ?? {}).find((name) =>
      /^(authorization|host|content-type|content-length)$/i.test(name),
    );
    if (twice) wrong("headers", `${twice} is set by the other fields.`);
  });

/** Names as they were entered; undefined: none were. */
function namesOf(text: string | undefined): readonly string[] | undefined {
  const names = (text ?? "").split(",").flatMap((name) => name.trim() || []);
  return names.length > 0 ? names : undefined;
}

const tenantHeaders = (tenant: string | undefined): Record<string, string> =>
  tenant ? { "X-Scope-OrgID": tenant, "THANOS-TENANT": tenant } : {};

/** How people connect a Prometheus, or what speaks its protocol. @param create opens one. */
export const prometheusForm = (
  create: (settings: ClientSettings & { readonly clusters?: readonly string[] | undefined }) => OpenSource,
): ConnectionForm => ({
  help: "Samples and labels of one or more clusters. It lists no workloads: those come from a tenant of Run:ai.",
  fields: FIELDS,
  problems: (given: Entered) => problemsOf(entered, given),
  clusters: ({ clusters }) => namesOf(clusters),
  samplesBy: () => "window",
  open: ({ url = "", clusters, tenant, replicaLabels, headers: more, ...access }, env, log) =>
    create({
      ...{ url, ...access, clusters: namesOf(clusters), http: guardedHttp(env), log },
      replicaLabels: namesOf(replicaLabels),
      headers: { ...headers.parse(more), ...tenantHeaders(tenant) },
    }),
});
