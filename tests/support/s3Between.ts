import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

/** What happens to a request on its way; `pass` unless told otherwise. */
export type Fate =
  | "pass"
  /** The store does not know a header, and says so. */
  | "refuse"
  /** It takes effect, and nobody hears of it. */
  | "lose"
  /** Nobody answers. */
  | "hold"
  /** The answer comes a byte at a time. */
  | "drip"
  /** A page of something that is no object storage. */
  | "page"
  | "expired";

/** Between a client and the S3 server, on loopback. */
export class S3Between {
  readonly seen: string[] = [];
  fate: (request: IncomingMessage) => Fate = () => "pass";
  private readonly server: Server;
  private readonly held = new Set<ServerResponse>();

  private constructor(private readonly target: URL) {
    this.server = createServer((request, response) => {
      this.answer(request, response);
    });
  }

  static async start(target: URL): Promise<S3Between> {
    const between = new S3Between(target);
    await new Promise<void>((resolve) => between.server.listen(0, "127.0.0.1", resolve));
    return between;
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${(this.server.address() as AddressInfo).port}`);
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await ended;
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    this.seen.push(`${request.method} ${request.url}`);
    const fate = this.fate(request);
    const say = (status: number, code: string) => {
      request.resume().once("end", () => {
        response.writeHead(status, { "content-type": "application/xml", "x-amz-request-id": "BETWEEN" });
        response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>It is ${code}.</Message></Error>`);
      });
    };
    if (fate === "refuse") say(501, "NotImplemented");
    else if (fate === "expired") say(400, "ExpiredToken");
    else if (fate === "page") {
      request.resume();
      response.writeHead(200, { "content-type": "text/html" }).end("<html><body>Log in to the network</body></html>");
    } else if (fate === "hold") {
      request.resume();
      this.held.add(response);
    } else this.forward(request, response, fate);
  }

  private forward(request: IncomingMessage, response: ServerResponse, fate: Fate): void {
    const { hostname, port } = this.target;
    const { method, url: path, headers } = request;
    const onward = httpRequest({ hostname, port, method, path, headers, setHost: false }, (answer) => {
      if (fate === "lose") {
        answer.resume().once("end", () => response.destroy());
        return;
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      if (fate === "drip") {
        answer.resume();
        const timer = setInterval(() => response.write("x"), 200);
        response.once("close", () => {
          clearInterval(timer);
        });
      } else answer.pipe(response);
    });
    onward.once("error", () => response.destroy());
    request.pipe(onward);
  }
}
