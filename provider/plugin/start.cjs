"use strict";
// Starts the plugin's server from V8's code cache, which the build made of it: a third of the start is compiling gRPC. A cache
// of another Node is refused by V8 itself, and the server is then compiled as usual.
const { existsSync, readFileSync } = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");

const filename = path.join(__dirname, "server.js");
const cache = path.join(__dirname, "server.cache");
const cachedData = existsSync(cache) ? readFileSync(cache) : undefined;
const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(filename, "utf8")}\n})`;
const script = new vm.Script(source, { filename, cachedData });
script.runInThisContext()(exports, require, module, filename, __dirname);

if (process.env["PULUMI_HSS_MAKE_CACHE"]) {
  // after a moment: what starting compiles is then in it
  setTimeout(() => {
    require("node:fs").writeFileSync(cache, script.createCachedData());
    process.exit(0);
  }, 300);
}
