// The text of the statement: citations are marked in it, and text can be selected in it by mouse or by typing.

import { clear, show } from "./faults.js";

/** The panel with the text. `open(id)` opens the card of a mark, `highlight(ids)` highlights cards. */
export class Reader {
  constructor(panel, field, { open, highlight }) {
    this.panel = panel;
    this.field = { element: field, control: field.querySelector("input") };
    this.text = null;
    this.selection = null;
    this.open = open;
    this.highlightCards = highlight;
    document.addEventListener("selectionchange", () => this.onSelection());
    this.field.control.addEventListener("change", () => this.onTyped());
    panel.addEventListener("click", (event) => this.onMark(event));
    panel.addEventListener("keydown", (event) => this.onKey(event));
    for (const [enter, leave] of [["mouseover", "mouseout"], ["focusin", "focusout"]]) {
      panel.addEventListener(enter, (event) => this.highlightCards(idsOf(event)));
      panel.addEventListener(leave, () => this.highlightCards([]));
    }
  }

  /** Show a text without marks; null if there is none. */
  show(text) {
    this.text = text;
    this.selection = null;
    this.field.control.value = "";
    if (text) this.mark([]);
  }

  /** Mark the spans `{id, number, start, end}`. Where spans overlap, the mark belongs to each of them. */
  mark(spans) {
    this.spans = spans;
    this.draw();
  }

  draw() {
    const spans = this.selection ? [...this.spans, { ...this.selection, id: "chosen" }] : this.spans;
    const points = new Set([0, this.text.length, ...spans.flatMap(({ start, end }) => [start, end])]);
    const cuts = [...points].filter((point) => point >= 0 && point <= this.text.length).sort((a, b) => a - b);
    const begun = new Set();
    const scrolled = this.panel.scrollTop;
    this.panel.replaceChildren(
      ...cuts.slice(1).map((end, place) => {
        const piece = { start: cuts[place], end };
        const within = spans.filter((span) => span.start < piece.end && piece.start < span.end);
        return within.length ? marked(this.text.slice(piece), within, begun) : this.text.slice(piece);
      }),
    );
    this.panel.scrollTop = scrolled;
  }

  /** Highlight the marks of a card, or none; with `scroll`, scroll to the first one. */
  highlight(id, scroll = false) {
    for (const mark of this.panel.querySelectorAll("mark")) mark.classList.toggle("lit", idsIn(mark).includes(id));
    const first = this.panel.querySelector("mark.lit");
    if (first && scroll) this.panel.scrollTop = first.offsetTop - this.panel.clientHeight / 3;
  }

  /** Arrow keys move between marks, so that the text is one tab stop. Enter opens the card. */
  onKey(event) {
    const marks = [...this.panel.querySelectorAll("mark[role]")];
    const place = marks.indexOf(event.target);
    if (place < 0) return;
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const next = marks[Math.max(0, Math.min(place + step, marks.length - 1))];
      for (const mark of marks) mark.tabIndex = mark === next ? 0 : -1;
      next.focus();
    } else if (event.key === "Enter") {
      this.onMark(event);
    }
  }

  onMark(event) {
    if (!document.getSelection().isCollapsed && event.type === "click") return;
    const [id] = idsOf(event).filter((other) => other !== "chosen");
    if (id) this.open(id);
  }

  /** Keep the last selection within the panel. */
  onSelection() {
    const selection = document.getSelection();
    if (!this.text || selection.isCollapsed || selection.rangeCount === 0) return;
    const range = selection.getRangeAt(0);
    if (!this.panel.contains(range.commonAncestorContainer)) return;
    const before = document.createRange();
    before.selectNodeContents(this.panel);
    before.setEnd(range.startContainer, range.startOffset);
    const from = before.toString().length;
    this.selection = this.text.between(from, from + range.toString().length);
    this.field.control.value = this.selection ? this.text.slice(this.selection).replace(/\s+/g, " ") : "";
    clear(this.field.element);
  }

  /** Find the typed words in the text, for use without a mouse. */
  onTyped() {
    const words = this.field.control.value;
    this.selection = this.text?.find(words, this.selection?.start) ?? null;
    clear(this.field.element);
    if (words.trim() && !this.selection) show(this.field, "These words are not in the text.");
    document.getSelection().removeAllRanges();
    this.draw();
    const found = this.panel.querySelector("mark.chosen");
    if (found) this.panel.scrollTop = found.offsetTop - this.panel.clientHeight / 3;
  }

  /** Return the selected span and clear the selection; null, with a fault at the field, if nothing is selected. */
  take() {
    const { selection } = this;
    if (!selection) {
      show(this.field, "Select words in the text, or type them here exactly.");
      this.field.control.focus();
      return null;
    }
    this.selection = null;
    this.field.control.value = "";
    document.getSelection().removeAllRanges();
    return selection;
  }
}

const idsIn = (mark) => mark.dataset.ids.split(" ");
const idsOf = (event) => (event.target.localName === "mark" ? idsIn(event.target) : []);

/** The mark of a cited piece of text. The first mark of each card is focusable. */
function marked(words, spans, begun) {
  const mark = document.createElement("mark");
  mark.textContent = words;
  mark.dataset.ids = spans.map(({ id }) => id).join(" ");
  const first = spans.filter(({ id }) => id !== "chosen" && !begun.has(id));
  for (const { id } of first) begun.add(id);
  if (spans.some(({ id }) => id === "chosen")) mark.classList.add("chosen");
  if (first.length) {
    mark.dataset.number = first.map(({ number }) => number).join(" ");
    mark.tabIndex = begun.size === first.length ? 0 : -1;
    mark.role = "link";
  }
  return mark;
}
