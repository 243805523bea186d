import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { ENV_KEYS, parseEnv } from "@/lib/env.ts";
import { renderChart } from "./helm-render.ts";

// biome-ignore lint/suspicious/noExplicitAny: documents of others, read as they are
type Doc = any;
const CHART = "deploy/helm/gpu-ledger";
const read = (file: string) => readFileSync(`${CHART}/${file}`, "utf8");
const usual = parse(read("values.yaml")) as Doc;
const chart = parse(read("Chart.yaml")) as { appVersion: string; version: string };
const files = new Map(
  globSync(`${CHART}/templates/*`).map((f) => [f.slice(CHART.length + 1), readFileSync(f, "utf8")]),
);
const schema = new Ajv({ allErrors: true, strict: false }).compile(JSON.parse(read("values.schema.json")) as object);

/** Values laid over the usual ones, as Helm does. */
const over = (below: Doc, above: Doc): Doc =>
  typeof above === "object" && above !== null && !Array.isArray(above)
    ? { ...below, ...Object.fromEntries(Object.entries(above).map(([k, v]) => [k, over(below?.[k], v)])) }
    : above;
const render = (values: Doc = {}): Doc[] => {
  const input = { files, values: over(usual, values), release: "ledger", namespace: "gpu-ledger", chart };
  return [...renderChart(input)]
    .filter(([name]) => name.endsWith(".yaml"))
    .flatMap(([, text]) => parseAllDocuments(text, { strict: true, uniqueKeys: true }))
    .flatMap((document) => {
      expect(document.errors).toEqual([]);
      return (document.toJS() as Doc) ?? [];
    });
};
const EVERYTHING = {
  ...{ database: "postgres", imagePullSecrets: [{ name: "registry" }] },
  ...Object.fromEntries(
    ["externalSecret", "ingress", "serviceMonitor", "resourceQuota"].map((name) => [name, { enabled: true }]),
  ),
};
const kinds = (docs: readonly Doc[]) => docs.map((d) => d.kind).sort();
const ofKind = (docs: readonly Doc[], kind: string): Doc[] => docs.filter((d) => d.kind === kind);

describe("the chart", () => {
  it("has usual values that its schema takes, and refuses those that cannot work", () => {
    expect([schema(usual), schema.errors]).toEqual([true, null]);
    expect(schema(over(usual, EVERYTHING))).toBe(true);
    const refused = (values: Doc) => schema(over(usual, values)) === false;
    expect(refused({ database: "mysql" })).toBe(true);
    expect(refused({ image: { tag: "latest" } })).toBe(true);
    expect(refused({ web: { replica: 3 } })).toBe(true);
    expect(refused({ settings: { RUNAI_APP_SECRET: "in plain sight" } })).toBe(true);
    expect(refused({ settings: { NEXTAUTH_URL: "gpu.example.com" } })).toBe(true);
    expect(refused({ networkPolicy: { from: [] } })).toBe(true);
    expect(refused({ persistence: { accessMode: "ReadWriteMany" } })).toBe(true);
  });

  it("is one replica on a volume with SQLite, which no disruption budget holds", () => {
    const docs = render();
    expect(kinds(docs)).toEqual([
      "ConfigMap",
      "Deployment",
      "NetworkPolicy",
      "PersistentVolumeClaim",
      "Service",
      "ServiceAccount",
    ]);
    const [web] = ofKind(docs, "Deployment");
    expect(web.spec).toMatchObject({ replicas: 1, strategy: { type: "Recreate" } });
    expect(web.spec.template.spec.volumes[0]).toEqual({ name: "data", persistentVolumeClaim: { claimName: "ledger" } });
    const own = render({ persistence: { existingClaim: "mine" } });
    expect(ofKind(own, "PersistentVolumeClaim")).toEqual([]);
    expect(ofKind(own, "Deployment")[0].spec.template.spec.volumes[0].persistentVolumeClaim).toEqual({
      claimName: "mine",
    });
    expect(
      ofKind(render({ persistence: { storageClass: "fast" } }), "PersistentVolumeClaim")[0].spec.storageClassName,
    ).toBe("fast");
  });

  it("is several web servers and one for the recurring work with PostgreSQL", () => {
    const docs = render(EVERYTHING);
    expect(kinds(docs)).toEqual([
      ...["ConfigMap", "Deployment", "Deployment", "ExternalSecret", "Ingress", "NetworkPolicy", "PodDisruptionBudget"],
      ...["ResourceQuota", "Service", "ServiceAccount", "ServiceMonitor"],
    ]);
    const [jobs, web] = ofKind(docs, "Deployment");
    expect([jobs.metadata.name, jobs.spec.replicas, web.spec.replicas]).toEqual(["ledger-jobs", 1, 3]);
    expect(web.spec.strategy.rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: 1 });
    expect(jobs.spec.template.spec.imagePullSecrets).toEqual([{ name: "registry" }]);
    expect(jobs.spec.template.spec.containers[0].args.at(-1)).toBe("serve-jobs");
    const [policy] = ofKind(docs, "NetworkPolicy");
    expect(policy.spec.egress.map((e: Doc) => e.ports.map((p: Doc) => p.port))).toEqual([
      [53, 53],
      [9090, 9093, 9003, 4318],
      [5432],
      [443],
    ]);
  });

  it.each([
    ["SQLite", {}],
    ["PostgreSQL, everything on", EVERYTHING],
  ])("selects what it means and keeps to the restricted standard: %s", (_, values) => {
    const docs = render(values);
    for (const doc of docs) {
      expect([doc.kind, doc.metadata.labels]).toEqual([
        doc.kind,
        expect.objectContaining({ "app.kubernetes.io/instance": "ledger" }),
      ]);
      expect(doc.apiVersion).toMatch(/^(?:v1|[a-z0-9.-]+\/v1)$/);
    }
    const [service] = ofKind(docs, "Service");
    const secrets = [...ofKind(docs, "ExternalSecret").map((s) => s.spec.target.name), usual.secretName];
    for (const { spec, metadata } of ofKind(docs, "Deployment")) {
      const { labels } = spec.template.metadata;
      expect(labels).toEqual(spec.selector.matchLabels);
      expect(labels).toMatchObject(ofKind(docs, "NetworkPolicy")[0].spec.podSelector.matchLabels);
      const pod = spec.template.spec;
      expect(pod.serviceAccountName).toBe(ofKind(docs, "ServiceAccount")[0].metadata.name);
      expect(pod).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      });
      const [container] = pod.containers;
      expect(container.securityContext).toEqual({
        ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
        capabilities: { drop: ["ALL"] },
      });
      expect(container.image).toBe(`gpu-ledger:${chart.appVersion}`);
      expect(container.resources.requests).toMatchObject({ cpu: expect.any(String), memory: expect.any(String) });
      expect(container.volumeMounts.map((m: Doc) => m.name).sort()).toEqual(pod.volumes.map((v: Doc) => v.name).sort());
      expect(container.envFrom[0].configMapRef.name).toBe(ofKind(docs, "ConfigMap")[0].metadata.name);
      expect(secrets).toContain(container.envFrom[1].secretRef.name);
      expect(spec.template.metadata.annotations["checksum/config"]).toMatch(/^[0-9a-f]{64}$/);
      if (metadata.name !== "ledger") continue;
      expect(labels).toMatchObject(service.spec.selector);
      expect(container.ports.map((p: Doc) => p.name)).toContain(service.spec.ports[0].targetPort);
      const paths = ["startupProbe", "livenessProbe", "readinessProbe"].map((name) => container[name].httpGet);
      expect(paths).toEqual(["/healthz", "/healthz", "/readyz"].map((path) => ({ path, port: "http" })));
      for (const { spec: budget } of ofKind(docs, "PodDisruptionBudget"))
        expect(labels).toEqual(budget.selector.matchLabels);
    }
    for (const { spec } of ofKind(docs, "ServiceMonitor")) {
      expect(service.metadata.labels).toMatchObject(spec.selector.matchLabels);
      expect(service.spec.ports.map((p: Doc) => p.name)).toContain(spec.endpoints[0].port);
    }
    for (const { spec } of ofKind(docs, "Ingress"))
      expect(spec.rules[0].http.paths[0].backend.service).toEqual({
        name: service.metadata.name,
        port: { name: "http" },
      });
  });

  it("sets settings that exist, and that the product takes", () => {
    for (const values of [{}, EVERYTHING]) {
      const docs = render(values);
      const data = ofKind(docs, "ConfigMap")[0].data as Record<string, string>;
      const keys = [
        ...Object.keys(data),
        ...ofKind(docs, "ExternalSecret").flatMap((s) => s.spec.data.map((d: Doc) => d.secretKey)),
      ];
      for (const key of keys) expect(ENV_KEYS).toContain(key);
      for (const value of Object.values(data)) expect(typeof value).toBe("string");
      expect(() => parseEnv(data)).not.toThrow();
    }
  });

  it("rolls its pods when a setting changes", () => {
    const sum = (values: Doc) =>
      ofKind(render(values), "Deployment")[0].spec.template.metadata.annotations["checksum/config"];
    expect(sum({})).toBe(sum({}));
    expect(sum({ settings: { LOG_LEVEL: "debug" } })).not.toBe(sum({}));
  });

  it("is of the product's version", () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    expect([chart.appVersion, chart.version]).toEqual([version, version]);
  });
});

it("templates that are not known are refused, and dashes take white space", () => {
  const one = (text: string, values: Doc = {}) =>
    renderChart({ files: new Map([["templates/a.yaml", text]]), values, release: "r", namespace: "n", chart }).get(
      "templates/a.yaml",
    );
  expect(one('a: {{ .Values.x | default "y" | quote }}', { x: "" })).toBe('a: "y"');
  expect(one("{{- if and .Values.a (not .Values.b) }} yes {{- else }} no {{- end }}", { a: 1, b: 0 })).toBe(" yes");
  expect(one("{{ range $k, $v := .Values.m }}{{ $k }}={{ $v }};{{ end }}", { m: { b: 2, a: 1 } })).toBe("a=1;b=2;");
  expect(() => one("{{ lookup 1 }}")).toThrow(/unknown function lookup/);
  expect(() => one("{{ .Values.typo }}")).toThrow(/no value/);
});

const kustomize = (folder: string) => spawnSync("kubectl", ["kustomize", folder], { encoding: "utf8" });
const hasKustomize = spawnSync("kubectl", ["kustomize", "--help"]).status === 0;

it.skipIf(!hasKustomize).each(["base", "local", "production"])("kustomize builds deploy/kubernetes/%s", (folder) => {
  const { status, stdout, stderr } = kustomize(`deploy/kubernetes/${folder}`);
  expect([status, stderr]).toEqual([0, ""]);
  const docs = parseAllDocuments(stdout).map((d) => d.toJS() as Doc);
  const [web] = docs.filter((d) => d.kind === "Deployment" && d.metadata.name === "gpu-ledger");
  expect(web.spec.replicas).toBe(folder === "production" ? 3 : 1);
  const [settings] = docs.filter((d) => d.kind === "ConfigMap" && d.metadata.name.startsWith("gpu-ledger"));
  for (const key of Object.keys(settings.data)) expect(ENV_KEYS).toContain(key);
  const volume = web.spec.template.spec.volumes.find((v: Doc) => v.name === "data");
  expect(Object.keys(volume).sort()).toEqual(
    ["name", folder === "production" ? "emptyDir" : "persistentVolumeClaim"].sort(),
  );
});
