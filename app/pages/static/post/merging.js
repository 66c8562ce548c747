// Two drafts of one pledge made one: the first is kept, and what it lacks is taken from the second.

const UNITED = ["pledgors", "towards", "about", "topics", "speakers", "instruments", "formula", "links"];
const MOST = { topics: 6, formula: 3 };
const ALONE = ["each-other", "international-community", "unspecified"];

/** The pledge that two documents make together; `text` is the one that spans of the source `cited` count in. */
export function merged(first, second, text, cited) {
  const result = { ...first };
  for (const [name, value] of Object.entries(second)) result[name] ??= value;
  for (const name of UNITED) result[name] = united(first[name], second[name]).slice(0, MOST[name]);
  if (result.towards.length > 1 && ALONE.some((word) => result.towards.includes(word))) result.towards = first.towards;
  result.citations = joined(united(first.citations, second.citations), text, cited);
  return result;
}

function united(first = [], second = []) {
  const seen = new Set(first.map((item) => JSON.stringify(item)));
  return [...first, ...second.filter((item) => !seen.has(JSON.stringify(item)))];
}

/** Whether it says where it begins and ends: a place that is yet to be chosen does not. */
const isSpan = ({ start, end }) => Number.isInteger(start) && Number.isInteger(end);

/** Citations in the order of the text; those of one zone that touch are one. */
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
