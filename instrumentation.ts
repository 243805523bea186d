/**
 * Runs once when the server starts: what it writes is for its own user alone, settings are checked before anything else, then the
 * scheduled work begins beside it.
 */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  process.umask(0o077);
  const { speakWithoutScripts } = await import("./app/without-script.ts");
  speakWithoutScripts();
  const { checkStart, startBeside } = await import("./lib/jobs/beside.ts");
  await checkStart();
  startBeside();
}
