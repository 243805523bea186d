"use client";
import {
  ArrowDownUp,
  BellRing,
  BookOpen,
  Boxes,
  CalendarCheck,
  ChartNoAxesColumn,
  ChartPie,
  CircleDivide,
  CircleUser,
  Coins,
  ContactRound,
  Cpu,
  FileInput,
  FileText,
  FileWarning,
  FolderKanban,
  Gauge,
  History,
  Hourglass,
  KeyRound,
  type LucideIcon,
  PiggyBank,
  Receipt,
  ReceiptText,
  Scale,
  Scaling,
  ScanSearch,
  Send,
  ServerCog,
  Split,
  Tags,
  TrendingUp,
  UserRound,
  Users,
  Zap,
} from "lucide-react";
import { usePathname, useSearchParams } from "next/navigation";
import { href, travelling } from "@/components/href.ts";

const ICONS = {
  overview: ChartNoAxesColumn,
  operations: ServerCog,
  billing: CalendarCheck,
  spend: Coins,
  budgets: Gauge,
  units: CircleDivide,
  burst: Zap,
  projects: FolderKanban,
  users: ContactRound,
  workloads: Boxes,
  gpus: Cpu,
  idle: Hourglass,
  suspicious: FileWarning,
  findings: ScanSearch,
  anomalies: TrendingUp,
  rightsizing: Scaling,
  savings: PiggyBank,
  quota: ChartPie,
  teams: Users,
  policies: Split,
  costs: FileInput,
  bills: ReceiptText,
  opencost: Boxes,
  prices: Tags,
  reports: FileText,
  statements: Receipt,
  reconciliation: Scale,
  sync: ArrowDownUp,
  alerts: BellRing,
  events: Send,
  people: KeyRound,
  audit: History,
  me: UserRound,
  account: CircleUser,
  help: BookOpen,
} as const satisfies Readonly<Record<string, LucideIcon>>;
export type NavIcon = keyof typeof ICONS;

export interface NavEntry {
  readonly path: string;
  readonly label: string;
  readonly icon: NavIcon;
  /** How many things wait there. */
  readonly count?: number | undefined;
}

/** Pages under one heading; an empty label has none. */
export interface NavGroup {
  readonly label: string;
  readonly entries: readonly NavEntry[];
}

/** On narrow screens it stands in a popover. */
const closeMenu = () => document.querySelector<HTMLElement>("#menu:popover-open")?.hidePopover();

/** The pages that the viewer may open, as the server lists them. The period and cluster travel along. */
export function Nav({ groups }: { groups: readonly NavGroup[] }) {
  const path = usePathname();
  const params = travelling(Object.fromEntries(useSearchParams()));
  const holds = (to: string) => (to === "/" ? path === "/" : path === to || path.startsWith(`${to}/`));
  // A team of the viewer's own is under /teams, too: the longest address is the one that is open.
  const open = groups
    .flatMap((g) => g.entries.map((e) => e.path))
    .filter(holds)
    .sort((a, b) => b.length - a.length)[0];
  return (
    <nav aria-label="Main" className="grid gap-3">
      {groups.map(({ label, entries }) => (
        <div key={label}>
          {label && <p className="mb-0.5 px-2.5 text-2xs font-medium tracking-wide text-faint uppercase">{label}</p>}
          <ul className="grid gap-0.5" aria-label={label || "Home"}>
            {entries.map((entry) => (
              <Item key={entry.path} entry={entry} to={href(entry.path, params)} here={entry.path === open} />
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

interface ItemProps {
  readonly entry: NavEntry;
  readonly to: string;
  readonly here: boolean;
}

function Item({ entry: { label, icon, count }, to, here }: ItemProps) {
  const Icon = ICONS[icon];
  return (
    <li>
      <a
        href={to}
        onClick={closeMenu}
        aria-current={here ? "page" : undefined}
        className={`flex h-7.5 items-center gap-2.5 rounded-md px-2.5 text-sm ${
          here ? "bg-sunken font-medium text-ink" : "text-soft hover:bg-sunken/60 hover:text-ink"
        }`}
      >
        <Icon size={15} aria-hidden="true" className={`shrink-0 ${here ? "text-accent" : "text-faint"}`} />
        <span className="truncate">{label}</span>
        {count ? (
          <span className="ml-auto text-2xs text-faint tabular-nums">
            {count}
            <span className="sr-only"> open</span>
          </span>
        ) : null}
      </a>
    </li>
  );
}
