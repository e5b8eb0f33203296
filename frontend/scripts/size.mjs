// What a first visit to the trade page loads as JavaScript, gzipped, against the most it may be.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT_BYTES = 250 * 1000;
const ENTRY = "src/main.tsx";
const TRADE_PAGE = "src/pages/trade/TradePage.tsx";

const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));

function collect(name, found) {
  if (found.has(name)) return found;
  const chunk = manifest[name];
  if (!chunk) throw new Error(`${name} is not in the build`);
  found.add(name);
  for (const imported of chunk.imports ?? []) collect(imported, found);
  return found;
}

const chunks = new Set();
collect(ENTRY, chunks);
if (manifest[TRADE_PAGE]) {
  collect(TRADE_PAGE, chunks);
  // The trade page shows its chart at once, so what it loads lazily is part of the first visit.
  for (const lazy of manifest[TRADE_PAGE].dynamicImports ?? []) collect(lazy, chunks);
}

let total = 0;
for (const name of chunks) {
  const { file } = manifest[name];
  const bytes = gzipSync(readFileSync(new URL(file, dist))).length;
  total += bytes;
  console.log(`${String(bytes).padStart(8)}  ${file}`);
}
console.log(`${String(total).padStart(8)}  of ${LIMIT_BYTES} bytes of gzipped JavaScript`);
if (total > LIMIT_BYTES) {
  console.error("The page has become too heavy for its first load.");
  process.exit(1);
}
