// Merge two drafts: keep the first, and add what it lacks from the second.

import { vocabulary } from "./vocabulary.js";

const UNITED = ["pledgors", "towards", "about", "topics", "speakers", "instruments", "formula", "links"];

/** The merged pledge of two documents; `text` is the text of the source with the id `cited`. */
export function merged(first, second, text, cited) {
  const result = { ...first };
  for (const [name, value] of Object.entries(second)) result[name] ??= value;
  for (const name of UNITED) result[name] = united(first[name], second[name]).slice(0, vocabulary.longest[name]);
  // A word such as each-other must be the only addressee.
  if (result.towards.length > 1 && result.towards.some((code) => code in vocabulary.towards)) result.towards = first.towards;
  result.citations = joined(united(first.citations, second.citations), text, cited);
  return result;
}

function united(first = [], second = []) {
  const seen = new Set(first.map((item) => JSON.stringify(item)));
  return [...first, ...second.filter((item) => !seen.has(JSON.stringify(item)))];
}

/** True if both ends of the span are set. */
const isSpan = ({ start, end }) => Number.isInteger(start) && Number.isInteger(end);

/** Citations in the order of the text. Adjacent citations of the same zone become one. */
function joined(citations, text, cited) {
  const result = [];
  for (const next of [...citations].sort((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    const same = last && last.source === next.source && last.zone === next.zone;
    const isOfText = text && next.source !== undefined && next.source === cited;
    const touching = same && isOfText && isSpan(last) && isSpan(next) && text.touch(last, next);
    if (touching) result[result.length - 1] = { ...last, end: Math.max(last.end, next.end) };
    else result.push(next);
  }
  return result;
}
