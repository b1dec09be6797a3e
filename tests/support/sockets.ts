import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { Worker } from "node:worker_threads";
import { createTransport, type ClosableTransport, type TransportOptions } from "../../provider/runtime/transport.js";
import { type HttpRequest, type HttpResponse } from "../../provider/runtime/runtime.js";

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

export const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** A listening server that is closed, its sockets destroyed, after the test. */
export async function listening<S extends Server>(server: S): Promise<S> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return server;
}

/** An HTTP server that answers with the listener. */
export async function serving(listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${portOf(await listening(createHttpServer(listener)))}`;
}

/** A server that does with the socket what it is told once a request's head has arrived. */
export async function raw(answer: (socket: Socket, head: string) => void): Promise<string> {
  const server = await listening(
    createServer((socket) => {
      let head = "";
      socket.on("data", (chunk) => {
        head += chunk.toString("latin1");
        if (!head.includes("\r\n\r\n")) return;
        const whole = head;
        head = "";
        answer(socket, whole);
      });
    }),
  );
  return `http://127.0.0.1:${portOf(server)}`;
}

/** A server that does with each connection what it is told, and counts them. */
export async function counting(answer: (socket: Socket) => void = () => undefined) {
  const all: Socket[] = [];
  const server = await listening(
    createServer((socket) => {
      all.push(socket);
      // a socket that nobody reads does not hear that the other side has closed it
      socket.resume();
      answer(socket);
    }),
  );
  return {
    address: `127.0.0.1:${portOf(server)}`,
    get connections() {
      return all.length;
    },
    get open() {
      return all.filter(({ destroyed }) => !destroyed).length;
    },
  };
}

/** A listening port that connects nobody, or after so many milliseconds one after the other, with an answer of "ok". */
export async function deaf(address: string, port = 0, ms?: number): Promise<number> {
  const worker = new Worker(deafWorker, { eval: true, workerData: { address, port, ms } });
  const [listeningAt] = (await once(worker, "message")) as [number];
  const fillers = Array.from({ length: 4 }, () => connect(listeningAt, address).on("error", () => undefined));
  closers.push(async () => {
    await Promise.all(fillers.map((filler) => filler.closed || once(filler.destroy(), "close")));
    await worker.terminate();
  });
  // until the queue of the system is full, and what comes later is not even refused
  await new Promise((resolve) => setTimeout(resolve, 100));
  return listeningAt;
}

const deafWorker = `
  const { parentPort, workerData: { address, port, ms } } = require("node:worker_threads");
  const server = require("node:net").createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", () => socket.write("HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok"));
  });
  server.listen({ host: address, port, backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  });
`;

export function transport(options: TransportOptions = {}): ClosableTransport {
  const created = createTransport(options);
  closers.push(() => created.close());
  return created;
}

export const get = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: "GET",
  url: new URL(url),
  headers: {},
  timeoutMs: 5000,
  maxBodyBytes: 1_000_000,
  ...more,
});

export async function failure(promise: Promise<HttpResponse>): Promise<Error> {
  const outcome = await promise.then(
    (response) => new Error(`was answered with ${response.status}`),
    (error: unknown) => error as Error,
  );
  // one line that stands on its own
  expect(outcome.message).not.toMatch(/[\r\n]/);
  return outcome;
}

export const respond = (text: string) => (socket: Socket) => {
  socket.write(text);
};
