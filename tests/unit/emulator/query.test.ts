import { Refusal } from "../../../emulator/answers.js";
import { parsePageRequest, type PageRequest } from "../../../emulator/query.js";

const parse = (query: string, maxWindowSeconds = 172_800): PageRequest =>
  parsePageRequest("p", query, maxWindowSeconds);

function refusal(query: string): string {
  try {
    parse(query);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const body = JSON.parse(error.answer.body) as Record<string, string>;
    expect(error.answer.status).toBe(400);
    expect(body.error_description).toBe(body.error_msg);
    return `${body.error_code}: ${body.error_msg}`;
  }
  return "accepted";
}

test("nothing given: 30 days of the default enterprise project, 10 events", () => {
  expect(parse("")).toEqual({ query: { projectId: "p", enterpriseProjectId: "0" }, offset: 0, limit: 10 });
});

test("everything given is decoded", () => {
  const text = "enterprise_project_id=all_granted_eps&last_days=7&host_name=web%201%2F%E4%B8%AD&host_ip=1.2.3.4";
  expect(parse(`${text}&private_ip=10.0.0.1&handle_status=handled&offset=2000000&limit=200`)).toEqual({
    query: {
      projectId: "p",
      enterpriseProjectId: "all_granted_eps",
      lastDays: 7,
      hostName: "web 1/中",
      hostIp: "1.2.3.4",
      privateIp: "10.0.0.1",
      handleStatus: "handled",
    },
    offset: 2_000_000,
    limit: 200,
  });
});

test.each([
  ["begin_time=1700000000&end_time=1700000001", 1_700_000_000_000, 1_700_000_001_000],
  ["begin_time=1700000000123&end_time=1700000001456", 1_700_000_000_123, 1_700_000_001_456],
  ["begin_time=1700000000&end_time=1700172800", 1_700_000_000_000, 1_700_172_800_000],
])("times in seconds or milliseconds: %s", (text, beginMs, endMs) => {
  expect(parse(text).query).toMatchObject({ beginMs, endMs });
});

test("zeros of the vendor's Go client mean that no window is given", () => {
  expect(parse("begin_time=0&end_time=0&last_days=3&limit=10").query).toMatchObject({ lastDays: 3 });
});

test.each([
  "limit=9",
  "limit=201",
  "limit=",
  "limit=1e2",
  "limit=20.5",
  "offset=-1",
  "offset=2000001",
  "last_days=0",
  "last_days=31",
  "handle_status=done",
  "handle_status=",
  "host_name=",
  `host_name=${"x".repeat(257)}`,
  `private_ip=${"1".repeat(129)}`,
  "enterprise_project_id=",
  "begin_time=1700000000",
  "end_time=1700000000",
  "begin_time=1700000001&end_time=1700000000",
  "begin_time=1700000000&end_time=1700172801",
  "begin_time=1700000000&end_time=1700000001&last_days=1",
  "begin_time=-1&end_time=5",
  "begin_time=0&end_time=9223372036854775808",
  "begin_time=yesterday&end_time=5",
  "limit=10&limit=20",
  "host_name=a&host_name=a",
])("refused as HSS.0001: %s", (query) => {
  expect(refusal(query)).toMatch(/^HSS\.0001: invalid parameter: \w+/);
});

test("a broken escape is a parse failure", () => {
  expect(refusal("host_name=%zz")).toMatch(/^HSS\.0002: /);
});

test("lengths count characters, not UTF-16 units", () => {
  expect(refusal(`host_name=${encodeURIComponent("🦊".repeat(256))}`)).toBe("accepted");
});

test("the longest window can be set", () => {
  expect(parse("begin_time=1700000000&end_time=1702592000", 2_592_000).query.beginMs).toBe(1_700_000_000_000);
});
