import { formatMoment, formatSpan } from "@/components/format.ts";
import { Section } from "@/components/page-header.tsx";
import type { FindingEvent, FindingRow } from "@/lib/insights/findings/types.ts";
import { own } from "@/lib/order.ts";

const MOST = 20;

/** How messages go out, in words. */
const CHANNELS: Readonly<Record<string, string>> = {
  ...{ alertmanager: "Alertmanager", email: "e-mail", pagerduty: "PagerDuty", slack: "Slack" },
  ...{ teams: "Microsoft Teams", webhook: "a webhook" },
};

/** When the problem was seen. */
export function Episodes({ finding, zone }: { finding: FindingRow; zone: string }) {
  const shown = [...finding.episodes].reverse().slice(0, MOST);
  if (shown.length < 2) return null;
  return (
    <Section title="Episodes" note={`seen ${finding.episodes.length} times`}>
      <ul className="text-sm">
        {shown.map(([start, end]) => (
          <li key={start} className="flex flex-wrap justify-between gap-x-6 border-b py-1.5">
            <span>
              {formatMoment(start, zone)} to {end === null ? "now" : formatMoment(end, zone)}
            </span>
            <span className="text-faint">{end === null ? "" : formatSpan(end - start)}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** What people said and what was sent, newest first. */
export function History({ events, zone }: { events: readonly FindingEvent[]; zone: string }) {
  if (events.length === 0) return null;
  return (
    <Section title="History">
      <ul className="text-sm">
        {events.map((e) => (
          <li
            key={`${e.at} ${e.kind} ${e.by} ${e.reason}`}
            className="flex flex-wrap justify-between gap-x-6 border-b py-1.5"
          >
            <span>
              <span className="font-medium">{e.kind === "sent" ? "message sent" : e.kind}</span> by{" "}
              {own(CHANNELS, e.by) ?? e.by}
              {e.verdict && ` as ${e.verdict}`}
              {e.until !== null && ` until ${formatMoment(e.until, zone)}`}
              {e.reason && <span className="text-soft">: {e.reason}</span>}
            </span>
            <span className="text-faint">{formatMoment(e.at, zone)}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
