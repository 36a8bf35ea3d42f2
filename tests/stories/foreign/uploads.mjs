// Uploads a picture by Node's fetch, and prints what became of it.
// Usage: node uploads.mjs URL TOKEN NAME; the picture comes over the standard input.

import { readFileSync } from "node:fs";

const [url, token, name] = process.argv.slice(2);
const form = new FormData();
form.append("csrf", "x");
form.append("file", new Blob([readFileSync(0)], { type: "image/png" }), name);
const response = await fetch(url, { method: "POST", headers: { authorization: `Bearer ${token}` }, body: form });
console.log(await response.text());
