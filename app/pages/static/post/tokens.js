// A field that holds several things of a register: each is a chip that can be taken out, the input adds one by name.

import { clear, show } from "./faults.js";
import { cloned, define, tellChange } from "./parts.js";
import { begins, idOf, nameOf, slugOf } from "./registers.js";
import { hear } from "./telling.js";

/** What a name that the book does not know becomes, by register; null: it is refused. */
const NEW = {
  participants: (slug, name) => ({ slug, name, names: {}, aliases: [] }),
  instruments: (slug, name) => ({ slug, type: "other", name, aliases: [] }),
};

const idIn = (value) => value.slug ?? value;

class Tokens {
  constructor(element) {
    this.element = element;
    this.control = element.querySelector("input");
    this.chips = element.querySelector("[data-chips]");
    this.register = element.dataset.register;
    this.values = [];
    this.control.addEventListener("keydown", (event) => this.onKey(event));
    this.control.addEventListener("change", () => this.take());
    // A name picked from the list comes at once and whole, and not letter by letter.
    this.control.addEventListener("input", (event) => {
      if (event.isTrusted && event.inputType !== "insertText" && idOf(this.register, this.control.value)) this.take();
    });
  }

  read() {
    return [...this.values];
  }

  write(values) {
    this.values = [...(values ?? [])];
    this.draw();
  }

  find() {
    return this;
  }

  onKey(event) {
    const isEnd = event.key === "," && !begins(this.register, `${this.control.value},`);
    if (event.key === "Enter" || isEnd) {
      event.preventDefault();
      this.take();
    } else if (event.key === "Backspace" && this.control.value === "" && this.values.length) {
      this.remove(this.values.length - 1);
    }
  }

  /** Add what was typed; what cannot be added stays in the input, and why is told there. */
  take() {
    const whole = this.control.value.trim();
    // A name may have a comma of its own.
    const texts = idOf(this.register, whole) ? [whole] : whole.split(",").map((text) => text.trim());
    const left = texts.filter((text) => text && !this.add(text));
    this.control.value = left.join(", ");
    if (left.length) show(this, `knows no “${left[0]}”`);
    else if (texts.some(Boolean)) clear(this.element);
  }

  add(text) {
    const id = idOf(this.register, text);
    const slug = id ?? slugOf(text);
    const value = id ?? (slug && NEW[this.register]?.(slug, text));
    if (!value) return false;
    if (!this.values.some((other) => idIn(other) === slug)) {
      this.values.push(value);
      this.draw();
      hear(`${this.called(value)} added`);
      tellChange(this.element);
    }
    return true;
  }

  remove(place) {
    const [gone] = this.values.splice(place, 1);
    this.draw();
    hear(`${this.called(gone)} removed`);
    this.control.focus();
    tellChange(this.element);
  }

  first(place) {
    this.values.unshift(...this.values.splice(place, 1));
    this.draw();
    hear(`${this.called(this.values[0])} comes first`);
    this.control.focus();
    tellChange(this.element);
  }

  called(value) {
    return value.name ?? nameOf(this.register, value);
  }

  draw() {
    this.chips.replaceChildren(...this.values.map((value, place) => this.chip(value, place)));
  }

  chip(value, place) {
    const chip = document.createElement("li");
    const name = this.called(value);
    const id = idIn(value);
    chip.append(name);
    if (typeof value !== "string") chip.append(" ", small("new"));
    else if (name !== id && this.register === "parties") chip.append(" ", small(id));
    if (value.type) chip.append(" ", this.types(value));
    if (this.element.dataset.first) {
      if (place === 0) chip.append(" ", small(this.element.dataset.first));
      else chip.append(button("↑", `Make ${name} the ${this.element.dataset.first} one`, () => this.first(place)));
    }
    chip.append(button("×", `Remove ${name}`, () => this.remove(place)));
    return chip;
  }

  /** A choice of the type of an instrument that the book does not know yet. */
  types(value) {
    const choice = cloned("instrument-types");
    choice.setAttribute("aria-label", `Type of ${value.name}`);
    choice.value = value.type;
    choice.addEventListener("change", () => {
      value.type = choice.value;
    });
    return choice;
  }
}

function small(text) {
  const element = document.createElement("small");
  element.textContent = text;
  return element;
}

function button(text, label, act) {
  const element = document.createElement("button");
  element.type = "button";
  element.textContent = text;
  element.ariaLabel = label;
  element.title = label;
  element.addEventListener("click", act);
  return element;
}

define("tokens", (element) => new Tokens(element));
