import { Terminal } from "lucide-react";
import type { StopCommand } from "@/lib/insights/findings/types.ts";
import { buttonLook } from "./ui/button.tsx";
import { CopyButton } from "./ui/copy-button.tsx";

interface Props {
  readonly commands: readonly StopCommand[];
  /** Where Run:ai lists its workloads; null: not known, or another source. */
  readonly workloadsAt: string | null;
}

/** Commands that free the GPUs of a workload, each as text with a button that copies it. */
export function CommandList({ commands, workloadsAt }: Props) {
  return (
    <>
      {commands.map((c) => (
        <p key={c.act} className="flex flex-wrap items-baseline gap-x-2">
          <span className="w-14 text-xs text-faint">{c.act}</span>
          <code className="rounded-[3px] bg-raised px-2 py-1 text-xs break-all select-all">{c.command}</code>
          <CopyButton text={c.command} label={`Copy: ${c.command}`} />
        </p>
      ))}
      {workloadsAt && (
        <p className="text-xs">
          <a className="text-accent hover:underline" href={workloadsAt} rel="noreferrer">
            Workloads in Run:ai
          </a>
        </p>
      )}
    </>
  );
}

/** The same in the row of a table: the gentlest command is copied at once; opened, it shows all. */
export function RowCommands({ commands, workloadsAt }: Props) {
  const [first] = commands;
  if (!first) return <span className="text-faint">–</span>;
  return (
    <div className="no-print inline-flex items-start">
      <details className="text-left whitespace-normal">
        <summary
          className={buttonLook("quiet", "small")}
          title={first.command}
          aria-label={`${first.act} from the command line`}
        >
          <Terminal size={13} aria-hidden="true" />
        </summary>
        <div className="mt-2 grid max-w-80 gap-2">
          <CommandList commands={commands} workloadsAt={workloadsAt} />
        </div>
      </details>
      <CopyButton text={first.command} label={`Copy: ${first.command}`} />
    </div>
  );
}
