// The sources of the meeting: known ones by id, new ones whole; and the choice among them in each citation.

import { define, Fields } from "./parts.js";
import { allOf } from "./registers.js";

/** A source: either one that the book has, or the fields of a new one. */
class Source extends Fields {
  constructor(element) {
    super(element);
    this.standing = element.querySelector("[data-standing] select");
    for (const [id, title] of allOf("sources")) this.standing.add(new Option(title, id));
    this.rest = element.querySelector("[data-rest]");
    this.standing.addEventListener("change", () => this.follow());
  }

  get control() {
    return this.standing;
  }

  follow() {
    this.rest.hidden = this.standing.value !== "";
  }

  get id() {
    return this.standing.value || (this.parts.get("id").read() ?? "");
  }

  read() {
    return this.standing.value || super.read();
  }

  write(value) {
    const isWhole = value !== null && typeof value === "object";
    super.write(isWhole ? value : {});
    this.standing.value = isWhole ? "" : value;
    this.follow();
  }

  /** The digest and the length of a text that was drafted from are its own, and nobody's to change. */
  fix() {
    for (const name of ["sha256", "length"]) this.parts.get(name).control.readOnly = true;
  }
}

let chosenFrom = null;

/** Have citations choose among the sources of a list. */
export function chooseFrom(list) {
  chosenFrom = list;
}

/** Which of the meeting's sources is cited. It is remembered by its row, so that its id can be changed. */
class Cited {
  constructor(element) {
    this.element = element;
    this.control = element.querySelector("select");
    this.control.addEventListener("change", () => {
      this.row = this.rows[this.control.selectedIndex];
    });
    this.row = null;
  }

  get rows() {
    return chosenFrom.parts;
  }

  /** Offer the sources as they stand now. */
  follow() {
    if (!this.rows.includes(this.row)) this.row = this.rows[0] ?? null;
    const options = this.rows.map((row, place) => new Option(row.id || `source ${place + 1}`));
    this.control.replaceChildren(...options);
    this.control.selectedIndex = this.rows.indexOf(this.row);
  }

  read() {
    return this.row?.id || undefined;
  }

  write(id) {
    this.row = this.rows.find((row) => row.id === id) ?? null;
    this.follow();
  }

  find() {
    return this;
  }
}

define("source", (element) => new Source(element));
define("cited", (element) => new Cited(element));
