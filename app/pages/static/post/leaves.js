// The parts that hold one value: a line of text or some, a number, a choice, lines of a list.

import { define } from "./parts.js";

/** Text. Empty, it is null; or left out, where it is required, so that the book says that it is needed. */
export class Leaf {
  constructor(element) {
    this.element = element;
    this.control = element.querySelector("input, textarea, select");
  }

  get nothing() {
    return this.control.getAttribute("aria-required") === "true" ? undefined : null;
  }

  read() {
    return this.control.value.trim() || this.nothing;
  }

  write(value) {
    this.control.value = value ?? "";
  }

  find() {
    return this;
  }
}

/** One of a few words. What is not among them is offered too, rather than lost. */
class Choice extends Leaf {
  write(value) {
    const known = [...this.control.options].some((option) => option.value === (value ?? ""));
    if (!known && value) this.control.add(new Option(value, value));
    super.write(value ?? this.control.dataset.default);
  }
}

/** A whole number; what is none is sent as it stands, and refused where it is checked. */
class Whole extends Leaf {
  read() {
    const text = this.control.value.trim();
    return text === "" ? this.nothing : /^\d+$/.test(text) ? Number(text) : text;
  }
}

/** A list of texts, one on each line. */
class Lines extends Leaf {
  read() {
    const lines = this.control.value.split("\n").map((line) => line.trim());
    return lines.filter((line) => line !== "");
  }

  write(value) {
    super.write((value ?? []).join("\n"));
  }
}

/** Yes or no. */
class Tick extends Leaf {
  read() {
    return this.control.checked;
  }

  write(value) {
    this.control.checked = Boolean(value);
  }
}

define("text", (element) => new Leaf(element));
define("choice", (element) => new Choice(element));
define("whole", (element) => new Whole(element));
define("lines", (element) => new Lines(element));
define("tick", (element) => new Tick(element));
