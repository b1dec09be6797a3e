import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Answer } from "./answers.js";
import { hssError } from "./answers.js";
import type { WireValue } from "./json.js";
import { toJson } from "./json.js";

export interface RequestInfo {
  area: "events" | "identity" | "metadata" | "unknown";
  method: string;
  path: string;
  /** The raw query string, without `?`. */
  query: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What can go wrong between a service and its client. `at` is where to cut, as a fraction of the body; default one half. */
export type Fault =
  /** Any status; without a body an error of the gateway's form. */
  | { kind: "status"; status: number; body?: WireValue; headers?: Record<string, string> }
  /** A proxy's page where JSON was expected. */
  | { kind: "html"; status?: number }
  /** Any bytes. */
  | { kind: "body"; body: string | Buffer; status?: number; headers?: Record<string, string> }
  /** The right answer, rewritten. */
  | { kind: "edit"; edit: (body: string) => string }
  /** Status 200 that carries an error_code. */
  | { kind: "errorInOk"; code?: string; message?: string }
  /** Half of the JSON, framed as if it were whole. */
  | { kind: "halfJson"; at?: number }
  /** TCP reset instead of an answer. */
  | { kind: "reset" }
  /** TCP reset inside the body. */
  | { kind: "resetMidBody"; at?: number }
  /** The connection ends inside the body. With framing `close` nothing but the JSON itself shows that it is cut. */
  | { kind: "cut"; framing: "length" | "chunked" | "close"; at?: number }
  /** Content-Length says less than is sent. */
  | { kind: "understatedLength"; at?: number }
  /** The whole answer, a few bytes at a time. */
  | { kind: "drip"; bytes?: number; everyMs?: number }
  /** Nothing, until somebody hangs up. */
  | { kind: "silence" }
  /** Headers and a part of the body, then nothing. */
  | { kind: "stall"; at?: number }
  /** The right answer, late. */
  | { kind: "delay"; ms: number };

export interface FaultTools {
  request: IncomingMessage;
  response: ServerResponse;
  /** Headers that every answer has. */
  headers: Record<string, string>;
  /** The answer that the request would get without the fault. */
  answer: () => Promise<Answer>;
  send: (answer: Answer) => void;
  /** Resolves later, rejects when the emulator closes. */
  sleep: (ms: number) => Promise<void>;
}

export async function inflict(fault: Fault, tools: FaultTools): Promise<void> {
  const { send, answer } = tools;
  switch (fault.kind) {
    case "status":
      return send(statusAnswer(fault.status, fault.body, fault.headers));
    case "html":
      return send({
        status: fault.status ?? 502,
        headers: { "Content-Type": "text/html" },
        body: "<html><head><title>Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>\n",
      });
    case "body":
      return sendBytes(fault, tools);
    case "edit": {
      const right = await answer();
      return send({ ...right, body: fault.edit(right.body) });
    }
    case "errorInOk":
      return send({ ...hssError(fault.code ?? "HSS.1004", fault.message ?? "query policy failed"), status: 200 });
    case "halfJson": {
      const right = await answer();
      return send({ ...right, body: right.body.slice(0, Math.floor(right.body.length * (fault.at ?? 0.5))) });
    }
    case "reset":
      tools.request.socket.resetAndDestroy();
      return;
    case "resetMidBody":
    case "cut":
    case "understatedLength":
    case "stall":
      return sendRaw(fault, tools, await answer());
    case "drip":
      return drip(fault, tools, await answer());
    case "silence":
      return;
    case "delay":
      await tools.sleep(fault.ms);
      return send(await answer());
  }
}

function statusAnswer(status: number, body: WireValue | undefined, headers?: Record<string, string>): Answer {
  const text =
    typeof body === "string" ? body : toJson(body ?? { error_code: "APIGW.0000", error_msg: "made up failure" });
  return { status, headers, body: text };
}

function sendBytes(
  fault: { body: string | Buffer; status?: number; headers?: Record<string, string> },
  tools: FaultTools,
): void {
  const body = Buffer.from(fault.body);
  const headers = { ...tools.headers, ...fault.headers, "Content-Length": String(body.length) };
  tools.response.writeHead(fault.status ?? 200, headers).end(body);
}

type RawFault = Extract<Fault, { kind: "resetMidBody" | "cut" | "understatedLength" | "stall" }>;

/** Writes past the HTTP library, which would not let any of this through. */
function sendRaw(fault: RawFault, tools: FaultTools, right: Answer): void {
  const { socket } = tools.request;
  const body = Buffer.from(right.body);
  const part = body.subarray(0, Math.floor(body.length * (fault.at ?? 0.5)));
  const framing = fault.kind === "cut" ? fault.framing : "length";
  const framingHeaders: Record<string, string> =
    framing === "chunked"
      ? { "Transfer-Encoding": "chunked" }
      : framing === "close"
        ? { Connection: "close" }
        : { "Content-Length": String(fault.kind === "understatedLength" ? part.length : body.length) };
  const lines = Object.entries({ ...tools.headers, ...right.headers, ...framingHeaders });
  const head = `HTTP/1.1 ${right.status} OK\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
  const sent = fault.kind === "understatedLength" ? body : part;
  const chunk = framing === "chunked" ? [`${sent.length.toString(16)}\r\n`, sent, "\r\n"] : [sent];
  socket.write(Buffer.concat([head, ...chunk].map((piece) => Buffer.from(piece))), () => finish(fault, socket));
}

function finish(fault: RawFault, socket: Socket): void {
  if (fault.kind === "stall") return;
  // A reset that follows too closely would take the bytes before it along.
  if (fault.kind === "resetMidBody") setTimeout(() => socket.resetAndDestroy(), 20).unref();
  else socket.end();
}

async function drip(fault: { bytes?: number; everyMs?: number }, tools: FaultTools, right: Answer): Promise<void> {
  const body = Buffer.from(right.body);
  const { response, sleep } = tools;
  const step = fault.bytes ?? 1;
  response.writeHead(right.status, { ...tools.headers, ...right.headers, "Content-Length": String(body.length) });
  for (let at = 0; at < body.length && !response.destroyed; at += step) {
    response.write(body.subarray(at, at + step));
    await sleep(fault.everyMs ?? 50);
  }
  response.end();
}
