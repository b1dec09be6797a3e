import { createHash } from "node:crypto";

/** SHA-256 of the UTF-8 bytes, in lower-case hexadecimal digits. */
export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
