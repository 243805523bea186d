import { redirect } from "next/navigation";
import { Panel, Problem, Submit, TextField } from "@/app/(auth)/form.tsx";
import { mailLink } from "@/app/(auth)/sign-in/actions.ts";
import { readTyped } from "@/app/(auth)/typed.ts";
import { problemOf } from "@/app/(auth)/words.ts";
import { signInSettings } from "@/app/ctx.ts";
import { env } from "@/lib/env.ts";
import { mailSettingsOf } from "@/lib/mail/index.ts";

export const metadata = { title: "Forgotten password" };

export default async function ForgotPage({
  searchParams,
}: {
  searchParams: Promise<{ sent?: string; error?: string }>;
}) {
  const settings = signInSettings();
  if (!settings?.password || !mailSettingsOf(env())) redirect("/sign-in");
  const { sent, error } = await searchParams;
  const typed = await readTyped(settings, error);
  const problem = problemOf(typeof error === "string" ? error : undefined);
  return (
    <Panel>
      <h1 className="mb-4 text-lg font-semibold">Forgotten password</h1>
      {problem && <Problem>{problem}</Problem>}
      {sent === "yes" ? (
        <p className="text-sm">
          If there is a person with this address, a link is on its way. It is valid for an hour. You can ask for another
          one after five minutes.
        </p>
      ) : (
        <form action={mailLink} className="grid gap-4">
          <p className="text-sm text-soft">You get a link that signs you in once, and lets you choose a password.</p>
          <TextField name="email" label="E-mail" type="email" autoComplete="username" value={typed.email} required />
          <Submit>Send the link</Submit>
        </form>
      )}
      <a href="/sign-in" className="mt-4 block text-sm text-accent underline underline-offset-2">
        Back to sign-in
      </a>
    </Panel>
  );
}
