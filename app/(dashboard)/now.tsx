import { PageLink } from "@/app/page-link.tsx";
import { ClassBar, ClassName } from "@/components/class-bar.tsx";
import { CLASS_ORDER } from "@/components/classes.ts";
import { formatGpus, formatMoment, formatNumber } from "@/components/format.ts";
import { href, type Params, travelling } from "@/components/href.ts";
import { Empty, Section } from "@/components/page-header.tsx";
import { CAPACITY, OBSERVABLE, sumClasses, WORKING } from "@/lib/classes.ts";
import type { FleetNow } from "@/lib/pages/types.ts";

/** What the cards do at the newest metered instant. */
export function Now({ fleet, zone, params }: { fleet: FleetNow; zone: string; params: Params }) {
  if (fleet.asOfAt === null)
    return (
      <Section title="Now">
        <Empty title="No card has been seen yet" />
      </Section>
    );
  const { classes: c } = fleet;
  const groups = [
    ["busy", sumClasses(c, WORKING)],
    ["idle", sumClasses(c, OBSERVABLE) - sumClasses(c, WORKING)],
    ["free", c.unallocated],
    ["down or unseen", sumClasses(c, CAPACITY) - c.unallocated],
  ] as const;
  return (
    <Section title="Now" note={`as of ${formatMoment(fleet.asOfAt, zone)}`}>
      <dl className="mb-3 flex flex-wrap gap-x-5 gap-y-2">
        {groups.map(([label, milli]) => (
          <div key={label} className="flex flex-col-reverse">
            <dt className="text-xs text-faint">{label}</dt>
            <dd className="text-lg font-semibold" title={`${formatGpus(milli)} GPUs`}>
              {formatNumber(milli / 1000, milli % 1000 ? 1 : 0)}
            </dd>
          </div>
        ))}
      </dl>
      <ClassBar classes={fleet.classes} height={0.75} />
      <ul className="mt-3 text-sm">
        {CLASS_ORDER.filter((k) => c[k] > 0).map((k) => (
          <li key={k} className="flex justify-between border-b py-1 last:border-0">
            <ClassName of={k} />
            <span>{formatGpus(c[k])}</span>
          </li>
        ))}
      </ul>
      <p className="mt-2 text-xs">
        <PageLink to={href("/gpus", travelling(params))} otherwise={null}>
          All {formatGpus(fleet.totalMilli)} GPUs on the map
        </PageLink>
      </p>
    </Section>
  );
}
