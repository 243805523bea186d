import { href, travelling } from "@/components/href.ts";
import { beginsLargest, sortName, type TableColumn, type TableView } from "@/components/tables/view.ts";
import { suggest } from "@/lib/reports/read/near-names.ts";
import type { Address } from "./address.ts";

interface ListPlace {
  /** What the table is called. */
  readonly label: string;
  /** Its page. */
  readonly path: string;
  /** Where the list is as a file: `/download/<list>`. Absent: nowhere. */
  readonly list?: string;
  /** How it is sorted unless the reader chooses: a name of the address. Absent: the rows' own order. */
  readonly sort?: string;
  /** In front of its names in the address, where a page has several lists. */
  readonly prefix?: string;
}

/** What a page knows of its reader. */
interface Reader {
  readonly address: Address;
  readonly zone: string;
  readonly now: number;
}

/** The names by which an address speaks of a table. */
export const tableNames = (prefix = ""): string[] => ["cols", "sort", "dir", "page"].map((name) => prefix + name);

/** A table's columns and order as the address asks for them: `cols`, `sort` and `dir`. The first column is always there. */
export function readView<R>(
  { address, zone, now }: Reader,
  all: readonly TableColumn<R>[],
  { label, path, list, sort: usual, prefix = "" }: ListPlace,
): TableView<R> {
  const names = all.flatMap((c) => sortName(c) ?? []);
  const usually = all.find((c) => sortName(c) === usual && usual !== undefined);
  const otherwise = usually ? `Sorted by ${usually.label}` : "The rows are in their own order";
  const sort = address.word(`${prefix}sort`, names, otherwise) ?? usual;
  const by = all.find((c) => sort !== undefined && sortName(c) === sort);
  const direction = address.word(`${prefix}dir`, ["asc", "desc"], "Use asc or desc");
  const { params } = address;
  return {
    ...{ label, all, prefix, sort },
    columns: chosen(address, all, `${prefix}cols`),
    descending: direction ? direction === "desc" : by !== undefined && beginsLargest(by),
    at: { path, params },
    csv: list === undefined ? null : href(`/download/${list}`, params, { [`${prefix}page`]: undefined }),
    look: { zone, now, carry: travelling(params) },
  };
}

function chosen<R>(address: Address, all: readonly TableColumn<R>[], name: string): readonly TableColumn<R>[] {
  const given = address.params[name];
  if (!given) return all.filter((c) => !c.extra);
  const keys = all.map((c) => c.key);
  const wanted = given.split(",").filter(Boolean);
  for (const key of wanted.filter((k) => !keys.includes(k)))
    address.say(`There is no column "${key}"`, "", suggest(key, keys) || ` There are: ${keys.join(", ")}.`);
  return all.filter((c, i) => i === 0 || wanted.includes(c.key));
}
