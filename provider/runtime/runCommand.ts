import { spawn } from "node:child_process";
import type { Env } from "./runtime.js";

export interface CommandRun {
  readonly input: Uint8Array;
  readonly env: Env;
  readonly timeoutMs: number;
  /** More on standard output is an error, in bytes. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
}

export interface CommandEnd {
  readonly stdout: Buffer;
  /** Its end, where it is long. */
  readonly stderr: string;
  /** Why it did not end well: for people. Undefined where it did. */
  readonly failure?: string;
}

const keptOfStderr = 4096;

/**
 * Runs a program without a shell, gives it bytes and takes what it prints. It keeps this process's terminal, so that it may ask
 * for a PIN. Never rejects but for an abort, with the signal's reason; a program that is too slow is killed, and what it has
 * started is not waited for.
 */
export function runCommand(words: readonly string[], run: CommandRun): Promise<CommandEnd> {
  const { input, env, timeoutMs, maxBytes, signal } = run;
  const [program = "", ...args] = words;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = spawn(program, args, { env: { ...env }, stdio: "pipe", windowsHide: true });
    const stdout: Buffer[] = [];
    let size = 0;
    let stderr = "";
    const settle = (done: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
      child.kill("SIGKILL");
      done();
    };
    const end = (failure?: string): void =>
      settle(() => resolve({ stdout: Buffer.concat(stdout), stderr, ...(failure !== undefined && { failure }) }));
    const abort = (): void => settle(() => reject(signal?.reason as Error));
    const timer = setTimeout(() => end(`did not end within ${timeoutMs / 1000} s`), timeoutMs);
    signal?.addEventListener("abort", abort, { once: true });
    child.once("error", (error: NodeJS.ErrnoException) =>
      end(error.code === "ENOENT" ? "is no program that can be found" : `can't be run (${error.code ?? "unknown"})`),
    );
    child.stdout.on("data", (piece: Buffer) => {
      size += piece.length;
      if (size > maxBytes) end("prints too much");
      else stdout.push(piece);
    });
    child.stderr.on("data", (piece: Buffer) => {
      stderr = (stderr + piece.toString("utf8")).slice(-keptOfStderr);
    });
    child.once("close", (code, killedBy) =>
      end(
        code === 0 ? undefined : killedBy ? `was killed (${killedBy})` : `failed with exit code ${code ?? "unknown"}`,
      ),
    );
    // a program need not read what it is given
    child.stdin.on("error", () => undefined).end(input);
  });
}
