// Spans of a text. The book counts Unicode code points, a browser UTF-16 units: only here is one made of the other.

const LETTER = /[\p{L}\p{N}]/u;

/** A text that is counted in code points. */
export class Text {
  constructor(string) {
    this.string = string;
    // Where each code point begins, if that is not simply its place.
    this.begins = /[\ud800-\udfff]/.test(string) ? [...beginnings(string)] : null;
    this.length = this.begins ? this.begins.length - 1 : string.length;
  }

  /** The unit at which a code point begins. */
  unit(point) {
    const within = Math.max(0, Math.min(point, this.length));
    return this.begins ? this.begins[within] : within;
  }

  /** The code point that a unit belongs to. */
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

  /** The span between two units without the white space at its ends; null if nothing else is in it. */
  between(from, to) {
    const words = this.string.slice(from, to);
    const inner = words.trim();
    if (!inner) return null;
    const start = from + words.indexOf(inner);
    return { start: this.point(start), end: this.point(start + inner.length) };
  }

  /** Where some words stand, white space and case apart; the place nearest to `near`, null if there is none. */
  find(words, near = 0) {
    const parts = words.trim().split(/\s+/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    if (!words.trim()) return null;
    const places = [...this.string.matchAll(new RegExp(parts.join("\\s+"), "giu"))];
    const spans = places.map((place) => this.between(place.index, place.index + place[0].length));
    return spans.sort((a, b) => Math.abs(a.start - near) - Math.abs(b.start - near))[0] ?? null;
  }

  /** Whether two spans overlap, or have nothing between them that is a word. */
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
