import { getAppWhitelistEvents } from "../../../provider/functions/getAppWhitelistEvents.js";
import { Session } from "../../../provider/session.js";
import { pageOf, plainItems } from "../../support/pages.js";

/** A service that answers well so many times, and from then on as if it had only the last `left` events. */
async function readOf(size: number, good: number, left: number) {
  const items = plainItems(size);
  const rest = left === 0 ? [] : items.slice(-left);
  let asked = 0;
  const send = ({ url }: { url: URL }) =>
    Promise.resolve({ status: 200, headers: {}, body: pageOf(asked++ < good ? items : rest, url.searchParams) });
  const ignore = () => undefined;
  const log = { debug: ignore, info: ignore, warn: ignore, progress: ignore };
  const session = new Session({ log, env: {}, runtime: { transport: { send } as never } });
  const config = { region: "cn-north-4", projectId: "p", token: "canary-token-14" };
  return session.call(getAppWhitelistEvents, { requireComplete: false }, { config });
}

test.each(
  [250, 500, 4715].flatMap((size) =>
    [1, 2, 3, ...(size > 500 ? [5, 20] : [])].flatMap((good) => [0, 5].map((left) => [size, good, left] as const)),
  ),
)("a list of %i that is lost after %i answers but for %i rows is not complete", async (size, good, left) => {
  expect((await readOf(size, good, left)).complete).toBe(false);
});

test("one that loses a third while it is read is whole: what stayed is there", async () => {
  const { complete, events } = await readOf(300, 2, 200);
  expect(complete).toBe(true);
  expect(events.length).toBeGreaterThanOrEqual(200);
});
