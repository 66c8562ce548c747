// Spans of a text. The API counts Unicode code points, a browser counts UTF-16 code units. This module converts them.

const LETTER = /[\p{L}\p{N}]/u;

/** A text with offsets in code points. */
export class Text {
  constructor(string) {
    this.string = string;
    // The code unit at which each code point begins; null if the text has no surrogate pairs.
    this.begins = /[\ud800-\udfff]/.test(string) ? [...beginnings(string)] : null;
    this.length = this.begins ? this.begins.length - 1 : string.length;
  }

  /** The code unit at which a code point begins. */
  unit(point) {
    const within = Math.max(0, Math.min(point, this.length));
    return this.begins ? this.begins[within] : within;
  }

  /** The code point that a code unit belongs to. */
  point(unit) {
    if (!this.begins) return unit;
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.begins[middle] <= unit) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  slice({ start, end }) {
    return this.string.slice(this.unit(start), this.unit(end));
  }

  /** The span between two code units without outer white space; null if it is blank. */
  between(from, to) {
    const words = this.string.slice(from, to);
    const inner = words.trim();
    if (!inner) return null;
    const start = from + words.indexOf(inner);
    return { start: this.point(start), end: this.point(start + inner.length) };
  }

  /** The span of some words, ignoring case and white space; the one nearest to `near`, or null. */
  find(words, near = 0) {
    const parts = words.trim().split(/\s+/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    if (!words.trim()) return null;
    const places = [...this.string.matchAll(new RegExp(parts.join("\\s+"), "giu"))];
    const spans = places.map((place) => this.between(place.index, place.index + place[0].length));
    return spans.sort((a, b) => Math.abs(a.start - near) - Math.abs(b.start - near))[0] ?? null;
  }

  /** True if two spans overlap, or no letter or digit is between them. */
  touch(a, b) {
    const [first, second] = a.start <= b.start ? [a, b] : [b, a];
    return !LETTER.test(this.slice({ start: first.end, end: Math.max(first.end, second.start) }));
  }
}

function* beginnings(string) {
  let unit = 0;
  for (const letter of string) {
    yield unit;
    unit += letter.length;
  }
  yield unit;
}
