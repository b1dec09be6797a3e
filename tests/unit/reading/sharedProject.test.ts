import { randomBytes } from "node:crypto";
import { functions } from "../../../provider/functions/index.js";
import { Session } from "../../../provider/session.js";
import type { HttpRequest, HttpResponse, Log } from "../../../provider/runtime/runtime.js";
import { virtualClock } from "../../support/virtualClock.js";

const log: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, progress: () => undefined };
const definition = functions.find(({ name }) => name === "getAppWhitelistEvents")!;

test("who gives up while the project's id is looked up takes it from nobody else", async () => {
  let answer: (response: HttpResponse) => void = () => undefined;
  let lookups = 0;
  const send = ({ url, signal }: HttpRequest): Promise<HttpResponse> => {
    if (url.pathname.startsWith("/v3/projects")) {
      lookups++;
      return new Promise((resolve, reject) => {
        answer = resolve;
        signal?.addEventListener("abort", () => {
          reject(signal.reason as Error);
        });
      });
    }
    return Promise.resolve({ status: 200, headers: {}, body: '{"total_num":0,"data_list":[]}' });
  };
  const clock = virtualClock(Date.parse("2026-11-24T12:00:00Z"));
  const session = new Session({
    log,
    env: {},
    runtime: { clock, random: () => 0.5, randomBytes, transport: { send }, log },
  });
  const config = { region: "cn-north-4", accessKey: "ak", secretKey: "sk" };
  const controller = new AbortController();
  const first = session.call(definition, { lastDays: 1 }, { config, signal: controller.signal });
  const second = session.call(definition, { lastDays: 2 }, { config });
  const failure = first.catch((error: unknown) => error);
  while (lookups === 0) await new Promise(setImmediate);
  controller.abort(new Error("A gave up"));
  expect(await failure).toMatchObject({ code: "HSS_ABORTED" });
  answer({ status: 200, headers: {}, body: '{"projects":[{"id":"p","name":"cn-north-4"}]}' });
  expect(await second).toMatchObject({ totalNum: 0, complete: true });
  expect(lookups).toBe(1);
});
