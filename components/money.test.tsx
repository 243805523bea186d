import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { Money } from "./money.tsx";

const shown = (micros: number, currency = "USD", more: { change?: boolean; headline?: boolean } = { headline: true }) =>
  renderToStaticMarkup(<Money micros={micros} currency={currency} {...more} />).replace(/<[^>]*>/g, "");

it("a headline has no cents from 10,000 on, and every other amount has them", () => {
  expect(shown(9_999_994_999)).toBe("$9,999.99");
  expect(shown(10_000_000_000)).toBe("$10,000");
  expect(shown(348_452_600_000)).toBe("$348,453");
  expect(shown(-20_097_730_000, "USD", { headline: true, change: true })).toBe("−$20,098");
  expect(shown(20_097_730_000, "USD", { headline: true, change: true })).toBe("+$20,098");
  expect(shown(348_452_600_000, "USD", {})).toBe("$348,452.60");
  expect(shown(348_452_600_000, "JPY")).toBe("¥348,453");
  expect(shown(350_000_000_000, "JPY")).toBe("¥350,000");
  expect(renderToStaticMarkup(<Money headline micros={348_452_600_001} currency="USD" />)).toContain(
    "348452.600001 USD",
  );
});
