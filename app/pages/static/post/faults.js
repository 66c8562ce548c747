// Faults where they are: each beside its field, all of them in the summary at the top, the first one in focus.

import { linkTo } from "./telling.js";

let ids = 0;

/** The steps of a JSON path such as `$.pledges[0].due.to`. */
function steps(path) {
  const found = path.matchAll(/\.([^.[\]]+)|\[(\d+)\]/g);
  return [...found].map(([, name, place]) => name ?? Number(place));
}

/** Tell a problem: `root` is the part that its paths begin at. */
export function tell(problem, root) {
  clearAll();
  const placed = problem.errors.map(({ path, message }) => {
    const way = steps(path);
    const part = way.length ? root.find(way) : root;
    if (part !== root) show(part, message);
    return { part: part === root ? null : part, message };
  });
  summarise(problem, placed);
  const first = placed.find(({ part }) => part);
  if (first) goTo(first.part.control);
  else summary().focus();
}

/** Tell one thing that is wrong with one field. */
export function tellAt(part, problem) {
  clearAll();
  show(part, problem.detail);
  summarise(problem, []);
  goTo(part.control);
}

/** Say beside a field what is wrong with it. */
export function show(part, message) {
  clear(part.element);
  const { control } = part;
  const text = document.createElement("p");
  text.className = "fault";
  text.id = `fault-${(ids += 1)}`;
  text.textContent = message;
  const field = control.closest(".field") ?? part.element;
  field.append(text);
  control.setAttribute("aria-invalid", "true");
  control.dataset.hint ??= control.getAttribute("aria-describedby") ?? "";
  control.setAttribute("aria-describedby", `${control.dataset.hint} ${text.id}`.trim());
}

/** Take back what was said of a field, and of all that is in it. */
export function clear(element) {
  for (const fault of element.querySelectorAll(".fault")) fault.remove();
  for (const control of element.querySelectorAll("[aria-invalid]")) {
    control.removeAttribute("aria-invalid");
    if (control.dataset.hint) control.setAttribute("aria-describedby", control.dataset.hint);
    else control.removeAttribute("aria-describedby");
  }
}

/** Take back everything that was said. */
export function clearAll() {
  clear(document.getElementById("posting"));
  summary().replaceChildren();
}

const summary = () => document.getElementById("faults");

function summarise(problem, placed) {
  const title = document.createElement("h2");
  title.textContent = `${problem.title}.`;
  const detail = document.createElement("p");
  const located = placed.filter(({ part }) => part).length;
  detail.textContent = located ? "Nothing was written. What is wrong is told at its field." : problem.detail;
  const list = document.createElement("ul");
  list.append(...placed.map(listed), ...(problem.candidates ?? []).map(candidate));
  summary().replaceChildren(title, detail, ...(list.children.length ? [list] : []));
}

function listed({ part, message }) {
  const item = document.createElement("li");
  if (!part) {
    item.textContent = message;
    return item;
  }
  const link = document.createElement("a");
  link.href = `#${part.control.id}`;
  link.textContent = whereIs(part);
  link.addEventListener("click", (event) => {
    event.preventDefault();
    goTo(part.control);
  });
  item.append(link, `: ${message}`);
  return item;
}

/** A record that stands in the way: its page is a link away. */
function candidate(id) {
  const item = document.createElement("li");
  item.append(linkTo("meetings", id));
  return item;
}

/** Where a field stands, in words: `Pledge 2, Last day`. */
function whereIs(part) {
  const isOwn = part.control.closest("[data-name]") === part.element;
  const label = part.control.labels?.[0] ?? part.element.querySelector("legend") ?? part.control;
  const said = [isOwn ? label.firstChild.textContent : ""];
  for (let at = part.element; at; at = at.parentElement.closest("[data-title]")) {
    if (!at.dataset?.title) continue;
    const place = at.parentElement.matches("[data-items]") ? ` ${[...at.parentElement.children].indexOf(at) + 1}` : "";
    said.unshift(at.dataset.title + place);
  }
  return said.filter(Boolean).join(", ");
}

function goTo(control) {
  for (let at = control.parentElement; at; at = at.parentElement) {
    if (at.localName === "details") at.open = true;
  }
  control.focus();
  control.scrollIntoView({ block: "center" });
}
