// The parts with one value: text, a number, a select, a list of lines, a checkbox.

import { define } from "./parts.js";

/** A text. An empty one is read as null, or left out if it is required, so that the API reports it as missing. */
export class Input {
  constructor(element) {
    this.element = element;
    this.control = element.querySelector("input, textarea, select");
  }

  get empty() {
    return this.control.getAttribute("aria-required") === "true" ? undefined : null;
  }

  read() {
    return this.control.value.trim() || this.empty;
  }

  write(value) {
    this.control.value = value ?? "";
  }

  find() {
    return this;
  }
}

/** A select. A value that is not among its options is added as an option. */
class Choice extends Input {
  write(value) {
    const known = [...this.control.options].some((option) => option.value === (value ?? ""));
    if (!known && value) this.control.add(new Option(value, value));
    super.write(value ?? this.control.dataset.default);
  }
}

/** A whole number. Other text is sent unchanged, and the API rejects it. */
class Whole extends Input {
  read() {
    const text = this.control.value.trim();
    return text === "" ? this.empty : /^\d+$/.test(text) ? Number(text) : text;
  }
}

/** A list of texts, one for each line. */
class Lines extends Input {
  read() {
    const lines = this.control.value.split("\n").map((line) => line.trim());
    return lines.filter((line) => line !== "");
  }

  write(value) {
    super.write((value ?? []).join("\n"));
  }
}

/** A checkbox. */
class Tick extends Input {
  read() {
    return this.control.checked;
  }

  write(value) {
    this.control.checked = Boolean(value);
  }
}

define("text", (element) => new Input(element));
define("choice", (element) => new Choice(element));
define("whole", (element) => new Whole(element));
define("lines", (element) => new Lines(element));
define("tick", (element) => new Tick(element));
