import { redirect } from "next/navigation";
import { FieldProblems } from "@/app/(auth)/field-problems.tsx";
import { Panel, Problem, Submit, TextField } from "@/app/(auth)/form.tsx";
import { becomeFirstAdmin } from "@/app/(auth)/sign-in/actions.ts";
import { readTyped } from "@/app/(auth)/typed.ts";
import { fieldProblemOf, problemOf } from "@/app/(auth)/words.ts";
import { openDoor, signInSettings } from "@/app/ctx.ts";
import { adminState, isFirstAdminSecret } from "@/lib/auth/first-admin.ts";

export const metadata = { title: "Create the first administrator" };

export default async function Welcome({ searchParams }: { searchParams: Promise<{ code?: string; error?: string }> }) {
  const settings = signInSettings();
  if (!settings) redirect("/");
  const { code, error } = await searchParams;
  const secret = typeof code === "string" ? code : "";
  const door = await openDoor();
  if (!secret || !(await isFirstAdminSecret(door, secret))) {
    const why = (await adminState(door)) === "present" ? "has-admin" : "welcome";
    redirect(secret ? `/sign-in?error=${encodeURIComponent(typeof error === "string" ? error : why)}` : "/sign-in");
  }
  const given = typeof error === "string" ? error : undefined;
  const typed = await readTyped(settings, error);
  const fields = fieldProblemOf(given);
  const problem = fields ? null : problemOf(given);
  return (
    <Panel>
      <h1 className="mb-1 text-lg font-semibold">Create the first administrator</h1>
      <p className="mb-4 text-sm text-soft">
        You can then connect sources, invite people and give them roles. This link works once.
      </p>
      {problem && <Problem>{problem}</Problem>}
      <form action={becomeFirstAdmin} method="post" className="grid gap-4">
        <input type="hidden" name="code" value={secret} />
        <FieldProblems fields={fields}>
          <TextField name="email" label="E-mail" type="email" autoComplete="username" value={typed.email} required />
          <TextField name="name" label="Name" autoComplete="name" value={typed.name} />
          <TextField
            name="password"
            label="Password"
            hint="At least 12 characters."
            type="password"
            autoComplete="new-password"
            required
          />
        </FieldProblems>
        <Submit>Become administrator</Submit>
      </form>
    </Panel>
  );
}
