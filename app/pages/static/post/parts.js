// A form as a tree of parts: every element with data-name reads and writes one member of a document. `find` follows the
// steps of a JSON path to the part of a fault. The markup gives the name and the kind (data-kind) of each part.

const kinds = new Map();
const made = new WeakMap();
let clones = 0;

/** Register the function that makes the parts of a data-kind. */
export function define(kind, make) {
  kinds.set(kind, make);
}

/** The part of an element; it is made once. */
export function bind(element) {
  if (!made.has(element)) made.set(element, kinds.get(element.dataset.kind)(element));
  return made.get(element);
}

/** Dispatch an input event after a script has changed a value. */
export function dispatchChange(element) {
  element.dispatchEvent(new Event("input", { bubbles: true }));
}

/** A copy of the element in a template, with unique ids. */
export function cloned(template) {
  const copy = document.getElementById(template).content.firstElementChild.cloneNode(true);
  clones += 1;
  const renamed = new Map();
  for (const element of [copy, ...copy.querySelectorAll("[id]")]) {
    if (!element.id) continue;
    renamed.set(element.id, `${element.id}-${clones}`);
    element.id = renamed.get(element.id);
  }
  for (const name of ["for", "aria-describedby", "aria-labelledby"]) {
    for (const element of [copy, ...copy.querySelectorAll(`[${name}]`)]) {
      const target = element.getAttribute(name);
      if (renamed.has(target)) element.setAttribute(name, renamed.get(target));
    }
  }
  return copy;
}

/** The direct parts of an element by name, without the parts inside them. */
function partsIn(owner) {
  const inner = [...owner.querySelectorAll("[data-name]")];
  const own = inner.filter((element) => element.parentElement.closest("[data-name]") === owner);
  return new Map(own.map((element) => [element.dataset.name, bind(element)]));
}

/** Named fields. Other members of the document are kept and read back unchanged. */
export class Fields {
  constructor(element) {
    this.element = element;
    this.parts = partsIn(element);
    this.kept = {};
  }

  get control() {
    return this.parts.values().next().value.control;
  }

  read() {
    const value = { ...this.kept };
    for (const [name, part] of this.parts) value[name] = part.read();
    return value;
  }

  write(value) {
    this.kept = Object.fromEntries(Object.entries(value ?? {}).filter(([name]) => !this.parts.has(name)));
    for (const [name, part] of this.parts) part.write(value?.[name] ?? null);
  }

  find([step, ...rest]) {
    return this.parts.has(step) ? this.parts.get(step).find(rest) : this;
  }
}

/** Fields that are shown only if their `kind` is set. */
class Optional extends Fields {
  constructor(element) {
    super(element);
    this.rest = element.querySelector("[data-rest]");
    this.parts.get("kind").control.addEventListener("change", () => this.follow());
    this.follow();
  }

  follow() {
    this.rest.hidden = this.parts.get("kind").control.value === "";
  }

  read() {
    return this.rest.hidden ? null : super.read();
  }

  write(value) {
    super.write(value);
    this.follow();
  }
}

/** A list of items; each is a copy of a template. */
export class List {
  constructor(element) {
    this.element = element;
    this.items = element.querySelector("[data-items]");
    const adding = element.querySelector(":scope > [data-add]");
    adding?.addEventListener("click", () => this.focus(this.add()));
    element.addEventListener("click", (event) => {
      const item = event.target.closest("[data-remove]")?.closest("[data-items] > *");
      if (item?.parentElement === this.items) this.remove(bind(item));
    });
  }

  get parts() {
    return [...this.items.children].map(bind);
  }

  get control() {
    return this.element.querySelector(":scope > button");
  }

  /** Add an item at a place, or at the end. */
  add(value = {}, place = this.items.children.length) {
    const item = cloned(this.element.dataset.template);
    this.items.insertBefore(item, this.items.children[place] ?? null);
    const part = bind(item);
    part.write(value);
    dispatchChange(this.element);
    return part;
  }

  remove(part) {
    const place = this.parts.indexOf(part);
    part.element.remove();
    dispatchChange(this.element);
    this.focus(this.parts[Math.min(place, this.parts.length - 1)]);
  }

  focus(part) {
    (part ?? this).control.focus();
  }

  read() {
    return this.parts.map((part) => part.read());
  }

  write(value) {
    this.items.replaceChildren();
    for (const item of value ?? []) this.add(item);
  }

  find([step, ...rest]) {
    return this.parts[step]?.find(rest) ?? this;
  }
}

/** An object as a list of its entries. */
class Entries extends List {
  read() {
    return Object.fromEntries(super.read().map(({ name, value }) => [name ?? "", value]));
  }

  write(value) {
    super.write(Object.entries(value ?? {}).map(([name, text]) => ({ name, value: text })));
  }

  find([step]) {
    return this.parts.find((part) => part.read().name === step)?.find(["value"]) ?? this;
  }
}

define("fields", (element) => new Fields(element));
define("optional", (element) => new Optional(element));
define("list", (element) => new List(element));
define("entries", (element) => new Entries(element));
