import { SharedWork } from "../../provider/sharedWork.js";

function deferred() {
  const started: AbortSignal[] = [];
  const settle: { resolve(value: string): void; reject(error: Error): void }[] = [];
  const work = (signal: AbortSignal) =>
    new Promise<string>((resolve, reject) => {
      started.push(signal);
      settle.push({ resolve, reject });
    });
  return { started, settle, work };
}

test("is done once for all who wait, and anew for who comes later", async () => {
  const { started, settle, work } = deferred();
  const shared = new SharedWork(work, "waiting");
  const both = Promise.all([shared.wait(), shared.wait(new AbortController().signal)]);
  expect(shared.isUnderWay).toBe(true);
  settle[0]?.resolve("first");
  expect(await both).toEqual(["first", "first"]);
  expect(shared.isUnderWay).toBe(false);
  expect(started[0]?.aborted).toBe(false);
  const later = shared.wait();
  settle[1]?.reject(new Error("failed"));
  await expect(later).rejects.toThrow("failed");
  expect(started).toHaveLength(2);
});

test("goes on while anybody waits, and is aborted with the last one's reason", async () => {
  const { started, work } = deferred();
  const shared = new SharedWork(work, "waiting");
  const [one, two] = [new AbortController(), new AbortController()];
  const [first, second] = [shared.wait(one.signal), shared.wait(two.signal)];
  one.abort(new Error("enough"));
  await expect(first).rejects.toThrow("waiting was aborted");
  expect(started[0]?.aborted).toBe(false);
  const reason = new Error("enough, too");
  two.abort(reason);
  await expect(second).rejects.toMatchObject({ code: "HSS_ABORTED", cause: reason });
  expect(started[0]?.reason).toBe(reason);
  void shared.wait();
  expect(started).toHaveLength(2);
});

test("without words for it, who aborts hears the signal's own reason", async () => {
  const reason = new Error("mine");
  await expect(new SharedWork(deferred().work).wait(AbortSignal.abort(reason))).rejects.toBe(reason);
});
