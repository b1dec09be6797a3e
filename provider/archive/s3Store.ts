import { printable } from "../text.js";
import { BucketClient, type BucketAccess } from "./bucketClient.js";
import { bucketError, isAbsent, isUnknownHeader, refusalOf } from "./bucketErrors.js";
import type { BucketPlace } from "./bucketPlace.js";
import { OnlyOnce } from "./onlyOnce.js";
import type { ArchiveStore, StoredFile } from "./store.js";

/** Requests that change several files at once. */
const atOnce = 8;

/** An archive in a bucket of S3-compatible object storage. What is written is there whole or not at all. */
export class S3Store implements ArchiveStore {
  readonly name: string;
  private readonly client: BucketClient;
  private readonly onlyOnce: OnlyOnce;

  /** `unique`: a name that nobody else draws. */
  constructor(
    private readonly place: BucketPlace,
    private readonly access: BucketAccess,
    unique: () => string,
  ) {
    this.name = `s3://${place.bucket}/${place.prefix}`.replace(/\/$/, "");
    this.client = new BucketClient(place, access);
    const { clock, random } = access.runtime;
    this.onlyOnce = new OnlyOnce({ client: this.client, clock, random, unique });
  }

  async list(prefix: string): Promise<StoredFile[]> {
    const found = await this.doing(`list ${prefix}`, () => this.client.list(folder(prefix)));
    return found
      .filter(({ key }) => !key.endsWith("/"))
      .map(({ key, size }) => ({ path: key, size }))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  read(path: string): Promise<Buffer | undefined> {
    return this.doing(`read ${path}`, () => unlessAbsent(this.client.get(path)));
  }

  write(path: string, bytes: Uint8Array): Promise<void> {
    return this.doing(`write ${path}`, () => this.client.put(path, bytes));
  }

  create(path: string, bytes: Uint8Array): Promise<boolean> {
    return this.doing(`write ${path}`, () => this.onlyOnce.create(path, bytes));
  }

  publish(from: string, to: string): Promise<void> {
    return this.doing(`move ${from} to ${to}`, async () => {
      try {
        await this.copy(from, to);
      } catch (error) {
        if (!isAbsent(refusalOf(error))) throw error;
        // somebody else was faster, or it is nowhere
        await this.client.has(to);
      }
      await this.client.remove(from);
    });
  }

  clear(prefix: string): Promise<void> {
    return this.doing(`remove ${prefix}`, async () => {
      const found = await this.client.list(folder(prefix));
      for (let start = 0; start < found.length; start += atOnce)
        await Promise.all(found.slice(start, start + atOnce).map(({ key }) => this.client.remove(key)));
    });
  }

  /** Within the store, and where it can't, by way of here. */
  private async copy(from: string, to: string): Promise<void> {
    try {
      await this.client.copy(from, to);
    } catch (error) {
      if (!isUnknownHeader(refusalOf(error))) throw error;
      await this.client.put(to, await this.client.get(from));
    }
  }

  private async doing<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const { signal } = this.access;
      const { place, client } = this;
      const told = { place, origin: client.origin, redact: client.redact, ...(signal && { signal }) };
      throw bucketError(error, { ...told, what: `archive ${this.name}: can't ${printable(what, 300)}` });
    }
  }
}

const folder = (prefix: string): string => prefix.replace(/\/?$/, "/");

async function unlessAbsent(bytes: Promise<Buffer>): Promise<Buffer | undefined> {
  try {
    return await bytes;
  } catch (error) {
    if (isAbsent(refusalOf(error))) return undefined;
    throw error;
  }
}
