import { ClassName } from "@/components/class-bar.tsx";
import { CLASS_ORDER, classFill, classLook } from "@/components/classes.ts";
import { Table, Td, Th } from "@/components/data-table.tsx";
import { formatMoney } from "@/components/format.ts";
import { Money } from "@/components/money.tsx";
import { Section } from "@/components/page-header.tsx";
import { GpuHours } from "@/components/quantity.tsx";
import { CLASS_DEFINITIONS } from "@/lib/classes.ts";
import type { SpendView } from "@/lib/pages/spend.ts";

/** What GPU time cost by what it went into; idle stands out. */
export function SpendClasses({ view }: { view: SpendView }) {
  const { classMicros, classMilli, currency } = view;
  const present = CLASS_ORDER.filter((c) => classMilli[c] > 0 || classMicros[c] > 0);
  const whole = Math.max(...present.map((c) => classMicros[c]), 1);
  return (
    <Section title="What it bought" note={`${formatMoney(view.idleMicros, currency)} of it idle`}>
      <Table label="Cost by class" dense>
        <thead>
          <tr>
            <Th>Class</Th>
            <Th right>Amount</Th>
            <Th right>GPU-hours</Th>
            <Th>
              <span className="sr-only">Bar</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {present.map((c) => (
            <tr key={c} className={CLASS_DEFINITIONS[c].idle ? "font-medium text-warn" : ""}>
              <Td className="w-px">
                <ClassName of={c} />
              </Td>
              <Td right className="w-px">
                <Money micros={classMicros[c]} currency={currency} />
              </Td>
              <Td right className="w-px">
                <GpuHours milli={classMilli[c]} />
              </Td>
              <Td>
                <span
                  aria-hidden="true"
                  className={`block h-2.5 rounded-[2px] ${classLook(c).pattern}`}
                  style={{ width: `max(2px, ${(100 * classMicros[c]) / whole}%)`, backgroundColor: classFill(c) }}
                />
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Section>
  );
}
