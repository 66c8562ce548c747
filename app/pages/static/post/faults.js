// Validation faults: each beside its field, all of them in the summary at the top. The first field gets the focus.

import { linkTo } from "./messages.js";

let ids = 0;

/** The steps of a JSON path such as `$.pledges[0].due.to`. */
function steps(path) {
  const found = path.matchAll(/\.([^.[\]]+)|\[(\d+)\]/g);
  return [...found].map(([, name, place]) => name ?? Number(place));
}

/** Show a problem response; `root` is the part that the paths start from. */
export function showProblem(problem, root) {
  clearAll();
  const placed = problem.errors.map(({ path, message }) => {
    const found = steps(path);
    const part = found.length ? root.find(found) : root;
    if (part !== root) show(part, message);
    return { part: part === root ? null : part, message };
  });
  summarise(problem, placed);
  const first = placed.find(({ part }) => part);
  if (first) focusField(first.part.control);
  else summary().focus();
}

/** Show a problem of one field. */
export function showProblemAt(part, problem) {
  clearAll();
  show(part, problem.detail);
  summarise(problem, []);
  focusField(part.control);
}

/** Show a fault beside a field. */
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

/** Remove the faults of an element and of all fields in it. */
export function clear(element) {
  for (const fault of element.querySelectorAll(".fault")) fault.remove();
  for (const control of element.querySelectorAll("[aria-invalid]")) {
    control.removeAttribute("aria-invalid");
    if (control.dataset.hint) control.setAttribute("aria-describedby", control.dataset.hint);
    else control.removeAttribute("aria-describedby");
  }
}

/** Remove all faults and the summary. */
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
  detail.textContent = located ? "Nothing was saved. Each problem is shown at its field." : problem.detail;
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
  link.textContent = location(part);
  link.addEventListener("click", (event) => {
    event.preventDefault();
    focusField(part.control);
  });
  item.append(link, `: ${message}`);
  return item;
}

/** A link to the record that this one conflicts with. */
function candidate(id) {
  const item = document.createElement("li");
  item.append(linkTo("meetings", id));
  return item;
}

/** The location of a field as text: `Pledge 2, Last day`. */
function location(part) {
  const isOwn = part.control.closest("[data-name]") === part.element;
  const label = part.control.labels?.[0] ?? part.element.querySelector("legend") ?? part.control;
  const names = [isOwn ? label.firstChild.textContent : ""];
  for (let at = part.element; at; at = at.parentElement.closest("[data-title]")) {
    if (!at.dataset?.title) continue;
    const place = at.parentElement.matches("[data-items]") ? ` ${[...at.parentElement.children].indexOf(at) + 1}` : "";
    names.unshift(at.dataset.title + place);
  }
  return names.filter(Boolean).join(", ");
}

function focusField(control) {
  for (let at = control.parentElement; at; at = at.parentElement) {
    if (at.localName === "details") at.open = true;
  }
  control.focus();
  control.scrollIntoView({ block: "center" });
}
