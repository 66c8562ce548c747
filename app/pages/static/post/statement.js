// The text of the statement: pasted, or read from a file in the browser.

import { clear, show } from "./faults.js";
import { define } from "./parts.js";

const UNREADABLE = "This file is not UTF-8 text. Open it in its own program and paste the text here.";

class Statement {
  constructor(element) {
    this.element = element;
    this.control = element.querySelector("textarea");
    this.file = element.querySelector("input[type=file]");
    this.fromFile = null;
    this.file.addEventListener("change", () => this.open());
  }

  /** Show the text of a file in the field. The field changes line ends, so the original text is kept too. */
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

  /** The text with its original line ends, so that its SHA-256 is that of the file. */
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
