import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

export const binary = path.join(__dirname, "../../dist/cli/hss.js");

/** The built command in a folder of its own, with no variable of this machine. */
export class CommandLine {
  readonly folder = mkdtempSync(path.join(tmpdir(), "hss-cli-"));

  at = (name: string): string => path.join(this.folder, name);

  close = (): void => rmSync(this.folder, { recursive: true });

  async run(
    args: readonly string[],
    { env = {}, input = "", signalAfter }: { env?: NodeJS.ProcessEnv; input?: string; signalAfter?: number } = {},
  ): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const child = spawn(process.execPath, [binary, ...args], {
      cwd: this.folder,
      env: { PATH: process.env["PATH"], HOME: this.folder, ...env },
    });
    const said = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (said.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said.stderr += text));
    child.stdin.on("error", () => undefined).end(input);
    if (signalAfter !== undefined) setTimeout(() => child.kill("SIGINT"), signalAfter);
    const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
    return { code, ...said };
  }
}
