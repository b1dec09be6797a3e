import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { clearInterval, setInterval } from "node:timers";
import { setTimeout as wait } from "node:timers/promises";

const beat = 2_000;
/** A holder that has not touched its lock for so long is gone (killed, or its machine stopped). */
const stale = 60_000;

/** @param {string} directory */
function abandoned(directory) {
  try {
    if (Date.now() - statSync(directory).mtimeMs > stale) return true;
    const [host, pid] = readFileSync(path.join(directory, "holder"), "utf8").split("\n");
    if (host === hostname()) process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    // ESRCH: no such process. Anything else (released meanwhile, not written yet, another user's process): look again
    return /** @type {NodeJS.ErrnoException} */ (error).code === "ESRCH";
  }
}

/**
 * Takes the lock directory, waiting for whoever holds it; undefined as soon as `done()` says that nothing is left to do.
 * It saves work and no more: what it guards must be safe without it, since two processes that find the same abandoned
 * lock at the same moment may both get in.
 *
 * @param {string} directory
 * @param {{done: () => boolean, waiting: (seconds: number) => void}} hooks
 * @returns {Promise<(() => void) | undefined>} releases it
 */
export async function lock(directory, { done, waiting }) {
  const since = Date.now();
  for (;;) {
    if (done()) return undefined;
    try {
      mkdirSync(directory);
      break;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
    }
    if (abandoned(directory)) rmSync(directory, { recursive: true, force: true });
    else {
      waiting((Date.now() - since) / 1000);
      await wait(500);
    }
  }
  if (done()) {
    // finished and released between the two looks above
    rmSync(directory, { recursive: true, force: true });
    return undefined;
  }
  writeFileSync(path.join(directory, "holder"), `${hostname()}\n${process.pid}\n`);
  const heart = setInterval(() => {
    try {
      utimesSync(directory, new Date(), new Date());
    } catch {
      // somebody took it for abandoned; the build stays safe, see above
    }
  }, beat);
  heart.unref();
  return () => {
    clearInterval(heart);
    rmSync(directory, { recursive: true, force: true });
  };
}
