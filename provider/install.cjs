"use strict";
// Pulumi runs `npm install` in this folder before it reads the schema, wants a node_modules after that, and starts the plugin by
// a file of its SDK that it looks for there. The plugin brings all it needs: this stands for the SDK, and no lock file is left.
const { mkdirSync, rmSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const folder = join(__dirname, "node_modules", "@pulumi", "pulumi", "cmd", "run-plugin");
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "index.js"), 'require("../../../../../bin/plugin.js");\n');
rmSync(join(__dirname, "package-lock.json"), { force: true });
