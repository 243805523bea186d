import writeXlsxFile from "write-excel-file/node";
import { heading, type SheetCell, type SheetRow } from "./cell.ts";

/** A sheet of a workbook; the first of its rows stays in sight. */
export interface Sheet {
  readonly sheet: string;
  /** Of its columns, in characters. */
  readonly widths: readonly number[];
  readonly data: SheetRow[];
}

export interface SheetColumn {
  readonly name: string;
  readonly width: number;
  readonly right?: boolean;
}

/** Rows of a sheet below its header; what is beyond them goes on in another sheet. */
const MOST_ROWS = 1_048_575;

/** Rows below a header, in as many sheets as they need: `Lines`, `Lines 2` … There is one even without rows. */
export async function tableSheets(
  name: string,
  columns: readonly SheetColumn[],
  rows: Iterable<SheetRow> | AsyncIterable<SheetRow>,
): Promise<Sheet[]> {
  const sheets: Sheet[] = [];
  const start = (): Sheet => {
    const sheet = {
      sheet: sheets.length ? `${name} ${sheets.length + 1}` : name,
      widths: columns.map((c) => c.width),
      data: [columns.map((c): SheetCell => heading(c.name, c.right))],
    };
    sheets.push(sheet);
    return sheet;
  };
  let sheet = start();
  for await (const row of rows) {
    if (sheet.data.length > MOST_ROWS) sheet = start();
    sheet.data.push(row);
  }
  return sheets;
}

/** Sheets as the bytes of an .xlsx file, in their order. */
export const workbook = (sheets: readonly Sheet[]): Promise<Buffer> =>
  writeXlsxFile(
    sheets.map(({ sheet, widths, data }) => ({
      sheet,
      data,
      columns: widths.map((width) => ({ width })),
      stickyRowsCount: 1,
    })),
    { fontFamily: "Calibri", fontSize: 10 },
  ).toBuffer();
