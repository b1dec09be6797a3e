import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ResponseError } from "../../../provider/errors.js";
import { decodePage } from "../../../provider/hss/decode.js";
import { RowDigest } from "../../../provider/hss/digest.js";
import { parseExact } from "../../../provider/hss/json.js";

const digest = new RowDigest(new Uint8Array(32));
const decoded = (body: string) => decodePage(parseExact(body), digest);
const page = (item: string) => decoded(`{"total_num":1,"data_list":[${item}]}`).events[0]!;
const list = (n: number) => Array.from({ length: n }, (_, i) => `{"process_pid":${i}}`).join();
const example = readFileSync(join(__dirname, "../../fixtures/appEventApiExample.json"), "utf8");

describe("the document's own example", () => {
  const { totalNum, events } = decoded(example);
  const event = events[0]!;

  test("comes through whole", () => {
    expect(totalNum).toBe(4715);
    expect(event).toEqual({
      eventId: "4517fc****-a0ad-11ef-9ac9-********",
      eventClassId: "appwl_1001",
      eventType: 3040,
      eventName: "Untrusted process running",
      severity: "High",
      hostId: "4517fc**-be4f-4cbe-9467-******",
      attackPhase: "installation",
      attackTag: "abnormal_behavior",
      occurTime: "1731385152000",
      occurredAt: "2024-11-12T04:19:12.000Z",
      handleStatus: "unhandled",
      operateAcceptList: ["add_to_app_whitelist"],
      operateDetailList: [
        {
          agentId: "3ed2e2aa24b******1231324********8c28f59cae2780e7bf6adf4e",
          processPid: 1549,
          filePath: "/usr/bin/login",
        },
      ],
      resourceInfo: {
        projectId: "84b52****e489fa6549888832dc62",
        enterpriseProjectId: "0",
        regionName: "cn-north-7",
        cloudId: "",
        vmName: "ecs-hce",
        vmUuid: "2c****e09-be4f-4cbe-9467-73b80****e48f",
        osType: "Linux",
        osName: "HCE",
        hostName: "ecs-hce",
        hostIp: "192.168.0.178",
        publicIp: "100.93.9.43",
        hostId: "2c9****09-be4f-4cbe-9467-73b****8e48f",
        assetValue: "common",
        osVersion: "2.0",
      },
      processInfo: [
        {
          processName: "login",
          processPath: "/usr/bin/login",
          processPid: 1549,
          processUid: 0,
          processCmdline: "login -- root",
          processFilename: "login",
          processStartTime: "1719820957",
          parentProcessName: "systemd",
          parentProcessPath: "/usr/lib/systemd/systemd",
          parentProcessPid: 1,
          parentProcessCmdline: "/usr/lib/systemd/systemd --switched-root --system --deserialize 16",
          processFileHash: "d0364db3f6****d969c4475705d57154df518d0560****21abd34ca",
        },
      ],
    });
  });
});

describe("where service and document disagree", () => {
  test("either spelling of the process list, or both", () => {
    expect(page('{"process_info":[{"process_pid":1}]}').processInfo).toEqual([{ processPid: 1 }]);
    expect(page('{"process_info_list":[{"process_pid":1}]}').processInfo).toEqual([{ processPid: 1 }]);
    expect(page('{"process_info":null,"process_info_list":[{"process_pid":1}]}').processInfo).toEqual([
      { processPid: 1 },
    ]);
    expect(
      page('{"process_info":[{"process_pid":1}],"process_info_list":[{"process_pid":1},{"process_pid":2}]}')
        .processInfo,
    ).toEqual([{ processPid: 1 }, { processPid: 2 }]);
  });

  test("absent and null stay absent", () => {
    expect(page('{"event_id":"a","handle_time":null,"process_info":null,"resource_info":null}')).toEqual({
      eventId: "a",
    });
  });

  test("empty and zero stay what they are", () => {
    expect(page('{"host_name":"","process_info":[],"event_type":0}')).toEqual({
      hostName: "",
      processInfo: [],
      eventType: 0,
    });
  });

  test("rule and score as number or text", () => {
    expect(page('{"process_info":[{"rule":7,"score":"high"}]}').processInfo).toEqual([{ rule: "7", score: "high" }]);
  });

  test("an object where a list belongs, a list where an object belongs", () => {
    expect(page('{"process_info":{"process_pid":1},"resource_info":[{"vm_name":"a"}]}')).toEqual({
      processInfo: [{ processPid: 1 }],
      resourceInfo: { vmName: "a" },
    });
  });

  test("unknown words, long texts and values out of range", () => {
    const long = "x".repeat(5000);
    expect(
      page(
        `{"severity":"Apocalyptic","event_id":"${long}","event_type":-4,"process_info":[{"process_uid":4294967295}]}`,
      ),
    ).toEqual({
      severity: "Apocalyptic",
      eventId: long,
      eventType: -4,
      processInfo: [{ processUid: 4294967295 }],
    });
  });

  test("unknown fields are kept, in camelCase, after the known ones", () => {
    const event = page(
      '{"zeta_field":{"inner_one":[1,null]},"constructor":"c","new_count":9007199254740993,"event_id":"a"}',
    );
    expect(JSON.stringify(event)).toBe(
      '{"eventId":"a","constructor":"c","newCount":"9007199254740993","zetaField":{"innerOne":[1,null]}}',
    );
  });

  test("a name that becomes a known one means that field, and has its type", () => {
    expect(
      page('{"processInfo":[null,{"process_path":"/a"}],"operateDetailList":{"fileHash":7},"occurredAt":[1]}'),
    ).toEqual({ processInfo: [{ processPath: "/a" }], operateDetailList: [{ fileHash: "7" }], occurredAt: "[1]" });
    expect(page('{"process__info":"p"}')).toEqual({ processInfo: ["p"] });
    expect(page('{"process_info":[{"process_path":"/a"}],"processInfo":"b"}')).toEqual({
      processInfo: [{ processPath: "/a" }],
    });
  });

  test("a missing or null list of events is empty", () => {
    expect(decoded('{"total_num":0}').events).toEqual([]);
    expect(decoded('{"total_num":0,"data_list":null}').events).toEqual([]);
  });
});

describe("64-bit integers are exact", () => {
  test.each(["9223372036854775807", "9007199254740993", "9007199254740991", "0", "1731385152000"])("%s", (digits) => {
    const event = page(
      `{"occur_time":${digits},"process_info":[{"process_start_time": ${digits},"process_euid":${digits}}]}`,
    );
    expect(event.occurTime).toBe(digits);
    expect(event.processInfo).toEqual([{ processStartTime: digits, processEuid: digits }]);
  });

  test("also in fields of 32 bits, and when the service quotes them", () => {
    expect(page('{"event_type":9007199254740993,"occur_time":"9007199254740993"}')).toMatchObject({
      eventType: "9007199254740993",
      occurTime: "9007199254740993",
    });
  });

  test("digits inside texts are left alone", () => {
    const hostile = String.raw`a \" :12345678901234567890, \\`;
    expect(page(`{"host_name":"${hostile}","occur_time":9007199254740993}`)).toMatchObject({
      hostName: 'a " :12345678901234567890, \\',
      occurTime: "9007199254740993",
    });
  });

  test("what no double reaches is a text, since JSON has no infinity", () => {
    expect(page('{"event_type":1e400,"occur_time":-1e400,"x":[1e400]}')).toEqual({
      eventType: "Infinity",
      occurTime: "-Infinity",
      x: ["Infinity"],
    });
  });

  test("no time beyond the calendar", () => {
    expect(page('{"occur_time":9223372036854775807}')).toEqual({ occurTime: "9223372036854775807" });
  });
});

describe("hostile bodies give one clear error", () => {
  const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
  test.each([
    ["200,000 levels in an unknown field", `{"total_num":1,"data_list":[{"x":${deep}}]}`, /nested more than 32 levels/],
    [
      "200,000 levels in a text field",
      `{"total_num":1,"data_list":[{"event_id":${deep}}]}`,
      /nested more than 32 levels/,
    ],
    ["200,000 levels at the top", deep, /not a JSON object/],
    ["__proto__", '{"total_num":1,"data_list":[{"__proto__":{"polluted":1}}]}', /__proto__/],
    ["nested __proto__", '{"total_num":1,"data_list":[{"x":{"__proto__":{"polluted":1}}}]}', /__proto__/],
    [
      "a number of two million digits",
      `{"total_num":1,"data_list":[{"occur_time":${"7".repeat(2_000_000)}}]}`,
      /2000000 characters/,
    ],
    ["half a JSON", '{"total_num":1,"data_list":[{"event_id":"a', /not whole JSON/],
    ["HTML", "<html>", /not whole JSON/],
    ["no total", '{"data_list":[]}', /total_num is missing/],
    ["a total of words", '{"total_num":"many"}', /total_num is "many"/],
    ["an event that is not an object", '{"total_num":1,"data_list":[7]}', /data_list\[0\] is not an object/],
    ["an endless number", '{"total_num":1e9999}', /total_num/],
    [
      "more events than any page holds",
      `{"total_num":1,"data_list":[${Array(50001).fill("{}").join()}]}`,
      /data_list holds 50001 events; one answer lists at most 50000/,
    ],
  ])("%s", (_, body, message) => {
    expect(() => decoded(body)).toThrow(ResponseError);
    expect(() => decoded(body)).toThrow(message);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  test.each<[string, (n: number) => string]>([
    ["equal rows without ids", (n) => Array(Math.min(n, 50_000)).fill('{"process_info":[{}]}').join()],
    ["a name of underscores", (n) => `{"${"_".repeat(n)}":1}`],
    ["many unknown names", (n) => `{${Array.from({ length: n }, (_, i) => `"x_${i}":1`).join()}}`],
    ["many processes in both lists", (n) => `{"process_info":[${list(n)}],"process_info_list":[${list(n)}]}`],
    ["many empty lists", (n) => `{"x":[${Array(n).fill("[]").join()}],"operate_accept_list":[${list(n)}]}`],
  ])("%s take time in proportion to them", (_, item) => {
    const body = parseExact(`{"total_num":1,"data_list":[${item(100_000)}]}`);
    const start = process.cpuUsage();
    decodePage(body, digest);
    expect(process.cpuUsage(start).user).toBeLessThan(4_000_000);
  });

  test("lone surrogates become replacement characters, as on any wire of UTF-8", () => {
    expect(page(String.raw`{"event_id":"a\ud800b","x":"\udc00"}`)).toEqual({ eventId: "a\ufffdb", x: "\ufffd" });
  });

  test("texts and names that Pulumi would take for its own", () => {
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    expect(page(`{"host_name":"${unknown}","x":"${unknown}"}`)).toEqual({
      hostName: `${unknown} (text of an event)`,
      x: `${unknown} (text of an event)`,
    });
    expect(() =>
      page('{"x":{"4dabf18193072939515e22adb298388d":"c44067f5952c0a294b673a41bacd8c17","path":"/etc/passwd"}}'),
    ).toThrow(/holds a field named `4dabf18193072939515e22adb298388d`/);
    // what it becomes in camelCase counts as well
    for (const event of [
      '{"4dabf1819_3072939515e22adb298388d":"c44067f5952c0a294b673a41bacd8c17","path":"/etc/passwd"}',
      '{"x":{"4dabf1819_3072939515e22adb298388d":"c44067f5952c0a294b673a41bacd8c17","path":"/etc/passwd"}}',
      '{"process_info":[{"x":[{"4dabf1819_3072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270"}]}]}',
    ])
      expect(() => page(event)).toThrow(/holds a field named `4dabf18193072939515e22adb298388d`/);
  });
});
