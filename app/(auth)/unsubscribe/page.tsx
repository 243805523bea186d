import { Panel, Problem, Submit } from "@/app/(auth)/form.tsx";
import { openDoor } from "@/app/ctx.ts";
import { findUnsubscribe } from "@/lib/alerts/preferences/choose.ts";
import { env } from "@/lib/env.ts";
import { endMails } from "./actions.ts";

export const metadata = { title: "Unsubscribe", referrer: "no-referrer" };

/** Looking at the page ends nothing: mail programs look at links, too. The button does. */
export default async function UnsubscribePage({ searchParams }: { searchParams: Promise<{ token?: string }> }) {
  const { token } = await searchParams;
  const text = typeof token === "string" ? token : "";
  const found = text ? await findUnsubscribe(await openDoor(), env().NEXTAUTH_SECRET, text) : null;
  return (
    <Panel>
      <h1 className="mb-4 text-lg font-semibold">E-mails about alerts</h1>
      {!found && <Problem>This link is not valid. Sign in and change your preferences under Account.</Problem>}
      {found?.used && (
        <p className="mb-4 text-sm">
          You no longer get e-mails of the kind “{found.title}”. To get them again, sign in and choose so under Account
          → My alerts.
        </p>
      )}
      {found && !found.used && (
        <form action={endMails} className="grid gap-4">
          <p className="text-sm">This ends all e-mails to you of the kind “{found.title}”.</p>
          <input type="hidden" name="token" value={text} />
          <Submit>Unsubscribe</Submit>
        </form>
      )}
      <a href="/account/alerts" className="mt-4 block text-sm text-accent underline underline-offset-2">
        Choose which alerts I get
      </a>
    </Panel>
  );
}
