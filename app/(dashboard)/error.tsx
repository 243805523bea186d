"use client";
import { Button } from "@/components/ui/button.tsx";

/** When a page fails: what the reader can do. What went wrong is in the server's log, under the reference. */
export default function DashboardError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <div className="max-w-prose">
      <h1 className="text-xl font-semibold">This page could not be loaded</h1>
      <p className="mt-2 text-soft">
        Nothing was changed. Try again; if it stays, look in the server's log{error.digest ? " for this reference" : ""}
        .
      </p>
      {error.digest && <p className="mt-2 font-mono text-xs text-faint">{error.digest}</p>}
      <div className="mt-4">
        <Button look="strong" onClick={reset}>
          Try again
        </Button>
      </div>
    </div>
  );
}
