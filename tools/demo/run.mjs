import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { isolated } from "../engine.mjs";

/** Settings of the person's own accounts: a demo reads samples, the same on every machine. */
const foreign = /^(HW_|HUAWEICLOUD_|CLOUD_SDK_|OS_|HSS_)/i;

/** @param {NodeJS.ProcessEnv} [env] */
export const withoutAccounts = (env = process.env) =>
  isolated(
    { PATH: env.PATH ?? env.Path ?? "" },
    Object.fromEntries(Object.entries(env).filter(([name]) => !foreign.test(name))),
  );

/**
 * Runs a program to its end. Rejects with all that it said where it fails.
 *
 * @param {string} program @param {readonly string[]} args
 * @param {{cwd: string, env: NodeJS.ProcessEnv, heard?: (line: string) => void}} options `heard`: each line of standard error as it comes
 * @returns {Promise<{stdout: string, stderr: string}>}
 */
export const run = (program, args, { cwd, env, heard = () => undefined }) =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    const said = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text) => (said.stdout += text));
    createInterface({ input: child.stderr }).on("line", (line) => {
      said.stderr += `${line}\n`;
      heard(line);
    });
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (code === 0) resolve(said);
      else
        reject(new Error(`${program} ${args.join(" ")} ended with ${signal ?? code}:\n${said.stdout}${said.stderr}`));
    });
  });
