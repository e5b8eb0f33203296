// Types of the API from its OpenAPI document: npm run types -- <schema.json> [<output.d.ts>]
import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";

const [schema, output = "src/api/schema.d.ts"] = process.argv.slice(2);
if (!schema) {
  console.error("usage: npm run types -- <schema.json> [<output.d.ts>]");
  process.exit(2);
}
const nodes = await openapiTS(pathToFileURL(schema));
writeFileSync(output, `// Generated from the OpenAPI document by "npm run types". Do not edit.\n${astToString(nodes)}`);
