// A form as a tree: every element with data-name is a part, which reads and writes one value of a document, and leads
// on by the steps of a JSON path to the part that a fault is told of. The markup says which kind a part is (data-kind)
// and what it is called; nothing here knows what is filled in.

const kinds = new Map();
const made = new WeakMap();
let clones = 0;

/** Have elements of a data-kind be bound by `make`. */
export function define(kind, make) {
  kinds.set(kind, make);
}

/** The part of an element, made when it is first asked for. */
export function bind(element) {
  if (!made.has(element)) made.set(element, kinds.get(element.dataset.kind)(element));
  return made.get(element);
}

/** Tell whoever listens further out that a value was changed by the page and not by a key. */
export function tellChange(element) {
  element.dispatchEvent(new Event("input", { bubbles: true }));
}

/** A copy of the one element of a template, with ids of its own. */
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

/** The parts of an element by name: its nearest ones, not theirs. */
function partsIn(owner) {
  const inner = [...owner.querySelectorAll("[data-name]")];
  const own = inner.filter((element) => element.parentElement.closest("[data-name]") === owner);
  return new Map(own.map((element) => [element.dataset.name, bind(element)]));
}

/** Fields under names. What a document has besides them is kept, and read back as it was. */
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

/** Fields that are there only once their `kind` is chosen. */
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

/** Any number of items, each a copy of a template. */
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

  /** A new item, before the one at a place, or last. */
  add(value = {}, place = this.items.children.length) {
    const item = cloned(this.element.dataset.template);
    this.items.insertBefore(item, this.items.children[place] ?? null);
    const part = bind(item);
    part.write(value);
    tellChange(this.element);
    return part;
  }

  remove(part) {
    const place = this.parts.indexOf(part);
    part.element.remove();
    tellChange(this.element);
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

/** A list whose items are the entries of an object. */
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
