"use client";

/** When a page fails: what the reader can do. What went wrong is in the server's log, under the reference. */
export default function DashboardError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <div className="max-w-prose">
      <h1 className="text-xl font-semibold">This page could not be made</h1>
      <p className="mt-2 text-soft">
        Nothing was changed. Try again; if it stays, look in the server's log{error.digest ? " for this reference" : ""}
        .
      </p>
      {error.digest && <p className="mt-2 font-mono text-xs text-faint">{error.digest}</p>}
      <button
        type="button"
        onClick={reset}
        className="mt-4 h-8 rounded-md bg-accent px-3 text-sm font-medium text-accent-ink"
      >
        Try again
      </button>
    </div>
  );
}
