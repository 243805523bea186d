import { authSettings } from "@/lib/auth/settings.ts";
import { env } from "@/lib/env.ts";
import { errorText } from "@/lib/errors.ts";

/** Exit code 1, and what is wrong on stderr, where the server may not start with these settings. */
try {
  authSettings(env());
} catch (error) {
  process.stderr.write(`${errorText(error)}\n`);
  process.exitCode = 1;
}
