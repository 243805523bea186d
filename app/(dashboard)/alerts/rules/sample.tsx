import type { PageInput } from "@/app/page-input.ts";
import { AddressForm } from "@/components/ui/address-form.tsx";
import { Button } from "@/components/ui/button.tsx";
import { TextArea, TextField } from "@/components/ui/field.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { alertSettingsOf, type PreviewedRule, previewMessages, seenBy } from "@/lib/alerts/index.ts";
import { heading, type Message } from "@/lib/alerts/types.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";

export interface Templates {
  readonly titleTemplate: string;
  readonly summaryTemplate: string;
}

interface Props {
  readonly input: PageInput;
  /** A rule that is there, or what is to become one. */
  readonly of: PreviewedRule;
  /** What is saved; of a new rule, nothing. */
  readonly saved: Templates;
  readonly templates: Templates;
  /** Of the address, beside the templates. */
  readonly fields: Readonly<Record<string, string>>;
}

/** What the messages of a rule say with its templates, in every channel, and a form that tries others before they are saved. */
export async function Sample({ input: { ctx }, of, saved, templates, fields }: Props) {
  const { url } = alertSettingsOf(env());
  const { messages, problems } = await previewMessages(ctx, of, url, templates).then(
    (list) => ({ messages: list, problems: undefined }),
    (error: unknown) => {
      if (!(error instanceof AppError) || !error.fields) throw error;
      return { messages: [], problems: error.fields };
    },
  );
  const { titleTemplate, summaryTemplate } = templates;
  const isOther = titleTemplate !== saved.titleTemplate || summaryTemplate !== saved.summaryTemplate;
  return (
    <>
      {messages.map((message) => (
        <Said key={message.change} message={message} />
      ))}
      <details open={problems !== undefined || isOther}>
        <summary className="cursor-pointer text-sm text-soft hover:text-ink">Try other words</summary>
        <div className="mt-2">
          <AddressForm action="/alerts/rules#edit" fields={fields} {...(problems ? { problems } : {})}>
            <TextField
              label="Try the title"
              hint="empty: the usual one, {title}"
              name="titleTemplate"
              value={titleTemplate}
            />
            <TextArea label="Try the text" hint="empty: the usual one" name="summaryTemplate" value={summaryTemplate} />
            <div className="sm:pt-5.5">
              <Button type="submit">Preview the message</Button>
            </div>
          </AddressForm>
        </div>
      </details>
    </>
  );
}

function Said({ message }: { message: Message }) {
  const isOver = message.change === "resolve";
  return (
    <Panel title={`${isOver ? "When it is over" : "A message"}: ${heading(message)}`}>
      <p className="whitespace-pre-line text-soft">{message.summary}</p>
      {!isOver && (
        <p className="mt-1 break-all text-faint">{message.link || "NEXTAUTH_URL is not set, so {link} is empty."}</p>
      )}
      <details className="mt-2">
        <summary className="cursor-pointer text-sm text-soft hover:text-ink">As each channel shows it</summary>
        <dl className="mt-2 grid gap-x-4 gap-y-2 text-sm sm:grid-cols-[10rem_1fr]">
          {seenBy(message).map(({ channel, seen }) => (
            <div key={channel} className="contents">
              <dt className="text-faint">{channel}</dt>
              <dd className="mb-1 min-w-0 break-words">
                {seen ? (
                  <>
                    <p className="font-medium">{seen.title}</p>
                    <p className="whitespace-pre-line text-soft">{seen.text}</p>
                  </>
                ) : (
                  <p className="text-faint">No words: it changes what is open there.</p>
                )}
              </dd>
            </div>
          ))}
        </dl>
      </details>
    </Panel>
  );
}
