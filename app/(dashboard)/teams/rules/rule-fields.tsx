"use client";
import { useRouter } from "next/navigation";
import { useRef, useTransition } from "react";
import { SelectField, TextField } from "@/components/fields.tsx";
import { href, type Params } from "@/components/href.ts";
import { RULE_KINDS } from "@/lib/attribution/types.ts";

interface Props {
  readonly params: Params;
  readonly teams: readonly { readonly key: number; readonly name: string }[];
  readonly clusters: readonly { readonly id: string; readonly name: string }[];
  readonly places: readonly { readonly value: string; readonly label: string }[];
}

const WAIT_MS = 400;

/** The draft as a form of the address: each change shows its effect, and a link shows what its sender saw. */
export function RuleFields({ params, teams, clusters, places }: Props) {
  const router = useRouter();
  const [pending, start] = useTransition();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const form = useRef<HTMLFormElement>(null);
  const show = () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      if (!form.current) return;
      const given = Object.fromEntries([...new FormData(form.current)].map(([k, v]) => [k, String(v)]));
      start(() => router.replace(href("/teams/rules", { ...params, ...given }), { scroll: false }));
    }, WAIT_MS);
  };
  const { act = "add" } = params;
  const isDraft = act === "add" || act === "change";
  const options = (list: readonly string[]) => list.map((value) => ({ value, label: value }));
  return (
    <form
      ref={form}
      action="/teams/rules"
      method="get"
      onChange={show}
      onSubmit={(event) => {
        event.preventDefault();
        show();
      }}
      className={`no-print flex flex-wrap items-end gap-3 ${pending ? "opacity-70" : ""}`}
    >
      <input type="hidden" name="act" value={act} />
      <input type="hidden" name="id" value={params.id ?? ""} />
      {isDraft && (
        <>
          <SelectField label="Looks at" name="kind" value={params.kind ?? "project"} options={options(RULE_KINDS)} />
          {params.kind === "label" && (
            <TextField label="Label" name="label" value={params.label ?? ""} placeholder="ai-finops.io/team" />
          )}
          <TextField
            label="Pattern (* is anything)"
            name="pattern"
            value={params.pattern ?? ""}
            placeholder="vision*"
            required
          />
          <SelectField
            label="Cluster"
            name="cluster"
            value={params.cluster ?? ""}
            options={[{ value: "", label: "every cluster" }, ...clusters.map((c) => ({ value: c.id, label: c.name }))]}
          />
          <SelectField
            label="Team"
            name="team"
            value={params.team ?? ""}
            options={teams.map((t) => ({ value: String(t.key), label: t.name }))}
          />
        </>
      )}
      {(act === "add" || act === "move") && (
        <SelectField
          label="Place"
          name="before"
          value={params.before ?? ""}
          options={[{ value: "", label: "last" }, ...places]}
        />
      )}
      <TextField
        label={act === "end" ? "First day that is not its any more" : "From"}
        name="day"
        type="date"
        value={params.day ?? ""}
        required
      />
      {isDraft && <TextField label="Until (not its any more)" name="until" type="date" value={params.until ?? ""} />}
      <button
        type="submit"
        className="h-8 rounded-md border border-line-strong px-3 text-sm font-medium hover:bg-raised"
      >
        Preview
      </button>
    </form>
  );
}
