import { readFileSync } from "node:fs";
import { join } from "node:path";
import { version } from "../version.js";
import { PluginServer } from "./server.js";

// No exports here: Pulumi starts this file as a plugin and would take an exported class for a component.

const engineAddress = process.argv.slice(2).find((argument) => /^[\w.-]+:\d+$|^\d+$/.test(argument));

const server = new PluginServer({
  version,
  engineAddress:
    engineAddress !== undefined && /^\d+$/.test(engineAddress) ? `127.0.0.1:${engineAddress}` : engineAddress,
  schema: () => readFileSync(join(__dirname, "schema.json"), "utf8"),
  core: async () => {
    const { createCore } = await import("./core.js");
    return (logOf) => createCore({ log: logOf(), logOf, env: process.env });
  },
});

server.listen().then(
  (port) => {
    process.stdout.write(`${port}\n`);
  },
  (error: unknown) => {
    process.stderr.write(`pulumi-resource-hss: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);

// an engine that was killed can't say Cancel: without it there is nobody left to answer
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.exit(0);
}, 2000).unref();
