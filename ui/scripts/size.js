// Prints what the first screen costs compressed, and fails when that passes the bar.
// Counted: the page, its style sheets, and every script the start imports without being asked.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const LIMIT = 100_000;
const dist = join(dirname(fileURLToPath(import.meta.url)), "../dist");
const counted = new Map();

function count(path) {
  if (counted.has(path)) return;
  const text = readFileSync(join(dist, path), "utf8");
  counted.set(path, gzipSync(text, { level: 9 }).length);
  if (path.endsWith(".js")) staticImports(text).forEach((name) => count(join(dirname(path), name)));
}

function staticImports(script) {
  return [...script.matchAll(/(?:\bfrom|\bimport)\s*["'`](\.{1,2}\/[^"'`]+)["'`]/g)].map((match) => match[1]);
}

count("index.html");
const page = readFileSync(join(dist, "index.html"), "utf8");
for (const match of page.matchAll(/(?:src|href)="\.?\/?([^"]+\.(?:js|css))"/g)) count(match[1]);

const total = [...counted.values()].reduce((sum, size) => sum + size, 0);
for (const [path, size] of counted) console.log(`${String(size).padStart(8)}  ${path}`);
console.log(`${String(total).padStart(8)}  bytes compressed before anything on demand, of ${LIMIT}`);
if (total > LIMIT) process.exit(1);
