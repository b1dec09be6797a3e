// Derives provider/schema.json from the zod definitions. A test fails when the committed file is stale.
import { build } from "esbuild";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { outputFiles } = await build({
  entryPoints: [join(root, "provider/plugin/schema.ts")],
  bundle: true,
  platform: "node",
  format: "cjs",
  write: false,
  logLevel: "warning",
});
const module = { exports: {} };
const require = createRequire(import.meta.url);
new Function("module", "exports", "require", outputFiles[0].text)(module, module.exports, require);
const manifest = require("../package.json");
writeFileSync(
  join(root, "provider/schema.json"),
  `${JSON.stringify(module.exports.packageSchema(manifest), null, 2)}\n`,
);
