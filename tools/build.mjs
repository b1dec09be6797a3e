import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

// dist/: what programs import. provider/bin/: the plugin in two bundles - one that starts, one that a call loads.
const root = join(dirname(fileURLToPath(import.meta.url)), "..");

// a consumer's install has the build already and none of the tools for it
if (!existsSync(join(root, "tsconfig.json"))) process.exit(0);

const compiler = join(root, "node_modules/typescript/bin/tsc");
const compiled = spawnSync(process.execPath, [compiler, "-p", join(root, "tsconfig.json")], { stdio: "inherit" });
if (compiled.status !== 0) process.exit(compiled.status ?? 1);

const plugin = {
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  minifyWhitespace: true,
  minifySyntax: true,
  keepNames: true,
  legalComments: "none",
  logLevel: "warning",
  absWorkingDir: root,
};
await Promise.all([
  build({
    ...plugin,
    entryPoints: { plugin: "provider/plugin/main.ts" },
    outdir: "provider/bin",
    external: ["./core.js"],
  }),
  build({ ...plugin, entryPoints: { core: "provider/plugin/core.ts" }, outdir: "provider/bin" }),
]);

for (const executable of ["provider/pulumi-resource-hss", "dist/emulator/command.js"])
  chmodSync(join(root, executable), 0o755);
