import type { PriceFeed } from "./feed.ts";

const BASE = "https://raw.githubusercontent.com/skypilot-org/skypilot-catalog/master";
/** Clouds whose files have GPUs and prices. */
const CLOUDS = ["aws", "azure", "gcp", "lambda", "oci"] as const;

/** SkyPilot's catalogue: a file for each cloud, which is read as an imported one would be. */
export const skypilot: PriceFeed = {
  name: "skypilot",
  title: "SkyPilot catalogue",
  cloud: null,
  key: null,
  source: "skypilot-catalog, v8",
  async read({ http, url = BASE, count }) {
    const files: { cloud: string; text: string }[] = [];
    for (const cloud of CLOUDS) {
      await count();
      const { text } = await http.send({
        ...{ method: "GET", url: `${url}/catalogs/v8/${cloud}/vms.csv` },
        headers: { accept: "text/csv, text/plain" },
      });
      files.push({ cloud, text });
    }
    return { files };
  },
};
