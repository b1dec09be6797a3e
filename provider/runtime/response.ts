import { isAscii, isUtf8 } from "node:buffer";
import type { Dispatcher } from "undici";
import { ResponseError } from "../errors.js";
import type { HttpRequest, HttpResponse } from "./runtime.js";

/** The answer, whole. Throws `ResponseError` for one that is too long, encoded or not UTF-8. */
export async function received(response: Dispatcher.ResponseData, request: HttpRequest): Promise<HttpResponse> {
  const { statusCode: status, body } = response;
  // destroying the body below emits an error that nobody else handles
  body.on("error", () => undefined);
  const headers = flat(response.headers);
  const unusable = (why: string): ResponseError =>
    new ResponseError(`${request.url.origin}: the answer is ${why}`, { requestId: headers["x-request-id"] });
  const encoding = headers["content-encoding"];
  const good = status >= 200 && status < 300;
  if (encoding !== undefined && encoding.toLowerCase() !== "identity") {
    body.destroy();
    // an encoded refusal can't be read, but its status still counts
    if (!good) return { status, headers, body: "" };
    throw unusable("encoded (content-encoding), which was not asked for");
  }
  const { maxBodyBytes } = request;
  const check = (length: number): void => {
    if (!(length > maxBodyBytes)) return;
    body.destroy();
    throw unusable(`longer than ${maxBodyBytes} bytes`);
  };
  check(Number(headers["content-length"]));
  const bytes = await collected(body, check);
  if (good && !isUtf8(bytes)) throw unusable("not UTF-8");
  return new BufferedResponse(status, headers, bytes);
}

class BufferedResponse implements HttpResponse {
  constructor(
    readonly status: number,
    readonly headers: Readonly<Record<string, string>>,
    public bytes: Buffer,
  ) {}

  get body(): string {
    return text(this.bytes);
  }

  release(): void {
    this.bytes = Buffer.alloc(0);
  }
}

/** As `TextDecoder` reads it; several times as fast, and in half the memory, where it is all ASCII. */
function text(bytes: Buffer): string {
  if (isAscii(bytes)) return bytes.toString("latin1");
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return bytes.toString("utf8", marked ? 3 : 0);
}

async function collected(body: AsyncIterable<Buffer>, check: (length: number) => void): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    check((length += chunk.byteLength));
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, length);
}

function flat(headers: Dispatcher.ResponseData["headers"]): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Record<string, string>;
}
