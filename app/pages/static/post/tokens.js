// A field with several records of a register: each is a removable chip, and the input adds one by name.

import { clear, show } from "./faults.js";
import { cloned, define, dispatchChange } from "./parts.js";
import { idOf, isPrefix, nameOf, slugOf } from "./registers.js";
import { announce } from "./messages.js";
import { vocabulary } from "./vocabulary.js";

/** Makes a new record of an unknown name, by register. Other registers take only known names. */
const NEW = {
  participants: (slug, name) => ({ slug, name, names: {}, aliases: [] }),
  instruments: (slug, name) => ({ slug, type: vocabulary.defaults.instrument, name, aliases: [] }),
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
    // A name picked from the suggestions arrives as one input event.
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
    const isEnd = event.key === "," && !isPrefix(this.register, `${this.control.value},`);
    if (event.key === "Enter" || isEnd) {
      event.preventDefault();
      this.take();
    } else if (event.key === "Backspace" && this.control.value === "" && this.values.length) {
      this.remove(this.values.length - 1);
    }
  }

  /** Add the typed names. Names that cannot be added stay in the input, with a fault. */
  take() {
    const whole = this.control.value.trim();
    // A name can contain a comma.
    const texts = idOf(this.register, whole) ? [whole] : whole.split(",").map((text) => text.trim());
    const left = texts.filter((text) => text && !this.add(text));
    this.control.value = left.join(", ");
    if (left.length) show(this, `not found: “${left[0]}”`);
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
      announce(`${this.called(value)} added`);
      dispatchChange(this.element);
    }
    return true;
  }

  remove(place) {
    const [gone] = this.values.splice(place, 1);
    this.draw();
    announce(`${this.called(gone)} removed`);
    this.control.focus();
    dispatchChange(this.element);
  }

  first(place) {
    this.values.unshift(...this.values.splice(place, 1));
    this.draw();
    announce(`${this.called(this.values[0])} is first now`);
    this.control.focus();
    dispatchChange(this.element);
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

  /** A select for the type of a new instrument. */
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
