/** A float as Prometheus prints it: shortest form, two digits of exponent. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  return String(value).replace(/e([+-])(\d)$/, "e$10$2");
}

const CHUNK = 1 << 18;

/** Writes JSON as bytes: samples by hand, because there are millions of them. `drain` hands over what is full. */
export class SampleWriter {
  #buffer = Buffer.allocUnsafe(CHUNK);
  #at = 0;
  #full: Uint8Array[] = [];
  #first = true;

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return;
    this.#full.push(this.#buffer.subarray(0, this.#at));
    this.#buffer = Buffer.allocUnsafe(Math.max(CHUNK, bytes));
    this.#at = 0;
  }

  text(text: string): void {
    this.#room(text.length * 3);
    this.#at += this.#buffer.write(text, this.#at, "utf8");
  }

  /** Starts a list of samples: the next one gets no comma before it. */
  open(): void {
    this.#first = true;
  }

  #digits(value: number): void {
    let divisor = 1;
    while (value / divisor >= 10) divisor *= 10;
    for (let rest = value; divisor >= 1; divisor /= 10) {
      const digit = Math.floor(rest / divisor);
      this.#buffer[this.#at++] = 48 + digit;
      rest -= digit * divisor;
    }
  }

  #head(ms: number): void {
    this.#room(64);
    const buffer = this.#buffer;
    if (this.#first) this.#first = false;
    else buffer[this.#at++] = 44;
    buffer[this.#at++] = 91;
    const second = Math.floor(ms / 1000);
    this.#digits(second);
    const rest = ms - second * 1000;
    if (rest !== 0) this.#at += buffer.write((rest / 1000).toFixed(3).slice(1), this.#at, "latin1");
    buffer[this.#at++] = 44;
    buffer[this.#at++] = 34;
  }

  #tail(): void {
    this.#buffer[this.#at++] = 34;
    this.#buffer[this.#at++] = 93;
  }

  /** `[ts,"value"]` with a non-negative whole number of `10^-decimals`. */
  scaled(ms: number, value: number, decimals: number): void {
    this.#head(ms);
    const scale = 10 ** decimals;
    const whole = Math.floor(value / scale);
    this.#digits(whole);
    let rest = value - whole * scale;
    if (rest !== 0) {
      this.#buffer[this.#at++] = 46;
      for (let divisor = scale / 10; rest > 0; divisor /= 10) {
        const digit = Math.floor(rest / divisor);
        this.#buffer[this.#at++] = 48 + digit;
        rest -= digit * divisor;
      }
    }
    this.#tail();
  }

  /** `[ts,"value"]` with any float. */
  float(ms: number, value: number): void {
    this.#head(ms);
    this.#at += this.#buffer.write(floatText(value), this.#at, "latin1");
    this.#tail();
  }

  /** Chunks that are full; with `all` also the last one. */
  drain(all = false): Uint8Array[] {
    if (all) {
      this.#full.push(this.#buffer.subarray(0, this.#at));
      this.#buffer = Buffer.allocUnsafe(CHUNK);
      this.#at = 0;
    }
    const out = this.#full;
    this.#full = [];
    return out;
  }
}
