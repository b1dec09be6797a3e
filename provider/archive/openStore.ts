import { randomBytes } from "node:crypto";
import * as fs from "node:fs/promises";
import { resolve } from "node:path";
import { ConfigurationError } from "../errors.js";
import { expandHome } from "../runtime/trust.js";
import type { BucketAccess } from "./bucketClient.js";
import { bucketPlace } from "./bucketPlace.js";
import { FolderStore } from "./folderStore.js";
import { S3Store } from "./s3Store.js";
import type { ArchiveStore } from "./store.js";

const schemeOf = (archive: string) => /^([A-Za-z][A-Za-z0-9+.-]+):\/\//.exec(archive)?.[1];

/** Rather than a folder; or refused. */
export const isBucket = (archive: string): boolean => schemeOf(archive) !== undefined;

const unique = () => randomBytes(6).toString("hex");

/** The place that the setting `archive` names. Relative folders start at the working directory. */
export function openStore(archive: string, home: string, access?: BucketAccess): ArchiveStore {
  const scheme = schemeOf(archive);
  if (scheme?.toLowerCase() === "s3" && access)
    return new S3Store(bucketPlace(archive, access.settings), access, unique);
  if (scheme !== undefined) {
    const reason = `can't be in ${scheme}:// here; name a folder, or a bucket of object storage as s3://bucket/prefix`;
    throw new ConfigurationError([{ property: "archive", reason }]);
  }
  return new FolderStore(resolve(expandHome(archive, home)), fs, unique);
}
