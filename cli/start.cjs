#!/usr/bin/env node
"use strict";
// Starts the command line from V8's code cache, which the build made: half of a start is compiling. A cache of another Node is
// refused by V8 itself, and the code is compiled as usual.
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
const loadCore = () => (core ??= load("core", require));
const main = load("main", (id) => (id === "./core.js" ? loadCore().exports : require(id)));

void main.exports.main(process.argv.slice(2), __dirname).then((code) => {
  if (process.env["PULUMI_HSS_MAKE_CACHE"]) {
    // after a run: what that compiles is then in it
    main.keep();
    core?.keep();
  }
  // a pipe may still hold what was written
  process.stdout.write("", () => process.exit(code));
});
