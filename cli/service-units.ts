import path from "node:path";
import { AppError } from "@/lib/errors.ts";

/** Where the product and its parts are on a machine that runs it under systemd. */
export interface Installation {
  /** The folder of the product, built. */
  readonly root: string;
  /** The Node that runs it. */
  readonly node: string;
  /** The user that owns the ledger. */
  readonly user: string;
  /** The file of settings: one `KEY=value` a line. */
  readonly settings: string;
}

/** The installation that deploy/systemd and the documents describe. */
export const USUAL: Installation = {
  ...{ root: "/opt/gpu-ledger", node: "/usr/bin/node", user: "gpu-ledger", settings: "/etc/gpu-ledger/settings" },
};

/** A specifier of systemd begins with a percent sign. */
const plain = (text: string): string => text.replaceAll("%", "%%");
/** One word of a list or a command line. */
const word = (text: string): string =>
  /[\s"'\\]/.test(text) ? `"${plain(text).replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"` : plain(text);
const argument = (text: string): string => word(text).replaceAll("$", "$$$$");

const isBelow = (file: string, folders: readonly string[]): boolean => folders.some((f) => file.startsWith(`${f}/`));
const HOMES = ["/home", "/root", "/run/user"];
const TEMPORARY = ["/tmp", "/var/tmp"];

/** @throws AppError `invalid` for places that a unit cannot name, or that it does not see because its /tmp is its own. */
function checkPlaces({ root, node, settings }: Installation): void {
  for (const file of [root, node, settings]) {
    if (!path.isAbsolute(file)) throw new AppError("invalid", `${file} is not an absolute path.`);
    if (/\p{Cc}/u.test(file))
      throw new AppError("invalid", `${JSON.stringify(file)} has a control character, which a unit cannot have.`);
  }
  const hidden = [root, node].find((file) => isBelow(path.normalize(file), TEMPORARY));
  if (hidden)
    throw new AppError(
      "invalid",
      `A service does not see ${hidden}: its /tmp is its own. Install it elsewhere, such as in ${USUAL.root}.`,
    );
}

/** V8 compiles at run time, so not MemoryDenyWriteExecute. `@resources` would forbid priorities, which Node.js sets. */
const hardening = ({ root, node }: Installation): string => `NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=${[root, node].some((file) => isBelow(path.normalize(file), HOMES)) ? "read-only" : "yes"}
PrivateTmp=yes
PrivateDevices=yes
ProtectProc=invisible
ProtectClock=yes
ProtectHostname=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
RestrictNamespaces=yes
RestrictSUIDSGID=yes
RestrictRealtime=yes
LockPersonality=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
CapabilityBoundingSet=
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
UMask=0077`;

const common = (of: Installation): string => `User=${of.user}
WorkingDirectory=${plain(of.root)}
StateDirectory=gpu-ledger
StateDirectoryMode=0700
Environment=NODE_ENV=production DATABASE_URL=file:/var/lib/gpu-ledger/ledger.db
EnvironmentFile=${plain(of.settings)}
${hardening(of)}`;

const command = ({ node, root }: Installation, ...parts: string[]): string =>
  [node, "--import", `${root}/scripts/typescript.mjs`, `${root}/cli/ledger.ts`, ...parts].map(argument).join(" ");

const service = (of: Installation, description: string, start: string, more = ""): string => `[Unit]
Description=${description}
After=network-online.target
Wants=network-online.target

[Service]
ExecStart=${start}
Restart=on-failure
RestartSec=5
TimeoutStopSec=30
MemoryMax=4G
${common(of)}
${more}
[Install]
WantedBy=multi-user.target
`;

/**
 * The units of an installation by file name. `gpu-ledger.service` serves pages and does the recurring work; with PostgreSQL and several web
 * servers (SCHEDULER=off) `gpu-ledger-jobs.service` does that work; `gpu-ledger-backup.timer` copies a SQLite ledger each night.
 * @throws AppError `invalid` for places that a service cannot start from.
 */
export function serviceUnits(of: Installation): Readonly<Record<string, string>> {
  checkPlaces(of);
  return unitsOf(of);
}

const unitsOf = (of: Installation): Readonly<Record<string, string>> => ({
  "gpu-ledger.service": service(
    of,
    "GPU Ledger",
    [of.node, `${of.root}/scripts/start.mjs`].map(argument).join(" "),
    `ReadWritePaths=${word(`-${of.root}/.next`)}\n`,
  ),
  "gpu-ledger-jobs.service": service(of, "GPU Ledger, the recurring work", command(of, "serve-jobs")),
  "gpu-ledger-backup.service": `[Unit]
Description=GPU Ledger, a backup

[Service]
Type=oneshot
ExecStart=${command(of, "backup", "--keep", "14")}
${common(of)}
`,
  "gpu-ledger-backup.timer": `[Unit]
Description=GPU Ledger, a backup each night

[Timer]
OnCalendar=*-*-* 02:30:00
RandomizedDelaySec=600
Persistent=true

[Install]
WantedBy=timers.target
`,
});
