import { once } from "node:events";
import { open, realpath, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { printable } from "../provider/text.js";

/** Where the data go. Nothing of a file is seen by others before `commit`. */
export interface Sink {
  write(text: string): Promise<void>;
  commit(): Promise<void>;
  discard(): Promise<void>;
}

const stdout: Sink = {
  async write(text) {
    if (!process.stdout.write(text)) await once(process.stdout, "drain");
  },
  commit: () => Promise.resolve(),
  discard: () => Promise.resolve(),
};

/** Standard output, or a file that is replaced as a whole; a device or a pipe is written to as it is. */
export async function openSink(out: string | undefined): Promise<Sink> {
  if (out === undefined || out === "-") return stdout;
  try {
    const target = await realpath(out).catch(() => path.resolve(out));
    const there = await stat(target).catch(() => undefined);
    if (there?.isDirectory()) throw new Error("is a directory");
    const isPlain = there === undefined || there.isFile();
    const written = isPlain ? path.join(path.dirname(target), `.${path.basename(target)}.${process.pid}.part`) : target;
    const file = await open(written, isPlain ? "wx" : "w", there ? there.mode & 0o777 : 0o666);
    return {
      write: async (text) => void (await file.write(text)),
      async commit() {
        if (isPlain) await file.sync();
        await file.close();
        if (isPlain) await rename(written, target);
      },
      async discard() {
        await file.close();
        if (isPlain) await rm(written, { force: true });
      },
    };
  } catch (error) {
    throw new Error(`--out ${printable(out, 512)}: ${(error as Error).message}`, { cause: error });
  }
}

/** Runs `use` with the data's way out; only what ends well stays. */
export async function withSink<T>(out: string | undefined, use: (sink: Sink) => Promise<T>): Promise<T> {
  const sink = await openSink(out);
  try {
    const result = await use(sink);
    await sink.commit();
    return result;
  } catch (error) {
    await sink.discard().catch(() => undefined);
    throw error;
  }
}
