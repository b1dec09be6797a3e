"use strict";
// Starts the plugin from V8's code cache, which the build made of it: a third of the start, and most of what the first call
// needs before it reads, is compiling. A cache of another Node is refused by V8 itself, and the code is compiled as usual.
const { existsSync, readFileSync, writeFileSync } = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");

function load(name, requireFrom) {
  const filename = path.join(__dirname, `${name}.js`);
  const cache = path.join(__dirname, `${name}.cache`);
  const cachedData = existsSync(cache) ? readFileSync(cache) : undefined;
  const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(filename, "utf8")}\n})`;
  const script = new vm.Script(source, { filename, cachedData });
  const loaded = { exports: {} };
  script.runInThisContext()(loaded.exports, requireFrom, loaded, filename, __dirname);
  return { exports: loaded.exports, keep: () => writeFileSync(cache, script.createCachedData()) };
}

let core;
const requireOrCore = (id) => (id === "./core.js" ? (core ??= load("core", require)).exports : require(id));
const server = load("server", requireOrCore);

if (process.env["PULUMI_HSS_MAKE_CACHE"]) void keepCaches();

/** After a start and a call: what those compile is then in them. */
async function keepCaches() {
  await new Promise((resolve) => setTimeout(resolve, 300));
  server.keep();
  const ignore = () => undefined;
  const log = { debug: ignore, info: ignore, warn: ignore, progress: ignore };
  const { invoke, configure } = requireOrCore("./core.js").createCore({ log, env: {} });
  configure({ endpoint: "emulator" });
  for (const [name, args] of [
    ["getAppWhitelistEvents", { format: "json" }],
    ["getAppWhitelistEvents", { fields: ["eventId", "processInfo.processHash"] }],
    ["getWhitelistPolicyDocument", { select: [{ minHosts: 2 }] }],
  ]) {
    const { failures } = await invoke(`hss:index:${name}`, args);
    if (failures) throw new Error(JSON.stringify(failures));
  }
  core.keep();
  process.exit(0);
}
