import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

/** What the two runners wrote down, as `npm test` says it at its end. */
const read = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null);

/** Why a test was skipped: its own name says what it needs, or it is of an engine that another one stands for. */
function reasonOf(name) {
  const needs = /\((needs [^()]+)\)/.exec(name)?.[1];
  if (needs) return needs;
  if (/\bpglite\b/i.test(name)) return "PGlite, for a real PostgreSQL runs the same tests (FULL=1 runs both)";
  if (/\bpostgres\b/i.test(name)) return "needs PostgreSQL: npm run test:setup";
  return `"${name}"`;
}

function* testsOf(suite) {
  for (const spec of suite.specs ?? []) for (const test of spec.tests) yield { spec, test };
  for (const inner of suite.suites ?? []) yield* testsOf(inner);
}

/**
 * Passed, failed and skipped of both runners, why each was skipped, and the files that took longest; what never ran counts as
 * nothing. @param files where Vitest and Playwright wrote their JSON.
 */
export function readResults({ vitest: vitestFile, playwright: playwrightFile }, root) {
  const sum = { passed: 0, failed: 0, skips: new Map(), files: [] };
  const skip = (reason) => sum.skips.set(reason, (sum.skips.get(reason) ?? 0) + 1);
  const vitest = read(vitestFile);
  if (vitest) {
    sum.passed += vitest.numPassedTests;
    sum.failed += vitest.numFailedTests;
    for (const file of vitest.testResults) {
      sum.files.push({ name: path.relative(root, file.name), seconds: (file.endTime - file.startTime) / 1000 });
      for (const test of file.assertionResults)
        if (test.status !== "passed" && test.status !== "failed") skip(reasonOf(test.fullName));
    }
  }
  const playwright = read(playwrightFile);
  if (playwright) {
    const { stats, suites } = playwright;
    sum.passed += stats.expected + stats.flaky;
    sum.failed += stats.unexpected;
    for (const suite of suites) {
      let milliseconds = 0;
      for (const { spec, test } of testsOf(suite)) {
        milliseconds += test.results.reduce((all, r) => all + r.duration, 0);
        if (test.status !== "skipped") continue;
        skip(test.annotations.find((a) => a.type === "skip")?.description ?? reasonOf(spec.title));
      }
      sum.files.push({ name: `e2e/${suite.file}`, seconds: milliseconds / 1000 });
    }
  }
  return sum;
}

/** The end of the output: the slowest files, what was skipped and why, and the last line with the counts. */
export function printResults({ passed, failed, skips, files }, times, failedStage) {
  const slowest = [...files].sort((a, b) => b.seconds - a.seconds).slice(0, 10);
  if (slowest.length) {
    console.log("\nThe files that took longest, in seconds:");
    for (const { name, seconds } of slowest) console.log(`${seconds.toFixed(1).padStart(8)}  ${name}`);
  }
  const skipped = [...skips.values()].reduce((a, b) => a + b, 0);
  if (skipped) {
    console.log("\nSkipped:");
    for (const [reason, count] of [...skips].sort((a, b) => b[1] - a[1]))
      console.log(`${String(count).padStart(8)}  ${reason}`);
  }
  console.log(`\n${times.join(" · ")}`);
  console.log(failedStage ? `FAILED at ${failedStage}.` : "All stages passed.");
  console.log(`${passed} passed, ${failedStage && failed === 0 ? 1 : failed} failed, ${skipped} skipped`);
}
