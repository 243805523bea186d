import type { PageInput } from "@/app/page-input.ts";
import { AddressForm } from "@/components/ui/address-form.tsx";
import { Button } from "@/components/ui/button.tsx";
import { TextArea, TextField } from "@/components/ui/field.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { alertSettingsOf, previewMessage } from "@/lib/alerts/index.ts";
import type { ListedRule } from "@/lib/alerts/list.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";

export interface Templates {
  readonly titleTemplate: string;
  readonly summaryTemplate: string;
}

/** What a message of the rule says with its templates, and a form that tries others before they are saved. */
export async function Sample({
  input: { ctx },
  rule,
  templates,
}: {
  input: PageInput;
  rule: ListedRule;
  templates: Templates;
}) {
  const { url } = alertSettingsOf(env());
  const { sample, problems } = await previewMessage(ctx, rule.key, url, templates).then(
    (message) => ({ sample: message, problems: undefined }),
    (error: unknown) => {
      if (!(error instanceof AppError) || !error.fields) throw error;
      return { sample: null, problems: error.fields };
    },
  );
  const { titleTemplate, summaryTemplate } = templates;
  return (
    <>
      {sample && (
        <Panel title={`A message: ${sample.title}`}>
          <p className="whitespace-pre-line text-soft">{sample.summary}</p>
          <p className="mt-1 break-all text-faint">{sample.link || "NEXTAUTH_URL is not set, so {link} is empty."}</p>
        </Panel>
      )}
      <details
        open={
          problems !== undefined || titleTemplate !== rule.titleTemplate || summaryTemplate !== rule.summaryTemplate
        }
      >
        <summary className="cursor-pointer text-sm text-soft hover:text-ink">Try other words</summary>
        <div className="mt-2">
          <AddressForm
            action="/alerts/rules#edit"
            fields={{ rule: String(rule.key) }}
            {...(problems ? { problems } : {})}
          >
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
