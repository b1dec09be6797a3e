import { resolveSettings, type Settings } from "../../provider/settings/index.js";
import { TransportError } from "../../provider/errors.js";
import { credentialSource } from "../../provider/hss/credentials/index.js";
import type { HttpRequest, HttpResponse, Runtime } from "../../provider/runtime/runtime.js";

export type Answer = Partial<HttpResponse> | Error;

/** A world of one machine: its clock, its files, and servers that answer what they are told. */
export class World {
  now = Date.parse("2026-01-01T00:00:00Z");
  readonly requests: HttpRequest[] = [];
  readonly files = new Map<string, string>();
  readonly debug: string[] = [];
  answer: (request: HttpRequest, n: number) => Answer | Promise<Answer> = () => new TransportError("nobody answers");

  readonly runtime: Runtime = {
    clock: {
      now: () => this.now,
      // time passes for a back-off, and no deadline does
      sleep: (ms, signal) => {
        if (ms >= 600_000)
          return new Promise((_, reject) => {
            signal?.addEventListener("abort", reject, { once: true });
          });
        this.now += ms;
        return Promise.resolve();
      },
    },
    random: () => 0.5,
    randomBytes: (size) => new Uint8Array(size),
    transport: {
      send: async (request) => {
        this.requests.push(request);
        const answer = await this.answer(request, this.requests.length);
        if (answer instanceof Error) throw answer;
        return { status: 200, headers: {}, body: "", ...answer };
      },
    },
    log: {
      debug: (line) => void this.debug.push(line),
      info: () => undefined,
      warn: () => undefined,
      progress: () => undefined,
    },
    env: {},
    files: {
      home: "/home/me",
      readText: (path) => Promise.resolve(this.files.get(path)),
      privateDirectory: () => {
        throw new Error("credentials need no directory");
      },
    },
  };

  settings(explicit: Record<string, unknown> = {}, env: Record<string, string> = {}): Settings {
    return resolveSettings({ region: "cn-north-4", ...explicit }, env);
  }

  source(explicit: Record<string, unknown> = {}, env: Record<string, string> = {}) {
    return credentialSource(this.settings(explicit, env), { ...this.runtime, env });
  }

  iso(seconds: number): string {
    return new Date(this.now + seconds * 1000).toISOString().replace("Z", "000Z");
  }

  bodyOf(n: number): unknown {
    return JSON.parse(this.requests[n]?.body ?? "null") as unknown;
  }

  get urls(): string[] {
    return this.requests.map(({ method, url }) => `${method} ${url.href}`);
  }
}

export const sdkFile = "/home/me/.huaweicloud/credentials";
export const cliFile = "/home/me/.hcloud/config.json";
export const tokenAnswer = (world: World, token: string, seconds = 86_400): Answer => ({
  status: 201,
  headers: { "x-subject-token": token },
  body: JSON.stringify({ token: { expires_at: world.iso(seconds) } }),
});
export const keysAnswer = (world: World, name: string, seconds = 3600): Answer => ({
  status: 201,
  body: JSON.stringify({
    credential: {
      access: `${name}-ak`,
      secret: `${name}-sk`,
      securitytoken: `${name}-st`,
      expires_at: world.iso(seconds),
    },
  }),
});
export const login = { userName: "user", password: "pw", domainName: "account" };
