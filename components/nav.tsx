"use client";
import {
  ArrowDownUp,
  BookOpen,
  Boxes,
  ChartNoAxesColumn,
  Coins,
  Cpu,
  FileInput,
  FileText,
  FolderKanban,
  type LucideIcon,
  Receipt,
  Scale,
  Split,
  Tags,
  Users,
} from "lucide-react";
import Link from "next/link";
import { usePathname, useSearchParams } from "next/navigation";
import { href, travelling } from "./href.ts";

export const NAV: readonly { path: string; label: string; icon: LucideIcon }[] = [
  { path: "/", label: "Overview", icon: ChartNoAxesColumn },
  { path: "/spend", label: "Spend", icon: Coins },
  { path: "/projects", label: "Projects", icon: FolderKanban },
  { path: "/workloads", label: "Workloads", icon: Boxes },
  { path: "/gpus", label: "GPUs", icon: Cpu },
  { path: "/teams", label: "Teams", icon: Users },
  { path: "/policies", label: "Policies", icon: Split },
  { path: "/costs", label: "Imported cost", icon: FileInput },
  { path: "/prices", label: "Prices", icon: Tags },
  { path: "/reports", label: "Reports", icon: FileText },
  { path: "/statements", label: "Statements", icon: Receipt },
  { path: "/reconciliation", label: "Reconciliation", icon: Scale },
  { path: "/sync", label: "Sync", icon: ArrowDownUp },
  { path: "/help", label: "Help", icon: BookOpen },
];

/** The product's pages. The period and cluster travel along. */
export function Nav({ onNavigate }: { onNavigate?: () => void }) {
  const path = usePathname();
  const params = travelling(Object.fromEntries(useSearchParams()));
  return (
    <nav aria-label="Main">
      <ul className="grid gap-0.5">
        {NAV.map(({ path: to, label, icon: Icon }) => {
          const here = to === "/" ? path === "/" : path === to || path.startsWith(`${to}/`);
          return (
            <li key={to}>
              <Link
                href={href(to, params)}
                prefetch={false}
                onClick={onNavigate}
                aria-current={here ? "page" : undefined}
                className={`flex h-8 items-center gap-2.5 rounded-md px-2.5 text-sm ${
                  here ? "bg-sunken font-medium text-ink" : "text-soft hover:bg-sunken/60 hover:text-ink"
                }`}
              >
                <Icon size={15} aria-hidden="true" className={here ? "text-accent" : "text-faint"} />
                {label}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
