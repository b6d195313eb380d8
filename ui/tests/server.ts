import { readFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    origin: string;
  }
}

// As strict as the shell's policy: what it would refuse, a test refuses.
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".woff2": "font/woff2",
};

const here = fileURLToPath(new URL(".", import.meta.url));

/** Serves the page built for tests, with the scenarios under /recorded/. */
export default async function setup(project: TestProject): Promise<() => void> {
  const server = createServer((request, response) => void answer(request.url ?? "/", response));
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  project.provide("origin", `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
  return () => void server.close();
}

async function answer(url: string, response: ServerResponse): Promise<void> {
  if (url === "/favicon.ico") return void response.writeHead(204).end(); // asked for by the browser, not by the page
  const path = fileFor(new URL(url, "http://localhost").pathname);
  try {
    const content = await readFile(path);
    response.writeHead(200, {
      "content-type": types[extname(path)] ?? "application/octet-stream",
      "content-security-policy": CONTENT_SECURITY_POLICY,
    });
    response.end(content);
  } catch {
    response.writeHead(404).end();
  }
}

function fileFor(pathname: string): string {
  const asked = normalize(decodeURIComponent(pathname)).replace(/^(\.\.[/\\])+/, "");
  if (asked.startsWith("/recorded/")) return join(here, asked);
  return join(here, "../dist-recorded", asked === "/" ? "index.html" : asked);
}
