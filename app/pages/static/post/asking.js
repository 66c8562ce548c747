// Asking the book: JSON to this host, with the key that was typed. Nothing is kept, and nothing goes anywhere else.

/** The key as it stands in its field. It is read when it is needed, and lives nowhere but there. */
const key = () => document.getElementById("key").value.trim();

const UNREACHED = {
  title: "The server could not be reached",
  detail: "What you filled in still stands here. Try again in a moment.",
  errors: [],
};
const NO_KEY = {
  title: "A key is needed",
  detail: "Type the key you were given; it begins with pb_.",
  errors: [],
};

/** What came of a POST: `{status, body}`; a problem has its `errors`. Status 0: no answer came. */
export async function post(path, document, headers = {}) {
  if (!/^[!-~]+$/.test(key())) return { status: 401, body: NO_KEY };
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${key()}`, ...headers },
      body: JSON.stringify(document),
      credentials: "omit",
      redirect: "error",
    });
    return { status: answer.status, body: { errors: [], ...(await answer.json()) } };
  } catch {
    return { status: 0, body: UNREACHED };
  }
}

/** All items of a list, page by page, up to some thousands; none if it cannot be read. */
export async function list(path) {
  const items = [];
  let cursor = "";
  try {
    for (let page = 0; page < 20 && cursor !== null; page += 1) {
      const answer = await fetch(`${path}?limit=200${cursor && `&cursor=${cursor}`}`, { credentials: "omit" });
      const { items: more, next } = await answer.json();
      items.push(...more);
      cursor = next;
    }
  } catch {
    // Names help in filling in; ids can be typed without them.
  }
  return items;
}

let last = {};

/** A header that lets the same document be sent again without being written twice. */
export function once(path, document) {
  const sent = path + JSON.stringify(document);
  if (last.sent !== sent) {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    last = { sent, key: Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("") };
  }
  return { "Idempotency-Key": last.key };
}
