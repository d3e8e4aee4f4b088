// Asking the server for a session.
/** @import {Site, Grant} from "./types.js" */

/** What the server answered instead of a session. `wait`: ms that it asked to wait, or 0. `last`: asking again is no use. */
export class Refusal extends Error {
  /** @param {string} code @param {string} message @param {number} wait @param {boolean} last */
  constructor(code, message, wait, last) {
    super(message);
    Object.assign(this, { code, wait, last });
  }
}

/** @param {Site} site @param {string | null} [resume] @returns {Promise<Grant>} `until` is in ms since the epoch */
export async function request(site, resume = null) {
  const { server, deployment, language } = site;
  const response = await site.fetch(`${server}/v1/sessions`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ deployment, language, resume }),
  });
  const body = await response.json().catch(() => ({}));
  if (response.ok) return { ...body, until: Date.now() + body.expires_in * 900 };
  const { code = "error", message = "" } = body.error ?? {};
  const wait = Number(response.headers.get("Retry-After")) * 1000 || 0;
  throw new Refusal(code, message, wait, response.status < 500 && response.status !== 429);
}
