import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const COMMAND = join(__dirname, "../../dist/emulator/command.js");
// `npm test` builds first; a single file run from a fresh checkout may not have it.
(existsSync(COMMAND) ? describe : describe.skip)("the command", () => {
  test("prints its URL first, says what it is, serves, and ends on SIGTERM", async () => {
    const child = spawn(process.execPath, [
      COMMAND,
      "--port",
      "0",
      "--events",
      "20",
      "--token",
      "chosen",
      "--seed",
      "x",
    ]);
    try {
      let output = "";
      for await (const piece of child.stdout) {
        output += String(piece);
        if (output.includes("Ctrl+C")) break;
      }
      const [url = "", loud = ""] = output.split("\n");
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      expect(loud).toMatch(/EMULATOR WITH SAMPLE DATA/);
      expect(output).not.toContain("chosen");
      const answer = await fetch(`${url}/v5/any/app/event`, { headers: { "X-Auth-Token": "chosen" } });
      expect(await answer.json()).toMatchObject({ total_num: 20 });
    } finally {
      child.kill("SIGTERM");
    }
    expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(0);
  });

  test.each([["--port", "x"], ["--events=-1"], ["--calls-per-minute", "0"], ["--token", ""], ["--bogus"], ["word"]])(
    "refuses %s %s with one line and exit code 2",
    async (...args) => {
      const failed = await promisify(execFile)(process.execPath, [COMMAND, ...args]).then(
        () => undefined,
        (error: { code: number; stderr: string; stdout: string }) => error,
      );
      expect(failed).toMatchObject({ code: 2, stdout: "" });
      expect(failed!.stderr).toMatch(/^hss-emulator: .+\n$/);
    },
  );

  test("a value that begins with a dash: the refusal says how it is given", async () => {
    await expect(promisify(execFile)(process.execPath, [COMMAND, "--secret-key", "-secret"])).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining("use '--secret-key=-XYZ'") as string,
    });
  });
});
