import { actId, post } from "./fixtures/acts.ts";
import { expect, test } from "./fixtures/test.ts";

/** Yesterday, and the day after it: dates that an import takes whenever this runs. */
const [FROM, UNTIL] = [1, 0].map((back) => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10));
const HEAD = "from,until,team,cluster,category,description,amount,currency\n";
/** Long lines, and a last one that is wrong: an answer that names it has read the file to its end. */
const fileOf = (mebibytes: number) => {
  const line = `${FROM},${UNTIL},,,storage,${"x".repeat(490)},1,USD\n`;
  const lines = Math.floor((mebibytes * 1024 * 1024 - 1000) / line.length);
  return { lines, text: `${HEAD}${line.repeat(lines)}${FROM},${UNTIL},,,storage,last,much,USD\n` };
};
const upload = (text: string) => ({ name: "cloud.csv", mimeType: "text/csv", buffer: Buffer.from(text) });

test("a file of 15 MiB arrives whole", async ({ page }) => {
  const { lines, text } = fileOf(15);
  await page.goto("/costs");
  await page.getByLabel("CSV or FOCUS file").setInputFiles(upload(text));
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByRole("alert").filter({ hasText: "Nothing was imported" })).toContainText(
    `Line ${lines + 2}: amount: "much" is not an amount`,
    { timeout: 60_000 },
  );
});

test("a larger one is refused in words, on the page and by the server", async ({ page, baseURL }) => {
  const { text } = fileOf(18);
  await page.goto("/costs");
  await page.getByLabel("CSV or FOCUS file").setInputFiles(upload(text));
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByRole("alert").filter({ hasText: "larger than 16 MiB" })).toBeVisible();
  const headers = { "next-action": actId("app/(dashboard)/costs/actions.ts", "importFile") };
  const answer = await post(`${baseURL}/costs`, headers, { file: new File([text], "cloud.csv") });
  expect(answer).toMatchObject({ status: 413, text: expect.stringContaining("larger than 16 MiB") });
});
