import { spawn } from "node:child_process";
import path from "node:path";

/**
 * Finds or builds the engine before the first test, outside of any test's time limit; progress goes to stderr. Where none
 * can be had the other projects still run, and every engine test fails with the reason.
 */
export default async function prepareEngine(): Promise<void> {
  const tool = spawn(process.execPath, [path.resolve(__dirname, "../../tools/engine.mjs")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  tool.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    process.stderr.write(text);
  });
  const code = await new Promise<number | null>((resolve, reject) => tool.once("error", reject).once("close", resolve));
  // jest's workers inherit the environment
  if (code !== 0) process.env["ENGINE_FAILURE"] = said.trim() || `tools/engine.mjs ended with ${code}`;
}
