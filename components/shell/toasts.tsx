"use client";
import { X } from "lucide-react";
import { useEffect, useRef, useState } from "react";

/** What an act answered, for everybody who listens: see `say`. */
const SAID = "ledger-said";
/** So long a message stays, unless the pointer or the focus is on it. */
const STAY_MS = 10_000;
const MOST = 3;

interface Toast {
  readonly id: number;
  readonly text: string;
}

/** Shows a message in a corner of the page and says it to screen readers. It stays when the form that it came from is gone. */
export const say = (text: string): void => void window.dispatchEvent(new CustomEvent<string>(SAID, { detail: text }));

/**
 * What acts have done, the newest last. Problems stand at their form, and stay there; without JavaScript so do these messages. The
 * region is there before the first message, so that screen readers hear of it.
 */
export function Toasts() {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const next = useRef(1);
  useEffect(() => {
    const onSaid = (event: Event) => {
      const toast = { id: next.current++, text: (event as CustomEvent<string>).detail };
      setToasts((before) => [...before, toast].slice(-MOST));
    };
    window.addEventListener(SAID, onSaid);
    return () => window.removeEventListener(SAID, onSaid);
  }, []);
  const end = (id: number) => setToasts((before) => before.filter((t) => t.id !== id));
  return (
    <section
      aria-label="Answers to acts"
      aria-live="polite"
      className="no-print pointer-events-none fixed inset-x-4 bottom-4 z-50 ml-auto grid max-w-sm gap-2"
    >
      {toasts.map((toast) => (
        <Message key={toast.id} text={toast.text} onEnd={() => end(toast.id)} />
      ))}
    </section>
  );
}

function Message({ text, onEnd }: { text: string; onEnd: () => void }) {
  const box = useRef<HTMLDivElement>(null);
  const ending = useRef(onEnd);
  ending.current = onEnd;
  useEffect(() => {
    const timer = setInterval(() => {
      if (!box.current?.matches(":hover, :focus-within")) ending.current();
    }, STAY_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <div
      ref={box}
      className="pointer-events-auto flex items-start gap-3 rounded-md border border-line-strong bg-ground px-3 py-2 text-sm shadow-lg"
    >
      <span aria-hidden="true" className="text-good">
        ✓
      </span>
      <p className="min-w-0 flex-1 break-words whitespace-pre-line">{text}</p>
      <button type="button" aria-label="Close message" onClick={onEnd} className="shrink-0 text-faint hover:text-ink">
        <X size={15} aria-hidden="true" />
      </button>
    </div>
  );
}
