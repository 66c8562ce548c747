// The cards of the drafts: correct, delete and merge them, or add one from selected text.

import { merged } from "./merge.js";
import { bind, dispatchChange } from "./parts.js";
import { nameOf } from "./registers.js";
import { linkTo, showMessage } from "./messages.js";
import { vocabulary } from "./vocabulary.js";

export class Drafts {
  /** `list` has the cards, `reader` shows the text, `source()` returns the part of the text's source. */
  constructor(list, reader, source) {
    this.list = list;
    this.reader = reader;
    this.source = source;
    this.notes = new WeakMap();
    const { element } = list;
    element.addEventListener("click", (event) => this.onClick(event));
    element.addEventListener("input", () => this.follow());
    element.addEventListener("toggle", (event) => event.target.open && this.onOpen(event.target), true);
    for (const [enter, leave] of [["mouseover", "mouseout"], ["focusin", "focusout"]]) {
      element.addEventListener(enter, (event) => reader.highlight(cardOf(event.target)?.id, enter === "focusin"));
      element.addEventListener(leave, () => reader.highlight(null));
    }
  }

  get cards() {
    return this.list.parts;
  }

  /** Show drafts with their notes. */
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

  /** Add a card that cites the selected text; an empty card if there is no text. */
  add() {
    const span = this.reader.text ? this.reader.take() : { start: null, end: null };
    if (!span) return;
    const before = new Set(this.spans().filter(({ start }) => start <= span.start).map(({ id }) => id));
    const at = this.reader.text ? before.size : this.cards.length;
    const citation = { source: this.source()?.id, zone: vocabulary.defaults.zone, ...span };
    this.open(this.place({ citations: [citation] }, at));
    showMessage(`Pledge ${at + 1} added`);
  }

  open(part) {
    part.element.querySelector("details").open = true;
    part.control.focus();
  }

  openById(id) {
    this.open(this.cards.find((part) => part.element.id === id));
  }

  /** Highlight the cards with these ids. */
  highlight(ids) {
    for (const { element } of this.cards) element.classList.toggle("lit", ids.includes(element.id));
  }

  onClick(event) {
    const card = cardOf(event.target);
    if (!card) return;
    const part = bind(card);
    if (event.target.matches("[data-delete]")) this.delete(part);
    else if (event.target.matches("[data-merge]")) this.merge(part, card.querySelector("[data-others]").value);
    else if (event.target.matches("[data-take]")) this.take(bind(event.target.closest("[data-name]")));
    else if (event.target.matches("[data-renewed]")) this.renew(part, event.target.dataset.renewed);
  }

  delete(part) {
    const place = this.cards.indexOf(part);
    part.element.remove();
    dispatchChange(this.list.element);
    this.focusCard(place);
    showMessage(`Pledge ${place + 1} deleted.`, () => this.restore(part, place));
  }

  restore(part, place) {
    this.list.items.insertBefore(part.element, this.list.items.children[place] ?? null);
    dispatchChange(this.list.element);
    this.focusCard(place);
  }

  /** Focus the card at a place, or the last card; the button that adds a card if there is none. */
  focusCard(place) {
    const card = this.cards[Math.min(place, this.cards.length - 1)];
    (card?.element.querySelector("summary") ?? this.list.control).focus();
  }

  /** Merge another card into this one, and remove the other. */
  merge(part, otherId) {
    const other = this.cards.find(({ element }) => element.id === otherId);
    if (!other) return;
    const before = part.read();
    const places = [part, other].map((one) => this.cards.indexOf(one));
    part.write(merged(before, other.read(), this.reader.text, this.source()?.id));
    other.element.remove();
    dispatchChange(this.list.element);
    showMessage(`Pledge ${places[1] + 1} merged into ${places[0] + 1}.`, () => {
      part.write(before);
      this.restore(other, places[1]);
    });
    part.control.focus();
  }

  /** Set a citation to the selected text. */
  take(citation) {
    const span = this.reader.text && this.reader.take();
    if (!span) return;
    for (const name of ["start", "end"]) citation.find([name]).write(span[name]);
    citation.find(["source"]).write(this.source()?.id);
    dispatchChange(citation.element);
    showMessage("Citation set");
  }

  renew(part, target) {
    const links = part.find(["links"]);
    links.add({ type: vocabulary.defaults.link, target, external: null, partial: false });
    showMessage(`Link added: renews ${target}`);
  }

  /** The citations of the text as `{id, number, start, end}`; id and number are those of the card. */
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

  /** Update what is derived from the fields, once for all changes within one frame. */
  follow() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.cards.forEach((part, place) => this.describe(part, place));
      if (this.reader.text) this.reader.mark(this.spans().filter(({ start, end }) => start < end));
      document.getElementById("how-many").textContent = String(this.cards.length);
    });
  }

  describe(part, place) {
    const { element } = part;
    const pledge = part.read();
    element.querySelector("[data-number]").textContent = String(place + 1);
    element.querySelector("[data-summary]").textContent = pledge.summary ?? "No summary yet";
    element.querySelector("[data-meta]").textContent = outline(pledge);
    element.querySelector("[data-towards]").hidden = vocabulary.positionActs.includes(pledge.act) && pledge.towards.length === 0;
    for (const citation of part.find(["citations"]).parts) this.quote(citation);
    if (this.notes.has(element)) this.showDuplicates(element);
  }

  /** Show the cited text at a citation. */
  quote(citation) {
    const words = citation.element.querySelector("[data-words]");
    const [start, end] = ["start", "end"].map((name) => citation.find([name]).read());
    citation.find(["source"]).follow();
    const isThere = this.reader.text && this.isOfText(citation) && start < end;
    words.textContent = isThere ? this.reader.text.slice({ start, end }).replace(/\s+/g, " ") : "";
    words.hidden = !isThere;
    citation.element.querySelector("[data-take]").hidden = !this.reader.text;
  }

  /** Offer the other cards for a merge when a card is opened. */
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
    this.reader.highlight(card.id, true);
  }

  /** Show the note of a draft: the words that led to it, and the pledges that it may renew. */
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

  /** Name possible duplicates among the cards by their current numbers. */
  showDuplicates(element) {
    const { doubles } = this.notes.get(element);
    const numbers = this.cards.flatMap((card, place) =>
      doubles.includes(this.notes.get(card.element)?.number) ? [place + 1] : [],
    );
    const line = element.querySelector("[data-doubles]");
    line.hidden = !numbers.length;
    line.textContent = `Possible duplicate of ${numbers.join(", ")}. You can merge them.`;
  }
}

const cardOf = (element) => element.closest("[data-card]");

/** The line under a card's summary: act, parties, primary topic and deadline. */
function outline({ act, pledgors, towards, topics, due, citations }) {
  const all = (register, values) => values.map((value) => nameOf(register, value)).join(", ");
  const who = [all("parties", pledgors), all("addressees", towards)].filter(Boolean).join(" → ");
  const when = due && (due.to ? `by ${due.to}` : due.text);
  const topic = topics.length && nameOf("topics", topics[0]);
  const items = [vocabulary.acts[act] ?? act, who, topic, when, !citations.length && "no citation"];
  return items.filter(Boolean).join(" · ");
}

/** A pledge in the book that the draft may renew, with a button that adds the link. */
function renewal(pledge, score) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.dataset.renewed = pledge;
  button.textContent = "Renews this";
  item.append(linkTo("pledges", pledge), ` (${Math.round(score * 100)} % similar) `, button);
  return item;
}
