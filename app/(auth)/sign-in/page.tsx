import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { Panel, Problem, Submit, TextField } from "@/app/(auth)/form.tsx";
import { readTyped } from "@/app/(auth)/typed.ts";
import { problemOf } from "@/app/(auth)/words.ts";
import { findSignedIn, openDoor, signInSettings } from "@/app/ctx.ts";
import { adminState } from "@/lib/auth/first-admin.ts";
import { safePath } from "@/lib/auth/safe-path.ts";
import { env } from "@/lib/env.ts";
import { mailSettingsOf } from "@/lib/mail/index.ts";
import { signIn } from "./actions.ts";
import { Personas } from "./personas.tsx";

export const metadata = { title: "Sign in" };

interface Given {
  readonly callbackUrl?: string;
  readonly error?: string;
}

export default async function SignIn({ searchParams }: { searchParams: Promise<Given> }) {
  const settings = signInSettings();
  const { callbackUrl, error } = await searchParams;
  const to = safePath(typeof callbackUrl === "string" ? callbackUrl : "", settings?.url ?? "http://localhost");
  if (!settings || (await findSignedIn())) redirect(to);
  const admin = settings.demo ? "present" : await adminState(await openDoor());
  const problem = problemOf(typeof error === "string" ? error : undefined);
  const provider = settings.provider && <ProviderLink name={settings.provider.name} to={to} />;
  // The person of FIRST_ADMIN_EMAIL becomes the first administrator by signing in; without that setting the provider lets nobody in yet.
  if (admin === "nobody")
    return <NoAdminYet problem={problem} provider={settings.provisioning.firstAdmin ? provider : null} />;
  const typed = await readTyped(settings, error);
  return (
    <Panel>
      <h1 className="mb-4 text-lg font-semibold">Sign in</h1>
      {problem && <Problem>{problem}</Problem>}
      {admin === "lost" && <NoAdminNow />}
      {settings.demo && <Personas to={to} />}
      {provider}
      {settings.provider && settings.password && <p className="my-4 text-center text-xs text-faint">or</p>}
      {settings.password && (
        <form action={signIn} method="post" className="grid gap-4">
          <input type="hidden" name="callbackUrl" value={to} />
          <TextField name="email" label="E-mail" type="email" autoComplete="username" value={typed.email} required />
          <TextField name="password" label="Password" type="password" autoComplete="current-password" required />
          <Submit>Sign in</Submit>
        </form>
      )}
      {settings.password && !settings.demo && (
        <p className="mt-4 text-xs text-soft">
          Forgot your password?{" "}
          {mailSettingsOf(env()) ? (
            <a href="/sign-in/forgot" className="text-accent underline underline-offset-2">
              Get a one-time link by e-mail
            </a>
          ) : (
            "An administrator can send you a one-time link."
          )}
        </p>
      )}
    </Panel>
  );
}

const ProviderLink = ({ name, to }: { name: string; to: string }) => (
  <a
    href={`/sign-in/provider?callbackUrl=${encodeURIComponent(to)}`}
    className="flex h-9 items-center justify-center rounded-md bg-accent px-3 text-sm font-medium text-accent-ink hover:opacity-90"
  >
    Continue with {name}
  </a>
);

/** Shown beside the form: everybody else signs in as always. */
const NoAdminNow = () => (
  <p role="status" className="mb-4 rounded-md border border-line-strong px-3 py-2 text-sm text-soft">
    Nobody is an administrator at present. When the server starts, it prints a link that creates one. Or run this on the
    machine: <code className="text-xs">npm run --silent ledger -- users roles you@example.com --role admin</code>
  </p>
);

function NoAdminYet({ problem, provider }: { problem: string | null; provider: ReactNode }) {
  return (
    <Panel>
      <h1 className="mb-2 text-lg font-semibold">This ledger has no administrator yet</h1>
      {problem && <Problem>{problem}</Problem>}
      {provider && (
        <div className="mb-4 grid gap-3">
          <p className="text-sm text-soft">If you are its first administrator, sign in:</p>
          {provider}
        </div>
      )}
      <p className="text-sm text-soft">
        {provider ? "Or open" : "Open"} the link that the server printed when it started. It creates the first
        administrator. Or run this on the machine:
      </p>
      <pre className="mt-3 whitespace-pre-wrap break-words rounded-md bg-sunken p-3 text-xs">
        npm run --silent ledger -- users add you@example.com --role admin
      </pre>
    </Panel>
  );
}
