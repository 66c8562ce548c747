// Who was there: a person whom the book knows, by any spelling, or a new one under a slug of their own; and for whom.

import { Leaf } from "./leaves.js";
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

  /** Whether the person is new follows the name that is typed. */
  follow() {
    const name = this.name.value.trim();
    this.rest.hidden = name === "" || idInBook(PEOPLE, name) !== null;
    if (this.isNew && !this.isSlugTyped) this.slug.write(slugOf(name));
  }

  /** Let fields that name persons know of this one. */
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
    super.write(isWhole ? value : { name: value && written(PEOPLE, value) });
    this.isSlugTyped = isWhole;
    this.rest.hidden = !isWhole;
    if (isWhole) this.learn();
  }
}

/** One party, by its name or its code. */
class Party extends Leaf {
  read() {
    const text = super.read();
    return text && (idOf(PARTIES, text) ?? text);
  }

  write(code) {
    super.write(code && written(PARTIES, code));
  }
}

/** How a known one is written so that the same one is found again. */
function written(register, id) {
  const name = nameOf(register, id);
  return idOf(register, name) === id ? name : id;
}

define("person", (element) => new Person(element));
define("party", (element) => new Party(element));
