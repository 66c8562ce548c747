// Posting by hand: a text becomes drafts, the drafts are corrected beside it, and the meeting is checked and posted.

import { once, post } from "./asking.js";
import { Drafts } from "./drafts.js";
import { clear, clearAll, tell, tellAt } from "./faults.js";
import { bind } from "./parts.js";
import "./leaves.js";
import "./people.js";
import { Reader } from "./reader.js";
import { knowAll, readRegisters } from "./registers.js";
import { chooseFrom } from "./sources.js";
import { Text } from "./spans.js";
import "./statement.js";
import { say, settle } from "./telling.js";
import "./tokens.js";

const at = (id) => document.getElementById(id);
const form = at("posting");
const key = { element: at("key").closest(".field"), control: at("key") };
const request = bind(at("request"));
const meeting = bind(at("meeting"));
const sources = meeting.find(["sources"]);
chooseFrom(sources);

// The source whose text stands beside the drafts, if a text was given.
let textSource = null;
let isUnsaved = false;
let isCorrected = false;

const reader = new Reader(at("text"), at("chosen"), {
  open: (id) => drafts.openById(id),
  light: (ids) => drafts.lighten(ids),
});
const drafts = new Drafts(meeting.find(["pledges"]), reader, () => textSource);
const names = readRegisters();

// From a text to a document --------------------------------------------------------------------------------------------

/** Ask for drafts of the text, and fill the form with them; with `withDrafts` false, with nothing but the source. */
async function draft(withDrafts) {
  if (isCorrected && !confirm("Begin anew? What you have corrected below would be lost.")) return say("");
  const asked = request.read();
  if (asked.text === undefined && !withDrafts) return begin({ sources: [{}] }, null);
  const { status, body } = await post("/v1/drafts", asked);
  if (status !== 200) return refused(status, body, request);
  const { document, notes, text } = body;
  await begin(named(document), text);
  textSource = sources.parts[0];
  textSource.fix();
  if (withDrafts) drafts.fill(document.pledges.map(cite(textSource.id)), notes);
  isCorrected = false;
  say(withDrafts ? `${count(document.pledges.length, "draft")} found. Correct them, then check and post.` : "");
}

/** Show the form of a meeting, filled with a document, and beside its pledges the text if there is one. */
async function begin(document, text) {
  await names;
  clearAll();
  say("");
  textSource = null;
  reader.show(text && new Text(text));
  if (text) offerText(text);
  meeting.write(document);
  for (const id of ["meeting", "posted-by"]) at(id).hidden = false;
  at("posted").hidden = true;
  at("similar").checked = false;
  at("really-another").hidden = true;
  at("beside").hidden = text === null;
  at("meeting-heading").focus();
  at("meeting-heading").scrollIntoView();
  isCorrected = false;
}

/** The document with an id for its source that tells it apart from others, and without what a POST takes no part of. */
function named({ kind, id, retracted, ...document }) {
  const [source, ...others] = document.sources;
  const told = [document.held_on, ...document.parties, "statement"].filter(Boolean).join("-").toLowerCase();
  return { ...document, sources: [{ ...source, id: told }, ...others], pledges: [] };
}

const cite = (id) => (pledge) => ({
  ...pledge,
  citations: pledge.citations.map((citation) => ({ ...citation, source: id })),
});

/** The book does not keep the text, so it can be kept by whoever posts: as the offsets count in it. */
function offerText(text) {
  const link = at("save-text");
  URL.revokeObjectURL(link.href);
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
}

// From the form to the book --------------------------------------------------------------------------------------------

/** The meeting as it stands in the form. A new person is given whole once, and by slug where they speak. */
function written() {
  const document = meeting.read();
  const whole = new Set(document.participants.map(({ participant }) => participant?.slug).filter(Boolean));
  for (const pledge of document.pledges) {
    pledge.speakers = pledge.speakers.map((speaker) => (whole.has(speaker.slug) ? speaker.slug : speaker));
  }
  return document;
}

async function send(isDryRun) {
  const document = written();
  const asked = { dry_run: isDryRun, allow_similar: at("similar").checked };
  const told = Object.entries(asked).filter(([, value]) => value).map(([name]) => `${name}=true`);
  const path = ["/v1/meetings", told.join("&")].filter(Boolean).join("?");
  const { status, body } = await post(path, document, isDryRun ? {} : once(path, document));
  if (status === 409) at("really-another").hidden = false;
  if (status !== 200 && status !== 201) return refused(status, body, meeting);
  clearAll();
  const what = `${body.id}, with ${count(body.pledges.length, "pledge or position", "pledges and positions")}`;
  if (isDryRun) return say(`All is well. The book would take it as ${what}. Nothing was written.`);
  knowAll();
  isUnsaved = isCorrected = false;
  say("");
  const link = at("posted-link");
  link.href = `/meetings/${encodeURIComponent(body.id)}`;
  link.textContent = body.title;
  at("posted-what").textContent = what;
  at("posted").hidden = false;
  at("posted").focus();
}

function refused(status, problem, root) {
  say("");
  if (status === 401 || status === 403) tellAt(key, problem);
  else tell(problem, root);
}

/** Have a button ask the book; while it does, no button asks anything else. */
function asks(id, ask) {
  at(id).addEventListener("click", async () => {
    if (form.ariaBusy === "true") return;
    form.ariaBusy = "true";
    say("Asking the book …");
    try {
      await ask();
    } finally {
      form.ariaBusy = "false";
    }
  });
}

const count = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;

// What the page listens to ---------------------------------------------------------------------------------------------

asks("draft", () => draft(true));
asks("begin-empty", () => draft(false));
asks("check", () => send(true));
asks("post", () => send(false));
at("add-chosen").addEventListener("click", () => drafts.add());
at("add-pledge").addEventListener("click", () => drafts.add());
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("opened", ({ detail }) => request.find(["media_type"]).write(detail.isHtml ? "text/html" : "text/plain"));
form.addEventListener("input", ({ target, isTrusted }) => {
  if (isTrusted) settle();
  isUnsaved ||= target !== key.control;
  const field = target.closest(".field");
  if (field?.querySelector(".fault")) clear(field);
});
meeting.element.addEventListener("input", () => {
  isCorrected = true;
});
sources.element.addEventListener("input", () => drafts.follow());
addEventListener("beforeunload", (event) => isUnsaved && event.preventDefault());
addEventListener("pagehide", () => {
  key.control.value = "";
});
form.hidden = false;
