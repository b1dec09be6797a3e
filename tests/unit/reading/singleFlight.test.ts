import { SingleFlight } from "../../../provider/reading/singleFlight.js";

interface Work {
  readonly signal: AbortSignal;
  readonly resolve: (value: string) => void;
  readonly reject: (error: Error) => void;
}

function setUp() {
  const underWay = new SingleFlight();
  const works: Work[] = [];
  const share = (key: string, signal?: AbortSignal): Promise<string> =>
    underWay.share(
      key,
      signal,
      (inner) => new Promise((resolve, reject) => works.push({ signal: inner, resolve, reject })),
    );
  return { works, share };
}

const tick = (): Promise<void> => new Promise(setImmediate);

it("does equal work once, and other work beside it", async () => {
  const { works, share } = setUp();
  const results = Promise.all([share("a"), share("b"), share("a")]);
  expect(works).toHaveLength(2);
  works[0]?.resolve("1");
  works[1]?.resolve("2");
  expect(await results).toEqual(["1", "2", "1"]);
  expect(works[0]?.signal.aborted).toBe(false);
});

it("remembers neither what ended nor what failed", async () => {
  const { works, share } = setUp();
  const first = share("a");
  works[0]?.reject(new Error("down"));
  await expect(first).rejects.toThrow("down");
  const second = share("a");
  works[1]?.resolve("2");
  expect(await second).toBe("2");
  const third = share("a");
  expect(works).toHaveLength(3);
  works[2]?.resolve("3");
  expect(await third).toBe("3");
});

it("fails for all who share it", async () => {
  const { works, share } = setUp();
  const both = Promise.allSettled([share("a"), share("a")]);
  works[0]?.reject(new Error("down"));
  expect((await both).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
});

it("goes on for the others when one leaves, and the one who leaves need not wait", async () => {
  const { works, share } = setUp();
  const controller = new AbortController();
  const leaving = share("a", controller.signal);
  const staying = share("a", new AbortController().signal);
  controller.abort(new Error("enough"));
  await expect(leaving).rejects.toThrow("enough");
  expect(works[0]?.signal.aborted).toBe(false);
  works[0]?.resolve("1");
  expect(await staying).toBe("1");
});

it("is aborted when the last one leaves, and the next to come starts anew", async () => {
  const { works, share } = setUp();
  const [a, b] = [new AbortController(), new AbortController()];
  const both = Promise.allSettled([share("a", a.signal), share("a", b.signal)]);
  a.abort(new Error("one"));
  await tick();
  expect(works[0]?.signal.aborted).toBe(false);
  const reason = new Error("two");
  b.abort(reason);
  await both;
  expect(works[0]?.signal.aborted).toBe(true);
  expect(works[0]?.signal.reason).toBe(reason);
  const next = share("a");
  // the end of the aborted one is nobody's business
  works[0]?.reject(new Error("aborted"));
  await tick();
  works[1]?.resolve("2");
  expect(await next).toBe("2");
});

it("refuses a caller who has given up already", async () => {
  const { works, share } = setUp();
  await expect(share("a", AbortSignal.abort(new Error("never mind")))).rejects.toThrow("never mind");
  expect(works).toHaveLength(0);
});

it("fails properly where the work throws at once", async () => {
  const underWay = new SingleFlight();
  const reject = (): never => {
    throw new Error("at once");
  };
  await expect(underWay.share("a", undefined, reject)).rejects.toThrow("at once");
});

it("gives who joins a copy, so that nobody changes what another has", async () => {
  const underWay = new SingleFlight();
  const results = await Promise.all(
    [1, 2].map(() => underWay.share("a", undefined, async () => ({ list: [{ n: 1 }] }))),
  );
  expect(results[1]).toEqual(results[0]);
  (results[0] as { list: { n: number }[] }).list[0]!.n = 2;
  expect(results[1]).toEqual({ list: [{ n: 1 }] });
});
