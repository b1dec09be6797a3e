/**
 * Where an archive lies: a folder, or a bucket's prefix. Paths are relative, with `/`. Methods reject with an `HssError` whose
 * message names the archive and what failed.
 */
export interface ArchiveStore {
  /** For messages: the folder, or `s3://bucket/prefix`. */
  readonly name: string;
  /** Every file whose path starts with `prefix`, a folder with `/` at its end, in order; none where there is nothing. */
  list(prefix: string): Promise<StoredFile[]>;
  /** Undefined where there is no such file. */
  read(path: string): Promise<Buffer | undefined>;
  /** Whole or not at all, and safe from a power cut when it resolves; what was there is replaced. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** As `write`, but only where nothing is: false, and nothing changed, where somebody else was first. */
  create(path: string, bytes: Uint8Array): Promise<boolean>;
  /** Moves a file. Done again, or by two at once, it is done once. */
  publish(from: string, to: string): Promise<void>;
  /** Removes all that `list` finds. */
  clear(prefix: string): Promise<void>;
}

export interface StoredFile {
  readonly path: string;
  /** In bytes, where the store knows it without asking. */
  readonly size?: number;
}
