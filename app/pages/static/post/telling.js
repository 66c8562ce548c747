// What the page tells of what it did, in a live region, and where it leads on.

const line = () => document.getElementById("told");

/** Say something, seen and heard; with `undo`, beside a button that takes it back. */
export function say(message, undo = null) {
  line().classList.remove("hidden");
  line().replaceChildren(message);
  if (!undo) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.textContent = "Undo";
  button.addEventListener("click", () => {
    line().replaceChildren();
    undo();
  });
  line().append(" ", button);
}

/** Take back what was said, once people go on; not while it can be undone. */
export function settle() {
  if (!line().querySelector("button")) line().replaceChildren();
}

/** Say what can be seen already to those who listen. */
export function hear(message) {
  line().classList.add("hidden");
  line().replaceChildren(message);
}

/** A link to the page of a record, which opens beside the form: leaving it would lose what is filled in. */
export function linkTo(section, id) {
  const link = document.createElement("a");
  link.href = `/${section}/${encodeURIComponent(id)}`;
  link.target = "_blank";
  link.rel = "noopener";
  link.textContent = id;
  return link;
}
