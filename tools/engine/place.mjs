import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { buildFlags, modules } from "./modules.mjs";

/** @param {string} folder */
export const moduleDirectory = (folder) => fileURLToPath(new URL(folder, import.meta.url));

/** A file of the npm package @pulumi/pulumi. @param {string} name */
export const npmFile = (name) => fileURLToPath(new URL(`../../node_modules/@pulumi/pulumi/${name}`, import.meta.url));

/** Where this platform keeps what can be made again. A relative XDG_CACHE_HOME counts as unset, as its specification says. */
function caches() {
  const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = process.env;
  if (xdg && path.isAbsolute(xdg)) return xdg;
  if (process.platform === "win32") return local || path.join(homedir(), "AppData", "Local");
  if (process.platform === "darwin") return path.join(homedir(), "Library", "Caches");
  return path.join(homedir(), ".cache");
}

/**
 * The directory of what is built: named after all that decides what the build yields.
 *
 * @param {string} [name] @param {readonly import("./modules.mjs").Module[]} [wanted]
 */
export function cacheDirectory(name = "engine", wanted = modules) {
  const digest = createHash("sha256").update(`${process.platform} ${process.arch}\n`);
  for (const module of wanted) {
    digest.update(`${module.package} ${module.output} ${buildFlags(module).join(" ")}\n`);
    for (const file of ["go.mod", "go.sum"])
      digest.update(readFileSync(path.join(moduleDirectory(module.folder), file), "utf8").replace(/\r\n/g, "\n"));
  }
  return path.join(caches(), "pulumi-hss", `${name}-${digest.digest("hex").slice(0, 12)}`);
}
