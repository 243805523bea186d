import { expect, fitsSideways, openPage, test, violationsOf } from "./fixtures/test.ts";

/** The same app over an empty database, on the next port. */
const empty = (baseURL: string | undefined, path: string) => {
  const url = new URL(path, baseURL);
  url.port = String(Number(url.port) + 1);
  return url.href;
};

test("before any data the overview says what to do next", async ({ page, baseURL }) => {
  await page.goto(empty(baseURL, "/"));
  await expect(page.getByText("Say where your cluster is.")).toBeVisible();
  await expect(page.getByText("RUNAI_URL=", { exact: false })).toBeVisible();
});

for (const path of ["/", "/projects", "/workloads", "/gpus", "/gpus?view=table", "/sync", "/reports/capacity"])
  test(`${path} is whole without any data`, async ({ page, baseURL }) => {
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await openPage(page, empty(baseURL, path))).toBe(200);
    await expect.poll(() => fitsSideways(page)).toBe(true);
    expect(await violationsOf(page)).toEqual([]);
  });
