import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const tool = path.join(__dirname, "../../tools/demo.mjs");

/** The demo on a machine that has Node.js and nothing else: no Pulumi, no Go, an empty home. */
export class Demo {
  private readonly root = mkdtempSync(path.join(tmpdir(), "pulumi-hss-demo-test-"));
  readonly programs = path.join(this.root, "programs");
  readonly folders = path.join(this.root, "folders");

  constructor() {
    for (const folder of [this.programs, this.folders, path.join(this.root, "home")]) mkdirSync(folder);
    symlinkSync(process.execPath, path.join(this.programs, path.basename(process.execPath)));
  }

  at = (name: string): string => path.join(this.root, name);

  close = (): void => {
    rmSync(this.root, { recursive: true, maxRetries: 5 });
  };

  /** A program in place of another, as a shell script. */
  program(name: string, script: string): void {
    writeFileSync(path.join(this.programs, name), `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}\n`, { mode: 0o755 });
  }

  /** `env` undefined: what this process has, so that the engine is found. */
  start(args: readonly string[] = [], env: NodeJS.ProcessEnv = { PATH: this.programs, HOME: this.at("home") }) {
    const child = spawn(process.execPath, [tool, ...args], { env: { ...env, TMPDIR: this.folders } });
    const said = { stdout: "", stderr: "" };
    const listeners = new Set<() => void>();
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => {
        said[name] += text;
        for (const listener of listeners) listener();
      });
    }
    const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) =>
      child.once("close", (code) => {
        resolve({ code, ...said });
      }),
    );
    /** Once standard output holds the words, or has ended. */
    const until = async (words: RegExp): Promise<string> => {
      const heard = new Promise<void>((resolve) => {
        const look = () => {
          if (words.test(said.stdout)) resolve();
        };
        listeners.add(look);
        look();
      });
      await Promise.race([heard, ended]);
      return said.stdout;
    };
    return { child, ended, until };
  }
}
