import { isAscii, isUtf8 } from "node:buffer";
import type { Dispatcher } from "undici";
import { ResponseError } from "../errors.js";
import type { HttpRequest, HttpResponse } from "./runtime.js";

/** The answer, whole. Throws `ResponseError` for one that is too long, encoded or not UTF-8. */
export async function received(response: Dispatcher.ResponseData, request: HttpRequest): Promise<HttpResponse> {
  const { statusCode: status, body } = response;
  // a body that is given up fails, and nobody listens to it any more
  body.on("error", () => undefined);
  const headers = flat(response.headers);
  const encoding = headers["content-encoding"];
  const good = status >= 200 && status < 300;
  if (encoding !== undefined && encoding.toLowerCase() !== "identity") {
    body.destroy();
    // what an encoded refusal says is lost, that it is one is not
    if (!good) return { status, headers, body: "" };
    throw new ResponseError(
      `${request.url.origin}: the answer is encoded (content-encoding), which was not asked for`,
      {
        requestId: headers["x-request-id"],
      },
    );
  }
  const whole = await collected(body, { status, headers }, request);
  if (good && !whole.isUtf8) {
    throw new ResponseError(`${request.url.origin}: the answer is not UTF-8`, { requestId: headers["x-request-id"] });
  }
  return whole;
}

class BufferedResponse implements HttpResponse {
  constructor(
    readonly status: number,
    readonly headers: Readonly<Record<string, string>>,
    public bytes: Buffer,
  ) {}

  get size(): number {
    return this.bytes.length;
  }

  get isUtf8(): boolean {
    return isUtf8(this.bytes);
  }

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

async function collected(
  body: Dispatcher.ResponseData["body"],
  { status, headers }: Pick<HttpResponse, "status" | "headers">,
  { maxBodyBytes, url }: HttpRequest,
): Promise<BufferedResponse> {
  const chunks: Buffer[] = [];
  let length = 0;
  const check = (bytes: number) => {
    if (!(bytes > maxBodyBytes)) return;
    body.destroy();
    throw new ResponseError(`${url.origin}: the answer is longer than ${maxBodyBytes} bytes`, {
      requestId: headers["x-request-id"],
    });
  };
  check(Number(headers["content-length"]));
  for await (const chunk of body as AsyncIterable<Buffer>) {
    check((length += chunk.byteLength));
    chunks.push(chunk);
  }
  const bytes = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, length);
  return new BufferedResponse(status, headers, bytes);
}

function flat(headers: Dispatcher.ResponseData["headers"]): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Record<string, string>;
}
