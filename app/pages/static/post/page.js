// The posting page: draft pledges from a text, fill the form with them, check and post the meeting.

import { idempotencyKey, post } from "./api.js";
import { Drafts } from "./drafts.js";
import { clear, clearAll, showProblem, showProblemAt } from "./faults.js";
import { bind } from "./parts.js";
import "./inputs.js";
import "./people.js";
import { Reader } from "./reader.js";
import { markAllKnown, readRegisters } from "./registers.js";
import { chooseFrom } from "./sources.js";
import { Text } from "./spans.js";
import "./statement.js";
import { clearMessage, showMessage } from "./messages.js";
import "./tokens.js";

const at = (id) => document.getElementById(id);
const form = at("posting");
const key = { element: at("key").closest(".field"), control: at("key") };
const request = bind(at("request"));
const meeting = bind(at("meeting"));
const sources = meeting.find(["sources"]);
chooseFrom(sources);

// The source of the text beside the drafts; null without a text.
let textSource = null;
let isUnsaved = false;
let isCorrected = false;

const reader = new Reader(at("text"), at("chosen"), {
  open: (id) => drafts.openById(id),
  highlight: (ids) => drafts.highlight(ids),
});
const drafts = new Drafts(meeting.find(["pledges"]), reader, () => textSource);
const names = readRegisters();

// From a text to a document --------------------------------------------------------------------------------------------

/** Request drafts of the text and fill the form; if `withDrafts` is false, fill in only the source. */
async function draft(withDrafts) {
  if (isCorrected && !confirm("Start again? Your corrections below will be lost.")) return showMessage("");
  const body = request.read();
  if (body.text === undefined && !withDrafts) return begin({ sources: [{}] }, null);
  const response = await post("/v1/drafts", body);
  if (response.status !== 200) return refused(response.status, response.body, request);
  const { document, notes, text } = response.body;
  await begin(named(document), text);
  textSource = sources.parts[0];
  textSource.fix();
  if (withDrafts) drafts.fill(document.pledges.map(cite(textSource.id)), notes);
  isCorrected = false;
  showMessage(withDrafts ? `${count(document.pledges.length, "draft")} found. Correct them, then check and post.` : "");
}

/** Show the form of a meeting filled with a document, and the text beside its pledges, if there is one. */
async function begin(document, text) {
  await names;
  clearAll();
  showMessage("");
  textSource = null;
  reader.show(text && new Text(text));
  if (text) offerText(text);
  meeting.write(document);
  for (const id of ["meeting", "posted-by"]) at(id).hidden = false;
  at("posted").hidden = true;
  at("similar").checked = false;
  at("not-duplicate").hidden = true;
  at("beside").hidden = text === null;
  at("meeting-heading").focus();
  at("meeting-heading").scrollIntoView();
  isCorrected = false;
}

/** The document with an id for its source, and without the members that a POST does not accept. */
function named({ kind, id, retracted, ...document }) {
  const [source, ...others] = document.sources;
  const sourceId = [document.held_on, ...document.parties, "statement"].filter(Boolean).join("-").toLowerCase();
  return { ...document, sources: [{ ...source, id: sourceId }, ...others], pledges: [] };
}

const cite = (id) => (pledge) => ({
  ...pledge,
  citations: pledge.citations.map((citation) => ({ ...citation, source: id })),
});

/** Offer the text for download, since the server does not store it. The offsets of citations refer to it. */
function offerText(text) {
  const link = at("save-text");
  URL.revokeObjectURL(link.href);
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
}

// From the form to the API ---------------------------------------------------------------------------------------------

/** The meeting in the form. A new person is a whole record among the participants, and an id elsewhere. */
function readMeeting() {
  const document = meeting.read();
  const whole = new Set(document.participants.map(({ participant }) => participant?.slug).filter(Boolean));
  for (const pledge of document.pledges) {
    pledge.speakers = pledge.speakers.map((speaker) => (whole.has(speaker.slug) ? speaker.slug : speaker));
  }
  return document;
}

async function send(isDryRun) {
  const document = readMeeting();
  const parameters = { dry_run: isDryRun, allow_similar: at("similar").checked };
  const query = Object.entries(parameters).filter(([, value]) => value).map(([name]) => `${name}=true`);
  const path = ["/v1/meetings", query.join("&")].filter(Boolean).join("?");
  const { status, body } = await post(path, document, isDryRun ? {} : idempotencyKey(path, document));
  if (status === 409) at("not-duplicate").hidden = false;
  if (status !== 200 && status !== 201) return refused(status, body, meeting);
  clearAll();
  const what = `${body.id}, with ${count(body.pledges.length, "pledge or position", "pledges and positions")}`;
  if (isDryRun) return showMessage(`No problems found. The meeting would be saved as ${what}. Nothing was saved yet.`);
  markAllKnown();
  isUnsaved = isCorrected = false;
  showMessage("");
  const link = at("posted-link");
  link.href = `/meetings/${encodeURIComponent(body.id)}`;
  link.textContent = body.title;
  at("posted-what").textContent = what;
  at("posted").hidden = false;
  at("posted").focus();
}

function refused(status, problem, root) {
  showMessage("");
  if (status === 401 || status === 403) showProblemAt(key, problem);
  else showProblem(problem, root);
}

/** Run `action` when a button is clicked; ignore all such buttons until it is done. */
function onClick(id, action) {
  at(id).addEventListener("click", async () => {
    if (form.ariaBusy === "true") return;
    form.ariaBusy = "true";
    showMessage("Please wait …");
    try {
      await action();
    } finally {
      form.ariaBusy = "false";
    }
  });
}

const count = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;

// Event listeners ------------------------------------------------------------------------------------------------------

onClick("draft", () => draft(true));
onClick("begin-empty", () => draft(false));
onClick("check", () => send(true));
onClick("post", () => send(false));
at("add-chosen").addEventListener("click", () => drafts.add());
at("add-pledge").addEventListener("click", () => drafts.add());
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("opened", ({ detail }) => request.find(["media_type"]).write(detail.isHtml ? "text/html" : "text/plain"));
form.addEventListener("input", ({ target, isTrusted }) => {
  if (isTrusted) clearMessage();
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
