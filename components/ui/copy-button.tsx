"use client";
import { Check, Copy } from "lucide-react";
import { useEffect, useState, useSyncExternalStore } from "react";
import { buttonLook } from "./button.tsx";

const SHOWN_MS = 2000;
const never = () => () => {};

/**
 * Copies a text. Shown where a script runs and the browser lets it: the text itself stands beside it for everybody. Its place is kept from
 * the start, so that nothing moves when the script begins.
 */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const may = useSyncExternalStore(
    never,
    () => navigator.clipboard !== undefined,
    () => false,
  );
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const Icon = copied ? Check : Copy;
  return (
    <button
      type="button"
      className={`${buttonLook("quiet", "small")} ${may ? "" : "invisible"}`}
      disabled={!may}
      aria-label={label}
      title={copied ? "Copied" : label}
      onClick={() => navigator.clipboard.writeText(text).then(() => setCopied(true))}
    >
      <Icon size={13} aria-hidden="true" />
      <span role="status" className="sr-only">
        {copied ? "Copied" : ""}
      </span>
    </button>
  );
}
