// The sources of the meeting: existing sources by id, new ones as records; and the source of a citation.

import { define, Fields } from "./parts.js";
import { allOf } from "./registers.js";

/** A source: the id of an existing one, or the fields of a new one. */
class Source extends Fields {
  constructor(element) {
    super(element);
    this.existing = element.querySelector("[data-existing] select");
    for (const [id, title] of allOf("sources")) this.existing.add(new Option(title, id));
    this.rest = element.querySelector("[data-rest]");
    this.existing.addEventListener("change", () => this.follow());
  }

  get control() {
    return this.existing;
  }

  follow() {
    this.rest.hidden = this.existing.value !== "";
  }

  get id() {
    return this.existing.value || (this.parts.get("id").read() ?? "");
  }

  read() {
    return this.existing.value || super.read();
  }

  write(value) {
    const isWhole = value !== null && typeof value === "object";
    super.write(isWhole ? value : {});
    this.existing.value = isWhole ? "" : value;
    this.follow();
  }

  /** Make hash and length of the drafted text read-only. */
  fix() {
    for (const name of ["sha256", "length"]) this.parts.get(name).control.readOnly = true;
  }
}

let chosenFrom = null;

/** Set the list of sources that citations refer to. */
export function chooseFrom(list) {
  chosenFrom = list;
}

/** The source of a citation. It is kept as a row of the list, so that the id of the source can change. */
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

  /** Update the options from the list of sources. */
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
