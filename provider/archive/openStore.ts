import { randomBytes } from "node:crypto";
import * as fs from "node:fs/promises";
import { resolve } from "node:path";
import { ConfigurationError } from "../errors.js";
import { expandHome } from "../runtime/trust.js";
import { FolderStore } from "./folderStore.js";
import type { ArchiveStore } from "./store.js";

/** The place that the setting `archive` names. Relative folders start at the working directory. */
export function openStore(archive: string, home: string): ArchiveStore {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]+):\/\//.exec(archive)?.[1];
  if (scheme !== undefined) {
    const reason = `can't be in ${scheme}:// yet; name a folder, such as a bucket that is mounted`;
    throw new ConfigurationError([{ property: "archive", reason }]);
  }
  return new FolderStore(resolve(expandHome(archive, home)), fs, () => randomBytes(6).toString("hex"));
}
