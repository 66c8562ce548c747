// The registers: ids by any name, names by id, and the options that fields suggest.

import { list } from "./api.js";
import { vocabulary } from "./vocabulary.js";

const names = new Map();
const ids = new Map();
const unknown = new Set();

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[\s\p{P}]+/gu, " ").trim();

/** Read all registers that fields suggest records of. */
export async function readRegisters() {
  const registers = ["parties", "topics", "instruments", "participants", "sources"];
  await Promise.all(registers.map(async (register) => learnAll(register, await list(`/v1/${register}`))));
  for (const [word, name] of Object.entries(vocabulary.towards)) learn("addressees", word, [name, word]);
}

function learnAll(register, records) {
  for (const record of records) {
    const id = record.code ?? record.slug ?? record.id;
    const aliases = (record.aliases ?? []).map((alias) => alias.name ?? alias);
    const all = [record.name ?? record.title, id, ...Object.values(record.names ?? {}), ...aliases];
    learn(register, id, all);
    if (register === "parties") learn("addressees", id, all);
  }
}

/** Add a record with its names. The first name is shown. */
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
  // If two records have the same name, the second is suggested by its id.
  if (idOf(register, name) !== id) option.value = id;
  return option;
}

/** Add a record that is not in the book yet. */
export function learnNew(register, id, name) {
  if (!names.get(register)?.has(id)) unknown.add(`${register} ${id}`);
  learn(register, id, [name, id]);
}

/** The id of a record in the book with this name; null if there is none. */
export function idInBook(register, text) {
  const id = idOf(register, text);
  return unknown.has(`${register} ${id}`) ? null : id;
}

/** The id of a record with this name or id; null if there is none. */
export function idOf(register, text) {
  if (names.get(register)?.has(text)) return text;
  return ids.get(register)?.get(fold(text)) ?? null;
}

/** True if a name in the register begins with this text. */
export function isPrefix(register, text) {
  return [...(names.get(register)?.values() ?? [])].some((name) => name.toLowerCase().startsWith(text.toLowerCase()));
}

/** Treat all new records as in the book, after a meeting was posted. */
export function markAllKnown() {
  unknown.clear();
}

/** The name of a record, or its id if it is unknown. */
export function nameOf(register, id) {
  return names.get(register)?.get(id) ?? id;
}

/** All records of a register as [id, name]. */
export function allOf(register) {
  return [...(names.get(register) ?? [])];
}

/** A slug made of a name, by the rule of the server; empty if the name has no Latin letters. */
export function slugOf(name) {
  return fold(name.replace(/['’.]/g, "")).replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
}
