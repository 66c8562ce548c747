// What the page says of what it did, seen and heard: one line, in a live region.

/** Say something; with `undo`, beside a button that takes it back. */
export function say(message, undo = null) {
  const line = document.getElementById("told");
  line.replaceChildren(message);
  if (!undo) return;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Undo";
  button.addEventListener("click", () => {
    line.replaceChildren();
    undo();
  });
  line.append(" ", button);
}
