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

// The reference grows after the browser has gone to the anchor of a problem, which stands below it: go there again.
function goToProblem() {
  const target = /^#[a-z-]+$/.test(location.hash) && document.getElementById(location.hash.slice(1));
  if (!target) return;
  if (document.querySelector("#swagger .opblock")) target.scrollIntoView({ behavior: "instant" });
  else requestAnimationFrame(goToProblem);
}

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
  onComplete: () => goToProblem(),
});
