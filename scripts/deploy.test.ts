import { execFileSync, spawnSync } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments, stringify } from "yaml";
import { serviceUnits, USUAL } from "@/cli/service-units.ts";
import { runLedger } from "@/cli/testing.ts";
import { authSettings } from "@/lib/auth/settings.ts";
import { ENV_KEYS, parseEnv } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";

// biome-ignore lint/suspicious/noExplicitAny: documents of others, read as they are
type Doc = any;
const rulesOf = (file: string) => parse(readFileSync(`deploy/prometheus/${file}`, "utf8")) as { groups: unknown[] };
const manifests = (folder: string): Doc[] =>
  globSync(`deploy/kubernetes/${folder}/*.yaml`)
    .filter((f) => !/kustomization|\.patch\./.test(f))
    .sort()
    .flatMap((f) => parseAllDocuments(readFileSync(f, "utf8")).map((d) => ({ file: f, ...(d.toJS() as object) })));
const base = manifests("base");
const production = manifests("production");
const all = [...base, ...production];
const ofKind = (kind: string, docs = all): Doc[] => docs.filter((d) => d.kind === kind);

const hasSystemd = spawnSync("systemd-analyze", ["--version"]).status === 0;

/** A place of the product and a program that a service sees, also where this checkout is in a temporary folder. */
const isHidden = (file: string) => /^(?:\/var)?\/tmp\//.test(file);
const ROOT = isHidden(process.cwd()) ? "/opt/gpu-ledger" : process.cwd();
const NODE = isHidden(process.execPath) ? "/usr/bin/env" : process.execPath;
const PLACES = ["--root", ROOT, "--node", NODE];

describe("systemd units", () => {
  it("in deploy are those that the command writes for the usual places", () => {
    for (const [name, text] of Object.entries(serviceUnits(USUAL)))
      expect(readFileSync(`deploy/systemd/${name}`, "utf8")).toBe(text);
    expect(globSync("deploy/systemd/*").length).toBe(Object.keys(serviceUnits(USUAL)).length);
  });

  it("are written by `ledger install-service`, and replace nothing unasked", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "units-"));
    try {
      const install = (...more: string[]) =>
        runLedger(["install-service", ...PLACES, "--to", folder, "--user", "ada", ...more], {});
      expect(await install()).toMatchObject({ code: 0, stderr: expect.stringContaining("systemctl enable --now") });
      const text = readFileSync(path.join(folder, "gpu-ledger.service"), "utf8");
      expect(text).toContain(`ExecStart=${NODE} ${ROOT}/scripts/start.mjs\n`);
      expect(text).toContain("User=ada\n");
      expect(await install()).toMatchObject({ code: 1, stderr: expect.stringContaining("--force") });
      expect(await install("--force")).toMatchObject({ code: 0 });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("leave existing settings as they are", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "units-"));
    try {
      const settings = path.join(folder, "it's mine", "settings");
      const { stderr } = await runLedger(["install-service", ...PLACES, "--to", folder, "--settings", settings], {});
      const step = stderr.split("\n").find((line) => line.includes("0600")) ?? "";
      const follow = () => execFileSync("sh", ["-ec", step]);
      follow();
      expect(statSync(settings).mode & 0o777).toBe(0o600);
      writeFileSync(settings, "RUNAI_URL=https://runai.example\n");
      follow();
      expect(readFileSync(settings, "utf8")).toContain("runai.example");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  const at = (root: string, more: object = {}) =>
    serviceUnits({ ...USUAL, root, ...more })["gpu-ledger.service"]?.split("\n") ?? [];

  it("may read a home that the product or its Node is in, and no other", () => {
    expect(at("/opt/gpu-ledger")).toContain("ProtectHome=yes");
    expect(at("/homes/ada/gpu-ledger")).toContain("ProtectHome=yes");
    for (const root of ["/home/ada/gpu-ledger", "/root/gpu-ledger", "/run/user/1000/x"])
      expect(at(root)).toContain("ProtectHome=read-only");
    expect(at("/opt/x", { node: "/root/.nvm/bin/node" })).toContain("ProtectHome=read-only");
    expect(at("/opt/x", { settings: "/home/ada/settings" })).toContain("ProtectHome=yes");
  });

  it("keep spaces, quotes and percent signs of paths as they are", () => {
    const lines = at(`/srv/our "50%" $x/it's`, { node: "/opt/my node/bin/node" });
    expect(lines).toContain(`ExecStart="/opt/my node/bin/node" "/srv/our \\"50%%\\" $$x/it's/scripts/start.mjs"`);
    expect(lines).toContain(`WorkingDirectory=/srv/our "50%%" $x/it's`);
    expect(lines).toContain(`ReadWritePaths="-/srv/our \\"50%%\\" $x/it's/.next"`);
  });

  it.each([["/tmp/gpu-ledger"], ["/var/tmp/x/gpu-ledger"], ["relative"], ["/opt/a\nb"]])(
    "are not written for %j, where they could not start",
    (root) => {
      expect(() => at(root)).toThrow(AppError);
    },
  );

  it.skipIf(!hasSystemd).each([
    ["as they are", ROOT],
    ["for a folder with a space", "/opt/gpu ledger"],
  ])("pass systemd-analyze verify, and are hardened: %s", (_, root) => {
    const folder = mkdtempSync(path.join(tmpdir(), "units-"));
    try {
      const here = { ...USUAL, root, node: NODE, user: "daemon" };
      const files = Object.entries(serviceUnits(here)).map(([name, text]) => {
        writeFileSync(path.join(folder, name), text);
        return path.join(folder, name);
      });
      const verify = spawnSync("systemd-analyze", ["verify", "--man=no", ...files], { encoding: "utf8" });
      expect([verify.status, verify.stderr.split("\n").filter((line) => line.includes("gpu-ledger"))]).toEqual([0, []]);
      for (const file of files.filter((f) => f.endsWith(".service"))) {
        const text = execFileSync("systemd-analyze", ["security", "--offline=true", "--no-pager", file], {
          encoding: "utf8",
        });
        const exposure = Number(/Overall exposure level for .*: ([\d.]+)/.exec(text)?.[1]);
        expect([path.basename(file), exposure <= 2]).toEqual([path.basename(file), true]);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("manifests", () => {
  const pods: { readonly name: string; readonly spec: Doc; readonly labels: Doc; readonly selector: Doc }[] = ofKind(
    "Deployment",
  ).map((d) => ({
    ...{ name: d.metadata.name, spec: d.spec.template.spec, labels: d.spec.template.metadata.labels },
    selector: d.spec.selector.matchLabels,
  }));

  it("are all named by their kustomization, which names no other", () => {
    for (const folder of ["base", "local", "production"]) {
      const { resources, patches = [] } = parse(
        readFileSync(`deploy/kubernetes/${folder}/kustomization.yaml`, "utf8"),
      ) as {
        resources: string[];
        patches?: { path: string }[];
      };
      const files = globSync(`deploy/kubernetes/${folder}/*.yaml`)
        .map((f) => path.basename(f))
        .filter((f) => f !== "kustomization.yaml");
      expect([...resources.filter((r) => r !== "../base"), ...patches.map((p) => p.path)].sort()).toEqual(files.sort());
    }
  });

  it("keep to the restricted pod security standard", () => {
    expect(ofKind("Namespace")[0].metadata.labels).toMatchObject({
      "pod-security.kubernetes.io/enforce": "restricted",
    });
    for (const { name, spec } of pods) {
      expect([name, spec.securityContext, spec.automountServiceAccountToken]).toEqual([
        name,
        expect.objectContaining({ runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: "RuntimeDefault" } }),
        false,
      ]);
      expect([name, spec.hostNetwork, spec.hostPID, spec.hostIPC]).toEqual([name, undefined, undefined, undefined]);
      for (const volume of spec.volumes)
        expect(["emptyDir", "persistentVolumeClaim"]).toContain(Object.keys(volume).find((k) => k !== "name"));
      for (const container of spec.containers) {
        expect([name, container.securityContext]).toEqual([
          name,
          { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
        ]);
        expect(container.resources.requests).toMatchObject({ cpu: expect.any(String), memory: expect.any(String) });
        expect(container.image).toMatch(/:\d+\.\d+\.\d+$/);
        const mounts = container.volumeMounts.map((m: Doc) => m.name).sort();
        expect(mounts).toEqual(spec.volumes.map((v: Doc) => v.name).sort());
      }
    }
  });

  it("select what they mean: labels, ports, claims, secrets, probes", () => {
    for (const { selector, labels } of pods) expect(labels).toEqual(selector);
    const [service] = ofKind("Service");
    const [web] = pods;
    expect(web?.labels).toMatchObject(service.spec.selector);
    const named = web?.spec.containers[0].ports.map((p: Doc) => p.name);
    expect(named).toContain(service.spec.ports[0].targetPort);
    for (const { spec } of ofKind("ServiceMonitor")) {
      expect(service.metadata.labels).toMatchObject(spec.selector.matchLabels);
      expect(service.spec.ports.map((p: Doc) => p.name)).toContain(spec.endpoints[0].port);
      expect(Number.parseInt(spec.endpoints[0].scrapeTimeout, 10)).toBeLessThanOrEqual(60);
    }
    expect(ofKind("Ingress")[0].spec.rules[0].http.paths[0].backend.service).toEqual({
      name: service.metadata.name,
      port: { name: "http" },
    });
    for (const { spec } of ofKind("PodDisruptionBudget")) expect(web?.labels).toEqual(spec.selector.matchLabels);
    for (const { spec } of pods) {
      const claims = spec.volumes.flatMap((v: Doc) => v.persistentVolumeClaim?.claimName ?? []);
      for (const claim of claims) expect(ofKind("PersistentVolumeClaim").map((c) => c.metadata.name)).toContain(claim);
      for (const { configMapRef, secretRef } of spec.containers[0].envFrom) {
        if (configMapRef) expect(ofKind("ConfigMap").map((c) => c.metadata.name)).toContain(configMapRef.name);
        if (secretRef) expect(ofKind("ExternalSecret").map((c) => c.spec.target.name)).toContain(secretRef.name);
      }
    }
    const probes = ["startupProbe", "livenessProbe", "readinessProbe"].map(
      (p) => web?.spec.containers[0][p].httpGet.path,
    );
    expect(probes).toEqual(["/healthz", "/healthz", "/readyz"]);
    for (const probe of probes) expect(globSync(`app${probe}/route.ts`)).toHaveLength(1);
    for (const doc of all.filter((d) => d.kind !== "Namespace"))
      expect([doc.file, doc.metadata.namespace]).toEqual([doc.file, "gpu-ledger"]);
  });

  it("settings exist, and are ones that the server starts with", () => {
    const [{ data: config }] = ofKind("ConfigMap");
    const secrets = Object.fromEntries(
      (ofKind("ExternalSecret")[0].spec.data as { secretKey: string }[]).map(({ secretKey }) => [
        secretKey,
        "x".repeat(40),
      ]),
    );
    expect([...Object.keys(config), ...Object.keys(secrets), "SCHEDULER"].filter((k) => !ENV_KEYS.includes(k))).toEqual(
      [],
    );
    const urls = { RUNAI_URL: "https://acme.run.ai", DATABASE_URL: "postgres://ledger:x@db/ledger" };
    expect(authSettings(parseEnv({ HOST: "0.0.0.0", ...config, ...secrets, ...urls }))).not.toBe(null);
  });

  it("rules of the Prometheus Operator are those of deploy/prometheus", () => {
    const [rule] = ofKind("PrometheusRule");
    expect(rule.spec.groups).toEqual([
      ...rulesOf("recording.rules.yml").groups,
      ...rulesOf("alerting.rules.yml").groups,
    ]);
  });
});

describe("containers", () => {
  const docker = readFileSync("deploy/docker/Dockerfile", "utf8");
  const compose = parse(readFileSync("deploy/compose.yaml", "utf8")) as Doc;

  it("run as a user without rights, on a Node that the product takes, and name files that exist", () => {
    expect([...docker.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image)).toEqual([
      "node:24-bookworm-slim",
      "node:24-bookworm-slim",
    ]);
    expect(/^USER (\d+):(\d+)$/m.exec(docker)?.slice(1)).toEqual(["10001", "10001"]);
    for (const [, file = ""] of docker.matchAll(/"(scripts\/[^"]+)"/g)) expect(globSync(file)).toEqual([file]);
    const env =
      /^ENV (.*HOST=.*)$/m
        .exec(docker)?.[1]
        ?.split(" ")
        .map((pair) => pair.split("=")) ?? [];
    expect(env.map(([key]) => key).filter((k = "") => !ENV_KEYS.includes(k))).toEqual([
      "NODE_ENV",
      "NEXT_TELEMETRY_DISABLED",
    ]);
  });

  it("of compose wait for the database, and are neither privileged nor on latest", () => {
    for (const [name, service] of Object.entries(compose.services) as [string, Doc][]) {
      expect([name, service.image]).toEqual([name, expect.stringMatching(/:v?\d+\.\d+/)]);
      for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
      expect(service.privileged).toBe(undefined);
    }
    const { ledger } = compose.services;
    expect(ledger.depends_on).toEqual({ postgres: { condition: "service_healthy" } });
    expect([ledger.read_only, ledger.cap_drop]).toEqual([true, ["ALL"]]);
    const given = Object.fromEntries(
      readFileSync("deploy/compose.env.example", "utf8")
        .split("\n")
        .filter((l) => /^[A-Z]/.test(l))
        .map((l) => [l.slice(0, l.indexOf("=")), l.slice(l.indexOf("=") + 1)]),
    );
    const set = { ...given, ...ledger.environment, DATABASE_URL: "postgres://ledger:x@postgres:5432/ledger" };
    expect(Object.keys(set).filter((k) => !ENV_KEYS.includes(k))).toEqual([]);
    expect(authSettings(parseEnv({ HOST: "0.0.0.0", ...set }))).not.toBe(null);
    const mounted = compose.services.prometheus.volumes
      .filter((v: string) => v.startsWith("./"))
      .map((v: string) => v.split(":")[0]);
    for (const file of mounted) expect(globSync(path.join("deploy", file))).toHaveLength(1);
  });

  it("of compose have a Prometheus whose configuration promtool takes", () => {
    if (spawnSync("promtool", ["--version"]).status !== 0) return;
    const folder = mkdtempSync(path.join(tmpdir(), "compose-"));
    try {
      for (const file of ["recording.rules.yml", "alerting.rules.yml"])
        writeFileSync(path.join(folder, file), readFileSync(`deploy/prometheus/${file}`));
      writeFileSync(path.join(folder, "prometheus.yml"), readFileSync("deploy/compose.prometheus.yml"));
      mkdirSync(path.join(folder, "x"));
      const { status, stdout, stderr } = spawnSync("promtool", ["check", "config", "prometheus.yml"], {
        cwd: folder,
        encoding: "utf8",
      });
      expect([status, status === 0 ? "" : stdout + stderr]).toEqual([0, ""]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** Written again with UPDATE_DEPLOY=1 where the rules or units changed. */
if (process.env.UPDATE_DEPLOY) {
  for (const [name, text] of Object.entries(serviceUnits(USUAL))) writeFileSync(`deploy/systemd/${name}`, text);
  const groups = [...rulesOf("recording.rules.yml").groups, ...rulesOf("alerting.rules.yml").groups];
  const rule = {
    ...{ apiVersion: "monitoring.coreos.com/v1", kind: "PrometheusRule" },
    metadata: {
      name: "gpu-ledger",
      namespace: "gpu-ledger",
      labels: { "app.kubernetes.io/name": "gpu-ledger", release: "prometheus" },
    },
    spec: { groups },
  };
  const head =
    "# The rules of deploy/prometheus for the Prometheus Operator. Written by UPDATE_DEPLOY=1 npm run test:unit -- scripts/deploy.test.ts\n";
  writeFileSync("deploy/kubernetes/production/prometheusrule.yaml", head + stringify(rule, { lineWidth: 0 }));
}
