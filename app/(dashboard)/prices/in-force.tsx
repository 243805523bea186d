import { RowLink, Table, Td, Th } from "@/components/data-table.tsx";
import { formatGpuHours, formatNumber } from "@/components/format.ts";
import { Empty, Notice, Section } from "@/components/page-header.tsx";
import { Unknown } from "@/components/quantity.tsx";
import { formatNanos, formatQuantity, SKUS, type Sku } from "@/lib/money.ts";
import type { OpenItem, PricedPlace } from "@/lib/pages/prices.ts";
import { PRICE_CLASSES } from "@/lib/pricing/types.ts";
import { CLASS_WORDS } from "./words.ts";

/** What an hour of each GPU model costs today; what has no price stands first and in words. */
export function InForce({ places, currency }: { places: readonly PricedPlace[]; currency: string }) {
  const classes = PRICE_CLASSES.filter((c) => c === "standard" || places.some((p) => p.prices[c]));
  const rows = [...places].sort((a, b) => Number(b.missing !== null) - Number(a.missing !== null));
  return (
    <Section title="In force today" note={`${currency} for one GPU and hour`}>
      {rows.length === 0 ? (
        <Empty title="No GPU is known yet">
          Prices can be proposed already; they wait for the GPUs that they name.
        </Empty>
      ) : (
        <Table label="Prices in force" dense>
          <thead>
            <tr>
              <Th>GPU model</Th>
              <Th>Node pool</Th>
              <Th>Cluster</Th>
              {classes.map((c) => (
                <Th key={c} right>
                  {CLASS_WORDS[c]}
                </Th>
              ))}
              <Th right>GPU-hours held this month</Th>
            </tr>
          </thead>
          <tbody>
            {rows.map((p) => (
              <tr key={`${p.clusterId} ${p.nodePool} ${p.gpuModel}`}>
                <Td className="font-medium">{p.gpuModel}</Td>
                <Td>{p.nodePool}</Td>
                <Td>{p.cluster}</Td>
                {classes.map((c) => {
                  const price = p.prices[c];
                  return (
                    <Td key={c} right className="tabular-nums">
                      {price ? (
                        <span title={`version ${price.version} of the price book`}>
                          {formatNanos(price.unitPriceNanos)}
                        </span>
                      ) : c === "standard" ? (
                        <RowLink to={`/prices/propose?match=${encodeURIComponent(p.gpuModel)}`}>
                          Give it a price
                        </RowLink>
                      ) : (
                        <Unknown why={`No ${CLASS_WORDS[c]} price: the standard one applies`} />
                      )}
                    </Td>
                  );
                })}
                <Td right className="tabular-nums">
                  {formatGpuHours(p.heldMilli)}
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Section>
  );
}

const SKU_WORDS: Readonly<Record<string, string>> = { cpu: "CPU", memory: "Memory", "gpu-memory": "GPU memory" };

/** Usage of this month that no price covers: not charged, and not zero. It blocks the close. */
export function OpenItems({ items }: { items: readonly OpenItem[] }) {
  if (items.length === 0) return null;
  return (
    <Section
      title="Used without a price"
      note="this month; not charged, and not free: it blocks the close of the period"
    >
      <Notice>
        {items.length === 1 ? "One thing was" : `${formatNumber(items.length)} things were`} used without a price in
        force. Propose one from the first day of the month on, or earlier.
      </Notice>
      <Table label="Used without a price" dense>
        <thead>
          <tr>
            <Th>What</Th>
            <Th>Why</Th>
            <Th right>Days</Th>
            <Th right>Used</Th>
          </tr>
        </thead>
        <tbody>
          {items.map((i) => {
            const sku = (i.sku in SKUS ? i.sku : "gpu") as Sku;
            return (
              <tr key={`${i.gpuModel} ${i.sku} ${i.reason}`}>
                <Td className="font-medium">
                  {SKU_WORDS[i.sku] ? `${SKU_WORDS[i.sku]} beside ${i.gpuModel}` : i.gpuModel}
                </Td>
                <Td>{i.reason}</Td>
                <Td right>{formatNumber(i.days)}</Td>
                <Td right className="tabular-nums">
                  {formatQuantity(i.quantity, sku, 2)} <span className="text-xs text-faint">{SKUS[sku].unit}</span>
                </Td>
              </tr>
            );
          })}
        </tbody>
      </Table>
    </Section>
  );
}
