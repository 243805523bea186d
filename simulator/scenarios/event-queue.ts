import type { Instant } from "@/lib/time.ts";

/** Things to do at instants, earliest first, in order of arrival within an instant. */
export class EventQueue {
  readonly #heap: { at: Instant; order: number; run: (at: Instant) => void }[] = [];
  #order = 0;

  add(at: Instant, run: (at: Instant) => void): void {
    const heap = this.#heap;
    heap.push({ at, order: this.#order++, run });
    for (let i = heap.length - 1; i > 0; ) {
      const parent = (i - 1) >> 1;
      if (!this.#before(i, parent)) break;
      this.#swap(i, parent);
      i = parent;
    }
  }

  /** Runs everything before `end`, also what is added meanwhile. `after` is called once after each instant. */
  runUntil(end: Instant, after: (at: Instant) => void): void {
    const heap = this.#heap;
    while (heap[0] && heap[0].at < end) {
      const { at } = heap[0];
      while (heap[0]?.at === at) this.#pop().run(at);
      after(at);
    }
  }

  #pop() {
    const heap = this.#heap;
    this.#swap(0, heap.length - 1);
    const top = heap.pop() as (typeof heap)[number];
    for (let i = 0; ; ) {
      let least = i;
      for (const child of [2 * i + 1, 2 * i + 2]) if (child < heap.length && this.#before(child, least)) least = child;
      if (least === i) return top;
      this.#swap(i, least);
      i = least;
    }
  }

  #before(i: number, j: number): boolean {
    const a = this.#heap[i] as { at: number; order: number };
    const b = this.#heap[j] as { at: number; order: number };
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }

  #swap(i: number, j: number): void {
    const heap = this.#heap;
    const kept = heap[i] as (typeof heap)[number];
    heap[i] = heap[j] as (typeof heap)[number];
    heap[j] = kept;
  }
}
