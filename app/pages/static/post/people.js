// A person of the meeting: one whom the book knows, by any spelling, or a new one under a slug of their own.

import { define, Fields } from "./parts.js";
import { idOf, learn, nameOf, slugOf } from "./registers.js";

const REGISTER = "participants";

class Person extends Fields {
  constructor(element) {
    super(element);
    this.name = this.parts.get("name").control;
    this.slug = this.parts.get("slug");
    this.rest = element.querySelector("[data-rest]");
    this.isSlugTyped = false;
    this.slug.control.addEventListener("input", () => {
      this.isSlugTyped = true;
    });
    this.name.addEventListener("input", () => this.follow());
    element.addEventListener("change", () => this.isNew && learn(REGISTER, this.slug.read(), [this.name.value.trim()]));
    this.isNew = false;
  }

  /** Whether the person is new follows the name that is typed. */
  follow() {
    const name = this.name.value.trim();
    this.isNew = name !== "" && this.knownAs(name) === null;
    this.rest.hidden = !this.isNew;
    if (this.isNew && !this.isSlugTyped) this.slug.write(slugOf(name));
  }

  /** The id of a person of the book; not of the one who stands here. */
  knownAs(name) {
    const id = idOf(REGISTER, name);
    return id === this.own ? null : id;
  }

  get own() {
    return this.isNew ? this.slug.read() : undefined;
  }

  read() {
    if (this.isNew) return super.read();
    const name = this.name.value.trim();
    return name === "" ? undefined : idOf(REGISTER, name);
  }

  write(value) {
    const isWhole = value !== null && typeof value === "object";
    super.write(isWhole ? value : { name: value && named(value) });
    if (!isWhole) this.kept = {};
    this.isSlugTyped = isWhole;
    this.isNew = isWhole;
    this.rest.hidden = !isWhole;
    if (isWhole) learn(REGISTER, value.slug, [value.name]);
  }
}

/** How a known person is written so that the same one is found again. */
function named(id) {
  const name = nameOf(REGISTER, id);
  return idOf(REGISTER, name) === id ? name : id;
}

define("person", (element) => new Person(element));
