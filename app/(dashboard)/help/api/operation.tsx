import type { ReactNode } from "react";
import type { ReadField, ReadOperation } from "@/lib/api/reading.ts";

/** One address of the API: closed, what it is for; open, what it takes and answers. */
export function Operation({ of }: { of: ReadOperation }) {
  const { id, method, path, summary, description, scope, parameters, body, answer, types, command } = of;
  return (
    <details id={id} className="border-b">
      <summary className="cursor-pointer py-2 text-sm">
        <span className="inline-block w-12 font-mono text-xs text-soft">{method}</span>
        <code className="text-xs break-all">{path}</code>
        <span className="block pl-12 text-soft sm:ml-3 sm:inline sm:pl-0">{summary}</span>
      </summary>
      <div className="space-y-4 pb-5 text-sm sm:pl-12">
        {description && (
          <p className="max-w-prose text-soft">
            <Words>{description}</Words>
          </p>
        )}
        <p className="text-soft">
          {scope ? (
            <>
              Needs a token with the scope <code>{scope}</code>
              {method === "GET" && ", or a session"}. Answers {types.join(", ")}.
            </>
          ) : (
            `Needs a session. Answers ${types.join(", ")}.`
          )}
        </p>
        <pre className="rounded-md bg-sunken p-3 text-xs break-all whitespace-pre-wrap">{command}</pre>
        <Fields title="Parameters" fields={parameters} first="Parameter" />
        <Fields title="Body" fields={body} first="Field" />
        <Fields title="Answer" fields={answer} first="Field" />
      </div>
    </details>
  );
}

/** A text in which what stands between backticks is code. */
function Words({ children }: { children: string }): ReactNode {
  // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text, in its order
  return children.split("`").map((part, i) => (i % 2 ? <code key={i}>{part}</code> : part));
}

function Fields({ title, fields, first }: { title: string; fields: readonly ReadField[]; first: string }): ReactNode {
  if (fields.length === 0) return null;
  return (
    <table className="w-full table-fixed border-collapse text-left text-xs">
      <caption className="mb-1 text-left font-medium">{title}</caption>
      <thead>
        <tr className="border-b text-faint">
          <th scope="col" className="w-2/5 py-1 pr-3 font-normal">
            {first}
          </th>
          <th scope="col" className="w-1/5 py-1 pr-3 font-normal">
            Type
          </th>
          <th scope="col" className="py-1 font-normal">
            Meaning
          </th>
        </tr>
      </thead>
      <tbody>
        {fields.map(({ name, type, description }) => (
          <tr key={name} className="border-b align-top">
            <td className="py-1 pr-3 font-mono break-words">{name}</td>
            <td className="py-1 pr-3 break-words">{type}</td>
            <td className="py-1 break-words text-soft">
              <Words>{description}</Words>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
