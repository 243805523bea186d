import { vi } from "vitest";

/**
 * The request that code under test runs in: Next.js gives it there, and no test is there. One for all test files, because a worker
 * keeps its modules: `vi.mock("next/headers", async () => (await import("./testing-request.ts")).nextHeaders)`.
 */
const place = globalThis as { testingRequest?: { headers: Headers; cookies?: Readonly<Record<string, string>> } };
place.testingRequest ??= { headers: new Headers() };
export const request = place.testingRequest;

export const nextHeaders = {
  headers: async () => request.headers,
  cookies: async () => ({
    get: (name: string) => {
      const value = request.cookies?.[name];
      return value === undefined ? undefined : { name, value };
    },
    getAll: () => [],
    set: () => undefined,
    delete: () => undefined,
  }),
};

/** The same for `next/server`, in test files that load pages: its `connection()` needs a request that Next.js itself started. */
export const nextServer = async () => ({
  ...(await vi.importActual<typeof import("next/server")>("next/server")),
  connection: async () => undefined,
});

/** The same for `next/cache`: nothing is kept outside of Next.js. */
export const nextCache = { revalidatePath: () => undefined, revalidateTag: () => undefined };
