// The drafts beside the text: one card each, to be corrected, dropped, merged with another, or added from words chosen.

import { merged } from "./merging.js";
import { bind, tellChange } from "./parts.js";
import { nameOf } from "./registers.js";
import { linkTo, say } from "./telling.js";

const POSITIONS = ["support", "condemn", "urge"];

export class Drafts {
  /** `list` holds the cards; the `reader` shows the text that they cite; `source()` is the part of its source. */
  constructor(list, reader, source) {
    this.list = list;
    this.reader = reader;
    this.source = source;
    this.notes = new WeakMap();
    const { element } = list;
    element.addEventListener("click", (event) => this.onClick(event));
    element.addEventListener("input", () => this.follow());
    element.addEventListener("toggle", (event) => event.target.open && this.onOpen(event.target), true);
    for (const [met, left] of [["mouseover", "mouseout"], ["focusin", "focusout"]]) {
      element.addEventListener(met, (event) => reader.lighten(cardOf(event.target)?.id, met === "focusin"));
      element.addEventListener(left, () => reader.lighten(null));
    }
  }

  get cards() {
    return this.list.parts;
  }

  /** Show drafts with the notes that came with them. */
  fill(documents, notes) {
    this.list.write([]);
    documents.forEach(({ number, ...document }, place) => this.place(document, place, notes[place]));
    this.follow();
  }

  place(document, at, note = null) {
    const part = this.list.add(document, at);
    if (note) this.annotate(part, note);
    return part;
  }

  /** Add a card that cites the words chosen in the text; without a text, an empty one. */
  add() {
    const span = this.reader.text ? this.reader.take() : { start: null, end: null };
    if (!span) return;
    const before = new Set(this.spans().filter(({ start }) => start <= span.start).map(({ id }) => id));
    const at = this.reader.text ? before.size : this.cards.length;
    const citation = { source: this.source()?.id, zone: "body", ...span };
    this.open(this.place({ citations: [citation] }, at));
    say(`Pledge ${at + 1} added`);
  }

  open(part) {
    part.element.querySelector("details").open = true;
    part.control.focus();
  }

  openById(id) {
    this.open(this.cards.find((part) => part.element.id === id));
  }

  /** Make the cards whose marks are met stand out. */
  lighten(ids) {
    for (const { element } of this.cards) element.classList.toggle("lit", ids.includes(element.id));
  }

  onClick(event) {
    const card = cardOf(event.target);
    if (!card) return;
    const part = bind(card);
    if (event.target.matches("[data-drop]")) this.drop(part);
    else if (event.target.matches("[data-merge]")) this.merge(part, card.querySelector("[data-others]").value);
    else if (event.target.matches("[data-take]")) this.take(bind(event.target.closest("[data-name]")));
    else if (event.target.matches("[data-renewed]")) this.renew(part, event.target.dataset.renewed);
  }

  drop(part) {
    const place = this.cards.indexOf(part);
    part.element.remove();
    tellChange(this.list.element);
    this.goTo(place);
    say(`Pledge ${place + 1} dropped.`, () => this.restore(part, place));
  }

  restore(part, place) {
    this.list.items.insertBefore(part.element, this.list.items.children[place] ?? null);
    tellChange(this.list.element);
    this.goTo(place);
  }

  /** To the card at a place, or the last; to the button that adds one if there is none. */
  goTo(place) {
    const card = this.cards[Math.min(place, this.cards.length - 1)];
    (card?.element.querySelector("summary") ?? this.list.control).focus();
  }

  /** Take another card into this one. */
  merge(part, otherId) {
    const other = this.cards.find(({ element }) => element.id === otherId);
    if (!other) return;
    const before = part.read();
    const places = [part, other].map((one) => this.cards.indexOf(one));
    part.write(merged(before, other.read(), this.reader.text, this.source()?.id));
    other.element.remove();
    tellChange(this.list.element);
    say(`Pledge ${places[1] + 1} merged into ${places[0] + 1}.`, () => {
      part.write(before);
      this.restore(other, places[1]);
    });
    part.control.focus();
  }

  /** Cite the words chosen in the text. */
  take(citation) {
    const span = this.reader.text && this.reader.take();
    if (!span) return;
    for (const name of ["start", "end"]) citation.find([name]).write(span[name]);
    citation.find(["source"]).write(this.source()?.id);
    tellChange(citation.element);
    say("The words are cited");
  }

  renew(part, target) {
    const links = part.find(["links"]);
    links.add({ type: "renews", target, external: null, partial: false });
    say(`It renews ${target}`);
  }

  /** Where the cards cite the text. */
  spans() {
    return this.cards.flatMap((part, place) => {
      const citations = part.find(["citations"]).parts.filter((citation) => this.isOfText(citation));
      return citations.map((citation) => {
        const [start, end] = ["start", "end"].map((name) => citation.find([name]).read());
        return { id: part.element.id, number: place + 1, start, end };
      });
    });
  }

  isOfText(citation) {
    return this.source() !== null && citation.find(["source"]).row === this.source();
  }

  /** Bring what is derived from the fields up to them, once for all changes of a moment. */
  follow() {
    this.waiting ??= requestAnimationFrame(() => {
      this.waiting = null;
      this.cards.forEach((part, place) => this.describe(part, place));
      if (this.reader.text) this.reader.mark(this.spans().filter(({ start, end }) => start < end));
      document.getElementById("how-many").textContent = String(this.cards.length);
    });
  }

  describe(part, place) {
    const { element } = part;
    const said = part.read();
    element.querySelector("[data-number]").textContent = String(place + 1);
    element.querySelector("[data-summary]").textContent = said.summary ?? "Not yet summed up";
    element.querySelector("[data-meta]").textContent = inWords(said);
    element.querySelector("[data-towards]").hidden = POSITIONS.includes(said.act) && said.towards.length === 0;
    for (const citation of part.find(["citations"]).parts) this.quote(citation);
    if (this.notes.has(element)) this.tellDoubles(element);
  }

  /** Show the words of the text that a citation leads to. */
  quote(citation) {
    const words = citation.element.querySelector("[data-words]");
    const [start, end] = ["start", "end"].map((name) => citation.find([name]).read());
    citation.find(["source"]).follow();
    const isThere = this.reader.text && this.isOfText(citation) && start < end;
    words.textContent = isThere ? this.reader.text.slice({ start, end }).replace(/\s+/g, " ") : "";
    words.hidden = !isThere;
    citation.element.querySelector("[data-take]").hidden = !this.reader.text;
  }

  /** What a card can be merged with is asked when it is opened. */
  onOpen(details) {
    const card = cardOf(details);
    const others = this.cards.filter(({ element }) => element !== card);
    const choice = card.querySelector("[data-others]");
    choice.replaceChildren(
      ...others.map(({ element }) => {
        const [number, summary] = ["number", "summary"].map((of) => element.querySelector(`[data-${of}]`).textContent);
        return new Option(`${number}. ${summary.slice(0, 60)}`, element.id);
      }),
    );
    const near = card.nextElementSibling ?? card.previousElementSibling;
    if (near) choice.value = near.id;
    card.querySelector("[data-merging]").hidden = !others.length;
    this.reader.lighten(card.id, true);
  }

  /** Say why a draft was made, and what it may renew. */
  annotate(part, note) {
    const { element } = part;
    element.querySelector("[data-note]").hidden = false;
    element.querySelector("[data-cue]").textContent = note.cue;
    element.querySelector("[data-confidence]").textContent = `${Math.round(note.confidence * 100)} %`;
    const renewals = note.renewals.map(({ pledge, score }) => renewal(pledge, score));
    element.querySelector("[data-renewals]").hidden = !renewals.length;
    element.querySelector("[data-renewals] ul").replaceChildren(...renewals);
    this.notes.set(element, note);
  }

  /** Which cards may say the same, by the numbers that they have now. */
  tellDoubles(element) {
    const { doubles } = this.notes.get(element);
    const numbers = this.cards.flatMap((card, place) =>
      doubles.includes(this.notes.get(card.element)?.number) ? [place + 1] : [],
    );
    const told = element.querySelector("[data-doubles]");
    told.hidden = !numbers.length;
    told.textContent = `May say the same as ${numbers.join(", ")}; they can be merged.`;
  }
}

const cardOf = (element) => element.closest("[data-card]");

/** Who owes what to whom, by when, on which topic: the line under a card's summary. */
function inWords({ act, pledgors, towards, topics, due, citations }) {
  const all = (register, values) => values.map((value) => nameOf(register, value)).join(", ");
  const who = [all("parties", pledgors), all("addressees", towards)].filter(Boolean).join(" → ");
  const when = due && (due.to ? `by ${due.to}` : due.text);
  const said = [act, who, topics.length && nameOf("topics", topics[0]), when, !citations.length && "cites nothing"];
  return said.filter(Boolean).join(" · ");
}

/** An earlier pledge of the book, with a button that says that it is renewed. */
function renewal(pledge, score) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.dataset.renewed = pledge;
  button.textContent = "It renews this";
  item.append(linkTo("pledges", pledge), ` (${Math.round(score * 100)} % alike) `, button);
  return item;
}
