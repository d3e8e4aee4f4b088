/** @import {Grant, Site} from "./types.js" */

/** Throws a `Detail` where the server refuses. @param {Site} site @param {string | null} [resume] @returns {Promise<Grant>} */
export async function request(site, resume = null) {
  const { server, deployment, language, fan } = site;
  const response = await site.fetch(new URL("/v1/sessions", server).href, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ deployment, language, resume, fan }),
  });
  const body = await response.json().catch(() => ({}));
  if (response.ok) return { ...body, until: Date.now() + body.expires_in * 900 };
  const wait = Number(response.headers.get("Retry-After")) * 1000 || 0;
  throw { ...body.error, wait, last: response.status < 429 };
}
