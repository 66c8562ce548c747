// The docs page: the reference by Swagger UI, the dark scheme, and the button that copies.
"use strict";

const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

const copy = document.getElementById("copy");
if (copy && navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById("question").textContent);
    copy.textContent = "Copied";
    setTimeout(() => (copy.textContent = "Copy"), 1500);
  });
}

// The page says what the document's introduction says, and says it better.
const withoutInfo = () => ({ components: { InfoContainer: () => null } });

// The reference grows, step by step, after the browser has gone to the anchor of a problem, which stands below it: go
// there again at each step, until the reader goes elsewhere.
function goToProblem() {
  const target = /^#[a-z-]+$/.test(location.hash) && document.getElementById(location.hash.slice(1));
  if (!target) return;
  const growing = new ResizeObserver(() => target.scrollIntoView({ behavior: "instant" }));
  growing.observe(document.getElementById("swagger"));
  for (const act of ["wheel", "touchstart", "pointerdown", "keydown"]) {
    addEventListener(act, () => growing.disconnect(), { once: true, passive: true });
  }
}

goToProblem();
SwaggerUIBundle({
  url: document.getElementById("swagger").dataset.openapi,
  dom_id: "#swagger",
  plugins: [withoutInfo],
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  defaultModelExpandDepth: 2,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  persistAuthorization: false,
  validatorUrl: null,
});
