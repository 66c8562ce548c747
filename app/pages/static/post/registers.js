// What the book calls things: ids by any name, names by id, and the lists that fields complete from.

import { list } from "./asking.js";

const ADDRESSEES = {
  "each-other": "each other",
  "international-community": "the international community",
  unspecified: "nobody named",
};
const names = new Map();
const ids = new Map();
const unknown = new Set();

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[\s\p{P}]+/gu, " ").trim();

/** Read every register that a field completes from. */
export async function readRegisters() {
  const registers = ["parties", "topics", "instruments", "participants", "sources"];
  await Promise.all(registers.map(async (register) => learnAll(register, await list(`/v1/${register}`))));
  for (const [word, name] of Object.entries(ADDRESSEES)) learn("addressees", word, [name, word]);
}

function learnAll(register, records) {
  for (const record of records) {
    const id = record.code ?? record.slug ?? record.id;
    const aliases = (record.aliases ?? []).map((alias) => alias.name ?? alias);
    const called = [record.name ?? record.title, id, ...Object.values(record.names ?? {}), ...aliases];
    learn(register, id, called);
    if (register === "parties") learn("addressees", id, called);
  }
}

/** Know a thing by its names, the first of which is shown. */
export function learn(register, id, called) {
  if (!names.has(register)) {
    names.set(register, new Map());
    ids.set(register, new Map());
  }
  const isNew = !names.get(register).has(id);
  names.get(register).set(id, called[0]);
  for (const name of called) {
    if (!ids.get(register).has(fold(name))) ids.get(register).set(fold(name), id);
  }
  if (isNew) document.getElementById(`known-${register}`)?.append(offered(register, id, called[0]));
}

function offered(register, id, name) {
  const option = new Option(id, name);
  // Two things of one name are told apart by their ids.
  if (idOf(register, name) !== id) option.value = id;
  return option;
}

/** Know somebody whom the book does not know yet. */
export function learnNew(register, id, name) {
  if (!names.get(register)?.has(id)) unknown.add(`${register} ${id}`);
  learn(register, id, [name, id]);
}

/** Whether the book has what is called so; gives its id, or null. */
export function idInBook(register, text) {
  const id = idOf(register, text);
  return unknown.has(`${register} ${id}`) ? null : id;
}

/** The id of what is called so; null if nothing is. An id is always called by itself. */
export function idOf(register, text) {
  if (names.get(register)?.has(text)) return text;
  return ids.get(register)?.get(fold(text)) ?? null;
}

/** Whether a name of the register begins so. */
export function begins(register, text) {
  return [...(names.get(register)?.values() ?? [])].some((name) => name.toLowerCase().startsWith(text.toLowerCase()));
}

/** What was new is in the book now: it was posted. */
export function knowAll() {
  unknown.clear();
}

/** What is shown for an id: its name, or itself where the book does not know it. */
export function nameOf(register, id) {
  return names.get(register)?.get(id) ?? id;
}

/** All of a register, as [id, name]. */
export function allOf(register) {
  return [...(names.get(register) ?? [])];
}

/** A slug made of a name, as the book makes its own; empty if the name has no Latin letter. */
export function slugOf(name) {
  return fold(name.replace(/['’.]/g, "")).replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
}
