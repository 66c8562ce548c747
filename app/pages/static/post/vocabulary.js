// The vocabularies that the server puts into the page as JSON: labels of acts and addressees, limits, default values.

/** `{acts, positionActs, towards, longest, defaults}`: app/pages/views/posting.py writes it. */
export const vocabulary = JSON.parse(document.getElementById("vocabulary").textContent);
