// Participants: a person of the register by any spelling, or a new person with an id; and the party of a participant.

import { Input } from "./inputs.js";
import { define, Fields } from "./parts.js";
import { idInBook, idOf, learnNew, nameOf, slugOf } from "./registers.js";

const PEOPLE = "participants";
const PARTIES = "parties";

class Person extends Fields {
  constructor(element) {
    super(element);
    this.name = this.parts.get("name").control;
    this.slug = this.parts.get("slug");
    this.rest = element.querySelector("[data-rest]");
    this.isSlugTyped = false;
    this.name.addEventListener("input", () => this.follow());
    this.slug.control.addEventListener("input", () => {
      this.isSlugTyped = true;
    });
    element.addEventListener("change", () => this.isNew && this.learn());
  }

  get isNew() {
    return !this.rest.hidden;
  }

  /** Show the id field if the typed name is not in the register. */
  follow() {
    const name = this.name.value.trim();
    this.rest.hidden = name === "" || idInBook(PEOPLE, name) !== null;
    if (this.isNew && !this.isSlugTyped) this.slug.write(slugOf(name));
  }

  /** Offer the new person in other fields. */
  learn() {
    const slug = this.slug.read();
    if (slug) learnNew(PEOPLE, slug, this.name.value.trim());
  }

  read() {
    if (this.isNew) return super.read();
    const name = this.name.value.trim();
    return name === "" ? undefined : idInBook(PEOPLE, name);
  }

  write(value) {
    const isWhole = value !== null && typeof value === "object";
    super.write(isWhole ? value : { name: value && uniqueName(PEOPLE, value) });
    this.isSlugTyped = isWhole;
    this.rest.hidden = !isWhole;
    if (isWhole) this.learn();
  }
}

/** One party, by name or code. */
class Party extends Input {
  read() {
    const text = super.read();
    return text && (idOf(PARTIES, text) ?? text);
  }

  write(code) {
    super.write(code && uniqueName(PARTIES, code));
  }
}

/** The name of a record, or its id if the name belongs to another record. */
function uniqueName(register, id) {
  const name = nameOf(register, id);
  return idOf(register, name) === id ? name : id;
}

define("person", (element) => new Person(element));
define("party", (element) => new Party(element));
