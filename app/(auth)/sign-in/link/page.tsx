import { redirect } from "next/navigation";
import { Panel, Problem, Submit, TextField } from "@/app/(auth)/form.tsx";
import { followLink } from "@/app/(auth)/sign-in/actions.ts";
import { problemOf } from "@/app/(auth)/words.ts";
import { openDoor, signInSettings } from "@/app/ctx.ts";
import { linkOwner } from "@/lib/auth/sign-in.ts";

export const metadata = { title: "Sign in by link" };

/** Looking at the page uses nothing: mail programs look at links, too. The button does. */
export default async function LinkPage({
  searchParams,
}: {
  searchParams: Promise<{ token?: string; error?: string }>;
}) {
  const settings = signInSettings();
  if (!settings) redirect("/");
  const { token, error } = await searchParams;
  const secret = typeof token === "string" ? token : "";
  const owner = secret ? await linkOwner(await openDoor(), secret) : undefined;
  const problem = problemOf(typeof error === "string" ? error : undefined);
  if (!owner)
    return (
      <Panel>
        <h1 className="mb-4 text-lg font-semibold">Sign in by link</h1>
        <Problem>{problemOf("link")}</Problem>
        <a href="/sign-in" className="text-sm text-accent underline underline-offset-2">
          Sign in another way
        </a>
      </Panel>
    );
  return (
    <Panel>
      <h1 className="mb-1 text-lg font-semibold">Sign in as {owner.email}</h1>
      <p className="mb-4 text-sm text-soft">This link works once.</p>
      {problem && <Problem>{problem}</Problem>}
      <form action={followLink} method="post" className="grid gap-4">
        <input type="hidden" name="token" value={secret} />
        <input type="hidden" name="username" autoComplete="username" value={owner.email} />
        {settings.password && (
          <TextField
            name="password"
            label={owner.hasPassword ? "New password" : "Choose a password"}
            hint={`At least 12 characters. Leave it empty to ${owner.hasPassword ? "keep the current one" : "sign in without one"}.`}
            type="password"
            autoComplete="new-password"
          />
        )}
        <Submit>Sign in</Submit>
      </form>
    </Panel>
  );
}
