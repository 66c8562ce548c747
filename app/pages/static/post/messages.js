// Messages about what the page did, in a live region; and links to records.

const line = () => document.getElementById("message");

/** Show a message, also to screen readers; with `undo`, add an Undo button. */
export function showMessage(message, undo = null) {
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

/** Remove the message, unless it has an Undo button. */
export function clearMessage() {
  if (!line().querySelector("button")) line().replaceChildren();
}

/** Announce a message to screen readers only. */
export function announce(message) {
  line().classList.add("hidden");
  line().replaceChildren(message);
}

/** A link to the page of a record. It opens in a new tab, so that the form is not lost. */
export function linkTo(section, id) {
  const link = document.createElement("a");
  link.href = `/${section}/${encodeURIComponent(id)}`;
  link.target = "_blank";
  link.rel = "noopener";
  link.textContent = id;
  return link;
}
