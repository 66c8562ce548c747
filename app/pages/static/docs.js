// The docs page: start Swagger UI, follow the colour scheme, copy the example request.
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

// The page has its own introduction, so that of the OpenAPI document is hidden.
const withoutInfo = () => ({ components: { InfoContainer: () => null } });

// The problem types are below the reference, which grows while it renders. After each change of size, scroll to the
// anchor again, until the reader scrolls or types.
function scrollToProblem() {
  const target = /^#[a-z-]+$/.test(location.hash) && document.getElementById(location.hash.slice(1));
  if (!target) return;
  const observer = new ResizeObserver(() => target.scrollIntoView({ behavior: "instant" }));
  observer.observe(document.getElementById("swagger"));
  for (const type of ["wheel", "touchstart", "pointerdown", "keydown"]) {
    addEventListener(type, () => observer.disconnect(), { once: true, passive: true });
  }
}

scrollToProblem();
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
