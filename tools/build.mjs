import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { devNull } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

// dist/: what programs import. provider/bin/: the plugin in two bundles - one that starts, from V8's code cache, and one that a call loads.
const root = join(dirname(fileURLToPath(import.meta.url)), "..");

// a consumer's install has the build already and none of the tools for it
if (!existsSync(join(root, "tsconfig.json"))) process.exit(0);

const compiler = join(root, "node_modules/typescript/bin/tsc");
const compiled = spawnSync(process.execPath, [compiler, "-p", join(root, "tsconfig.json")], { stdio: "inherit" });
if (compiled.status !== 0) process.exit(compiled.status ?? 1);

// what was compiled from a source that is gone
for (const folder of ["provider", "sdk", "emulator"]) {
  for (const name of readdirSync(join(root, "dist", folder), { recursive: true, encoding: "utf8" })) {
    const source = join(root, folder, name.replace(/\.(d\.ts|js)$/, ".ts"));
    if (/\.(d\.ts|js)$/.test(name) && !existsSync(source)) rmSync(join(root, "dist", folder, name));
  }
}

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
const outdir = "provider/bin";
rmSync(join(root, outdir), { recursive: true, force: true });
await Promise.all([
  build({
    ...plugin,
    entryPoints: { server: "provider/plugin/main.ts" },
    outdir,
    external: ["./core.js"],
    // a require, so that the code cache needs no module loader of its own
    supported: { "dynamic-import": false },
  }),
  build({ ...plugin, entryPoints: { core: "provider/plugin/core.ts" }, outdir }),
]);
copyFileSync(join(root, "provider/schema.json"), join(root, outdir, "schema.json"));
const entry = join(root, outdir, "plugin.js");
copyFileSync(join(root, "provider/plugin/start.cjs"), entry);
const cached = spawnSync(process.execPath, [entry], {
  env: { ...process.env, PULUMI_HSS_MAKE_CACHE: "1" },
  stdio: "ignore",
});
if (cached.status !== 0) process.exit(cached.status ?? 1);

// the command line, in the same two parts
const commandLine = "dist/cli";
await Promise.all([
  build({
    ...plugin,
    entryPoints: { main: "cli/main.ts" },
    outdir: commandLine,
    external: ["./core.js"],
    supported: { "dynamic-import": false },
  }),
  build({ ...plugin, entryPoints: { core: "cli/core.ts" }, outdir: commandLine }),
]);
const hss = join(root, commandLine, "hss.js");
copyFileSync(join(root, "cli/start.cjs"), hss);
const { surface } = createRequire(import.meta.url)(join(root, commandLine, "core.js"));
writeFileSync(join(root, commandLine, "surface.json"), JSON.stringify(surface()));
// what a run compiles is then in the caches
for (const args of [["policy", "--sample", "--select", '[{"minHosts":2}]', "--out", devNull]]) {
  const ran = spawnSync(process.execPath, [hss, ...args], {
    env: { ...process.env, PULUMI_HSS_MAKE_CACHE: "1" },
    stdio: ["ignore", "ignore", "pipe"],
    encoding: "utf8",
  });
  if (ran.status !== 0) {
    process.stderr.write(ran.stderr);
    process.exit(ran.status ?? 1);
  }
}

for (const executable of ["provider/pulumi-resource-hss", "dist/emulator/command.js", "dist/cli/hss.js"])
  chmodSync(join(root, executable), 0o755);
