// The pages follow the fan's language; a suggested question is asked as if it had been typed.
/** @import {GemeloTwin} from "../gemelo.js" */

const twin = /** @type {GemeloTwin | null} */ (document.querySelector("gemelo-twin"));
const wish = new URLSearchParams(location.search).get("lang") ?? navigator.language;

/** @param {string} language */
function speak(language) {
  document.documentElement.lang = language;
  document.title = document.querySelector(`title ~ meta[name="title-${language}"]`)?.getAttribute("content") ?? document.title;
}

speak(wish.startsWith("es") ? "es" : "en");
twin?.setAttribute("language", document.documentElement.lang);
twin?.addEventListener("gemelo-language", (event) => speak(/** @type {CustomEvent} */ (event).detail.language));

document.addEventListener("click", ({ target }) => {
  const button = target instanceof Element ? target.closest("button[data-ask], button[data-language]") : null;
  if (!(button instanceof HTMLButtonElement)) return;
  if (button.dataset.language) speak(button.dataset.language);
  else twin?.ask(button.textContent.trim());
});
