import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { meaningsInForce } from "@/app/class-meanings.ts";
import { navigationFor } from "@/app/navigation.ts";
import { getPageCtx, usualDays, viewerZone } from "@/app/page-input.ts";
import { paletteKeys } from "@/app/palette-keys.ts";
import { ZONE_CHOICE, zoneOf } from "@/app/preferences.ts";
import { SIGN_IN_OFF } from "@/app/sign-in-off.ts";
import { ClassMeanings } from "@/components/class-meaning.tsx";
import { CommandPalette } from "@/components/shell/command-palette.tsx";
import { MenuButton } from "@/components/shell/menu-button.tsx";
import { Nav } from "@/components/shell/nav.tsx";
import { SoftNavigation } from "@/components/shell/soft-navigation.tsx";
import { type Theme, ThemeToggle } from "@/components/shell/theme-toggle.tsx";
import { Toasts } from "@/components/shell/toasts.tsx";
import { ViewerZone } from "@/components/shell/viewer-zone.tsx";
import { Button } from "@/components/ui/button.tsx";
import { findTeam } from "@/lib/attribution/team-store.ts";
import { mayDo, readerOfTeam } from "@/lib/auth/allow.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { countOpenAnomalies } from "@/lib/insights/anomalies/count-load.ts";
import { countOpen } from "@/lib/insights/findings/load.ts";
import { signOut } from "./sign-out.ts";

export const dynamic = "force-dynamic";

/** The product's name; a link to the first page that the reader may open. */
function Brand({ to }: { to: string }) {
  return (
    <a href={to} className="flex items-center gap-2 px-2 py-1 font-semibold tracking-tight">
      <svg viewBox="0 0 32 32" width="20" height="20" aria-hidden="true">
        <rect width="32" height="32" rx="7" className="fill-accent" />
        <path
          d="M8 23V12.5M13.3 23V9M18.6 23v-7M24 23v-4"
          className="stroke-accent-ink"
          strokeWidth="3.2"
          strokeLinecap="round"
        />
      </svg>
      GPU Ledger
    </a>
  );
}

/** Who is signed in, and the way out. Works without JavaScript. */
function Person({ email, className }: { email: string; className: string }) {
  return (
    <form action={signOut} method="post" className={`items-center gap-2 text-xs text-soft ${className}`}>
      <a href="/account" className="max-w-48 truncate hover:text-ink" title={email}>
        {email}
      </a>
      <Button type="submit" size="small">
        Sign out
      </Button>
    </form>
  );
}

/** The teams that somebody manages, for the navigation; nothing for people who see all of them. */
async function managedTeams(ctx: Ctx) {
  const { manages = [] } = ctx.viewer;
  const found = await Promise.all(manages.map((key) => findTeam(readerOfTeam(ctx, key), key)));
  return found
    .flatMap((team) => (team && team.archivedAt === null ? [team] : []))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Open findings that the viewer may see, by the page that lists them. */
async function openFindings(ctx: Ctx): Promise<Readonly<Record<string, number>>> {
  if (!mayDo(ctx.viewer, "findings.read")) return {};
  const { idle = 0, suspicious = 0, ...rest } = await countOpen(ctx);
  const all = Object.values(rest).reduce((sum, n) => sum + n, idle + suspicious);
  return { "/idle": idle, "/suspicious": suspicious, "/findings": all };
}

/** Unusual days that nobody said anything of, by the page that lists them. */
async function openAnomalies(ctx: Ctx): Promise<Readonly<Record<string, number>>> {
  if (!mayDo(ctx.viewer, "anomalies.read")) return {};
  return { "/anomalies": await countOpenAnomalies(ctx, await usualDays(ctx)) };
}

export default async function DashboardLayout({ children }: { children: ReactNode }) {
  const ctx = await getPageCtx();
  const { viewer } = ctx;
  const [teams, ...counts] = await Promise.all([managedTeams(ctx), openFindings(ctx), openAnomalies(ctx)]);
  const groups = navigationFor(viewer, teams, Object.assign({}, ...counts));
  const zone = await viewerZone();
  const billing = env().BILLING_TIME_ZONE;
  const store = await cookies();
  const theme = store.get("theme")?.value;
  const hasZone = zoneOf(store.get(ZONE_CHOICE)?.value) !== undefined;
  return (
    <ClassMeanings meanings={meaningsInForce()}>
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-accent focus:px-3 focus:py-2 focus:text-accent-ink"
      >
        Skip to content
      </a>
      {env().DEMO && (
        <aside aria-label="Demo" className="no-print bg-accent-wash px-4 py-1.5 text-center text-xs text-accent">
          <strong className="font-semibold">Demo</strong> – simulated cluster. Nothing here is a real workload.
        </aside>
      )}
      {viewer.kind === "local" && (
        <aside aria-label="Sign-in" className="no-print bg-sunken px-4 py-1 text-center text-2xs text-soft">
          {SIGN_IN_OFF}
        </aside>
      )}
      <div className="mx-auto flex min-h-dvh max-w-[120rem]">
        <aside id="menu" popover="auto" className="no-print sheet">
          <div className="flex items-center justify-between">
            <Brand to={groups[0]?.entries[0]?.path ?? "/account"} />
            <MenuButton label="Close menu" />
          </div>
          <Nav groups={groups} />
          {viewer.kind === "person" && <Person email={viewer.id} className="flex justify-between px-2.5 sm:hidden" />}
          <p className="mt-auto px-2.5 text-2xs text-faint">
            Times in {zone}.
            <br />
            Billing days in {billing}.
          </p>
        </aside>
        <div className="flex min-w-0 flex-1 flex-col">
          <header className="no-print sticky top-0 z-30 flex h-12 items-center gap-2 border-b bg-ground/95 px-3 backdrop-blur sm:px-6">
            <MenuButton label="Menu" />
            <CommandPalette shortcut={await paletteKeys()} pages={groups.flatMap((g) => g.entries)} />
            {viewer.kind === "person" && <Person email={viewer.id} className="ml-auto hidden sm:flex" />}
            <ThemeToggle initial={theme === "light" || theme === "dark" ? (theme as Theme) : "system"} />
          </header>
          <main id="main" tabIndex={-1} className="min-w-0 flex-1 px-4 pt-5 pb-16 outline-none sm:px-6 lg:px-8">
            {children}
          </main>
          <footer className="border-t px-4 py-3 text-2xs text-faint sm:px-6 lg:hidden">
            Times in {zone}. Billing days in {billing}.
          </footer>
        </div>
      </div>
      <Toasts />
      <SoftNavigation />
      {!hasZone && <ViewerZone shown={zone} />}
    </ClassMeanings>
  );
}
