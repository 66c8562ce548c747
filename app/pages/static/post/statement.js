// The statement's text: pasted, or read from a file in the browser; sent nowhere but to this host, to be drafted from.

import { clear, show } from "./faults.js";
import { define } from "./parts.js";

const UNREADABLE = "This file is not text in UTF-8. Open it where it was written, and paste its text here.";

class Statement {
  constructor(element) {
    this.element = element;
    this.control = element.querySelector("textarea");
    this.file = element.querySelector("input[type=file]");
    this.fromFile = null;
    this.file.addEventListener("change", () => this.open());
  }

  /** A file's text is shown in the field; its line ends, which the field would change, are remembered. */
  async open() {
    const [file] = this.file.files;
    if (!file) return;
    clear(this.element);
    try {
      this.fromFile = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await file.arrayBuffer());
      this.control.value = this.fromFile;
      const isHtml = /\.x?html?$/i.test(file.name) || file.type === "text/html";
      this.element.dispatchEvent(new CustomEvent("opened", { bubbles: true, detail: { isHtml } }));
    } catch {
      show(this, UNREADABLE);
    }
  }

  /** The text as it was given: its SHA-256 is to be the file's. */
  read() {
    const typed = this.control.value;
    const isFile = this.fromFile && this.fromFile.replace(/\r\n?/g, "\n") === typed;
    const text = isFile ? this.fromFile : typed;
    return text.trim() === "" ? undefined : text;
  }

  write(text) {
    this.control.value = text ?? "";
  }

  find() {
    return this;
  }
}

define("statement", (element) => new Statement(element));
