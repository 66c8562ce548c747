// Requests to the API of this host, with the key from the form. The key is not stored and not sent to other hosts.

/** The key in its field. It is read for each request and kept nowhere else. */
const key = () => document.getElementById("key").value.trim();

const UNREACHABLE = {
  title: "The server cannot be reached",
  detail: "Your entries are still here. Try again in a moment.",
  errors: [],
};
const NO_KEY = {
  title: "A key is required",
  detail: "Enter your key. It begins with pb_.",
  errors: [],
};

/** POST a document; returns `{status, body}`. `body.errors` is always a list. Status 0 means no response. */
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
    return { status: 0, body: UNREACHABLE };
  }
}

/** All items of a list, page by page, at most 4,000; an empty list if it cannot be read. */
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
    // The form works without the names: ids can be typed.
  }
  return items;
}

let last = {};

/** The Idempotency-Key header of a document. It stays the same until the document changes. */
export function idempotencyKey(path, document) {
  const sent = path + JSON.stringify(document);
  if (last.sent !== sent) {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    last = { sent, key: Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("") };
  }
  return { "Idempotency-Key": last.key };
}
