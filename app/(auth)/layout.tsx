import type { ReactNode } from "react";
import { signInSettings } from "@/app/ctx.ts";
import { SIGN_IN_OFF } from "@/app/sign-in-off.ts";

export const dynamic = "force-dynamic";

/** Pages before sign-in: one panel, and nothing of the ledger. */
export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <>
      {signInSettings() === null && (
        <aside aria-label="Sign-in" className="bg-sunken px-4 py-1 text-center text-2xs text-soft">
          {SIGN_IN_OFF}
        </aside>
      )}
      <main id="main" className="grid min-h-dvh place-items-center px-4 py-10">
        <div className="w-full max-w-sm">
          <p className="mb-6 flex items-center justify-center gap-2 text-lg font-semibold tracking-tight">
            <svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
              <rect width="32" height="32" rx="7" className="fill-accent" />
              <path
                d="M8 23V12.5M13.3 23V9M18.6 23v-7M24 23v-4"
                className="stroke-accent-ink"
                strokeWidth="3.2"
                strokeLinecap="round"
              />
            </svg>
            GPU Ledger
          </p>
          {children}
        </div>
      </main>
    </>
  );
}
