import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { ArgumentError, IncompleteReadError } from "../../../provider/errors.js";
import { validateArguments } from "../../../provider/functions/definition.js";
import { getWhitelistPolicyDocument } from "../../../provider/functions/getWhitelistPolicyDocument.js";
import { decodePage } from "../../../provider/hss/decode.js";
import { RowDigest } from "../../../provider/hss/digest.js";
import { sha256 } from "../../../provider/sha256.js";
import {
  policyDocumentResult,
  policyFormat,
  type FormatName,
  type ObservedEvent,
} from "../../../provider/policy/index.js";
import { documentOf, now, observationOf as observe } from "../../support/policy.js";
import { everything, hashOf, hostileEvents } from "./hostile.js";

const formats: readonly FormatName[] = ["hss", "fapolicyd", "sha256sum", "csv", "json", "stix"];

type More = Parameters<typeof documentOf>[2];
const make = (events: readonly ObservedEvent[], format: FormatName, more: More = {}) =>
  documentOf(events, format, { rule: events.length > 100 ? everything : observed, ...more });

const observed = { select: [{ minEvents: 1 }] };

const trust = (hash: string, path: string, more: Partial<ObservedEvent> = {}): ObservedEvent => ({
  hostId: "h1",
  hostName: "web-1",
  osType: "Linux",
  policyId: "p1",
  occurTime: "1731385152000",
  severity: "Low",
  eventName: "white list alert suspicious process",
  handleStatus: "handled",
  handleMethod: "mark_as_trust",
  processInfo: [{ processHash: hash, processPath: path, processName: path.split("/").pop() }],
  ...more,
});

describe.each(formats)("%s", (format) => {
  test("the same events in another order give the same bytes, at another time too", () => {
    const events = hostileEvents();
    const one = make(events, format);
    const other = make([...events].reverse(), format, { now: now + 1_000_000 });
    expect(other).toEqual(one);
    expect(one.sha256).toBe(sha256(one.document));
    expect(policyDocumentResult.parse(one)).toEqual(one);
  });

  test("ends with a newline, holds nothing invisible and no CI command", () => {
    const { document } = make(hostileEvents(), format);
    expect(document.endsWith("\n")).toBe(true);
    // the mark of UTF-8, which a spreadsheet asks for
    expect(document.replace(/^\ufeff/, "")).not.toMatch(
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/u,
    );
    expect(document).not.toMatch(/\p{Cs}/u);
    expect(document).not.toMatch(/::|##(?:vso|teamcity)?\[/);
  });

  test("says what it was made from", () => {
    const { document, ruleSha256 } = make([trust(hashOf(1), "/x")], format, {
      source: {
        query: { beginTime: "2026-11-01T00:00:00Z", endTime: "2026-11-02T00:00:00Z" },
        window: { beginTime: "2026-11-01T00:00:00Z", endTime: "2026-11-02T00:00:00Z" },
      },
    });
    for (const part of ["beginTime", "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z", ruleSha256, "complete"])
      expect(document).toContain(part);
  });

  test("each hash the rule allows is in the document or listed as not expressible", () => {
    const { included, excluded, notExpressible } = make(hostileEvents(), format);
    const allowed = [...included, ...notExpressible].map(({ hash }) => hash).sort();
    expect(allowed).toEqual(
      observe(hostileEvents())
        .processes.map(({ hash }) => hash)
        .sort()
        .filter(
          (hash) =>
            !excluded.some((entry) => entry.hash === hash && !notExpressible.some((none) => none.hash === hash)),
        ),
    );
    for (const { hash } of notExpressible)
      expect(excluded.find((entry) => entry.hash === hash)?.reasons[0]).toMatch(
        /^allowed by the rule, but the format /,
      );
  });

  test("without select nothing is in it", () => {
    const result = make([trust(hashOf(1), "/x")], format, { rule: {} });
    expect(result.included).toEqual([]);
    expect(result.summary).toBe("0 of 1 observed hash allowed, there is no select entry: nothing is allowed");
    if (format !== "csv") expect(result.document).toContain(result.summary);
  });

  test("the API document's example gives an empty policy and says why", () => {
    const text = readFileSync(join(__dirname, "../../fixtures/appEventApiExample.json"), "utf8");
    const { events } = decodePage(JSON.parse(text), new RowDigest(new Uint8Array(32)));
    const result = make(events, format);
    expect(result.included).toEqual([]);
    expect(result.summary).toBe("0 of 0 observed hashes allowed, 1 event without a usable hash (1 masked with *)");
    expect(result.document).toContain("masked");
  });

  test("no events at all", () => {
    const result = make([], format);
    expect(result.summary).toBe("0 of 0 observed hashes allowed, no event was read");
    expect(result.document).toContain("no event was read");
  });

  test("an incomplete read makes no policy", () => {
    expect(() => make([trust(hashOf(1), "/x")], format, { source: { complete: false } })).toThrow(IncompleteReadError);
  });
});

describe("fapolicyd", () => {
  const rules = (document: string) => document.split("\n").filter((line) => line !== "" && !/^[#%]/.test(line));
  const rulesOf = (decision: string, hash: string) => [
    `${decision} perm=execute all : sha256hash=${hash}`,
    `${decision} perm=open all : ftype=%hss_scripts sha256hash=${hash}`,
  ];

  test("two rules for each hash, and nothing but the hash in them", () => {
    const { document, included } = make(hostileEvents(), "fapolicyd");
    expect(rules(document)).toEqual(included.flatMap(({ hash }) => rulesOf("allow_audit", hash)));
    expect(included.length).toBeGreaterThan(300);
  });

  test("enforce allows silently", () => {
    const { document } = make([trust(hashOf(1), "/x")], "fapolicyd", { mode: "enforce" });
    expect(rules(document)).toEqual(rulesOf("allow", hashOf(1)));
    expect(document).not.toMatch(/^deny/m);
  });

  test("lists what is not SHA-256 or not for Linux", () => {
    const { notExpressible, included } = make(
      [
        trust(hashOf(1, 40), "/a"),
        trust(hashOf(2), "C:\\x.exe", { osType: "Windows" }),
        trust(hashOf(3, 60), "/b"),
        trust(hashOf(4), "/c", { osType: undefined }),
      ],
      "fapolicyd",
    );
    expect(included.map(({ hash }) => hash)).toEqual([hashOf(4)]);
    expect(notExpressible.map(({ reason }) => reason).sort()).toEqual([
      "is for Linux, and the file was seen on Windows only",
      "needs SHA-256, and 40 hexadecimal digits are SHA1",
      "needs SHA-256, and 60 hexadecimal digits are no known hash",
    ]);
  });
});

describe("sha256sum", () => {
  test("a path that can't stand in it is told, and why", () => {
    const paths = ["/opt/Foo-Bar", "/opt/Foo::Bar", "/opt/\u3164x", "/opt/a\ufe0f", "/opt/##vso[x]"];
    const { document } = make(
      paths.map((path) => trust(hashOf(1), path)),
      "sha256sum",
    );
    expect(document.split("\n").filter((line) => line.startsWith(hashOf(1)))).toEqual([`${hashOf(1)}  /opt/Foo-Bar`]);
    expect(document).toContain("# path left out: /opt/\\u{3164}x");
    expect(make([trust(hashOf(1), "/opt/Foo::Bar")], "sha256sum").notExpressible).toEqual([
      { hash: hashOf(1), reason: expect.stringMatching(/without backslashes, `::`, control/) as string },
    ]);
  });
});

describe("csv", () => {
  test("an independent reader gets the rows and columns that were written, and no formula", () => {
    const { document, included, excluded } = make(hostileEvents(), "csv");
    const rows = parse(document, { bom: true }) as string[][];
    expect(new Set(rows.map((row) => row.length)).size).toBe(1);
    const records = parse(document, { bom: true, columns: true }) as Record<string, string>[];
    expect(records.filter(({ decision }) => decision === "included").map(({ hash }) => hash)).toEqual(
      included.map(({ hash }) => hash),
    );
    expect(records.filter(({ decision }) => decision === "excluded").length).toBe(excluded.length);
    expect(document.trimEnd().split("\n").length).toBe(rows.length);
    for (const value of rows.flat()) expect(value).not.toMatch(/^\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/);
    expect(document).not.toContain(";");
  });
});

describe("json and hss", () => {
  test("texts come back as they were", () => {
    const text = '/x\u202e\u2028::a##[b]\u{e0041}"\\';
    const events = [trust(hashOf(1), text)];
    const json = JSON.parse(make(events, "json").document) as { included: { evidence: { paths: string[] } }[] };
    expect(json.included[0]?.evidence.paths).toEqual([text]);
    const hss = JSON.parse(make(events, "hss").document) as {
      addRequests: { body: { process_info_list: { process_path: string }[] } }[];
    };
    expect(hss.addRequests[0]?.body.process_info_list[0]?.process_path).toBe(text);
  });
});

describe("hss", () => {
  type Requests = Record<
    "requests" | "addRequests",
    { method: string; path: string; query: object; body: Record<string, unknown> }[]
  >;

  test("requests by policy, in chunks, ready to send", () => {
    const events = Array.from({ length: 102 }, (_, i) =>
      trust(hashOf(i), `/opt/${i}`, { policyId: i === 101 ? "p2" : "p1" }),
    );
    const { document } = documentOf(events, "hss", {
      rule: observed,
      source: { query: { enterpriseProjectId: "0" } },
    });
    const { requests, addRequests } = JSON.parse(document) as Requests;
    const hashes = Array.from({ length: 102 }, (_, i) => hashOf(i));
    expect(requests).toEqual(
      [
        [hashes.slice(0, 100), "p1"],
        [hashes.slice(100, 101), "p1"],
        [hashes.slice(101), "p2"],
      ].map(([list, policy]) => ({
        operation: "ChangeAppWhitelistPolicyProcessStatus",
        method: "PUT",
        path: `/v5/0123/app/${policy as string}/process`,
        query: { enterprise_project_id: "0" },
        body: { process_status: "trust", process_hash_list: list },
      })),
    );
    expect(addRequests[2]).toEqual({
      operation: "AddAppWhitelistPolicyProcess",
      method: "POST",
      path: "/v5/0123/app/p2/process",
      query: { enterprise_project_id: "0", host_id: "h1" },
      body: { process_info_list: [{ process_hash: hashOf(101), process_name: "101", process_path: "/opt/101" }] },
    });
  });

  test("spreads to further policies on purpose", () => {
    const make = (policies?: string[]) =>
      (
        JSON.parse(documentOf([trust(hashOf(1), "/x")], "hss", { rule: observed, policies }).document) as Requests
      ).requests.map(({ path }) => path);
    expect(make()).toEqual(["/v5/0123/app/p1/process"]);
    expect(make(["p1", "p9"])).toEqual(["/v5/0123/app/p1/process", "/v5/0123/app/p9/process"]);
  });

  test("no hostile policy id reaches a path, and hashes without a policy are listed", () => {
    const events = ["../../x", "a/b", "a?b", "4517fc****", "", "a\nb"].map((policyId, i) =>
      trust(hashOf(i), "/x", { policyId }),
    );
    const { document, notExpressible } = make(events, "hss");
    expect((JSON.parse(document) as Requests).requests).toEqual([]);
    expect(notExpressible.length).toBe(6);
  });
});

describe("refused", () => {
  test.each<[string, RegExp]>([
    ["applocker", /Authenticode/],
    ["WDAC", /Authenticode/],
    ["santa", /macOS/],
    ["xml", /is no format; known are hss/],
    ["__proto__", /is no format/],
    ["toString", /is no format/],
  ])("the format %s, with the reason", (format, reason) => {
    expect(() => validateArguments(getWhitelistPolicyDocument, { format })).toThrow(reason);
    expect(policyFormat.safeParse(format).error?.issues[0]?.message).toMatch(reason);
  });

  test("every bad argument at once", () => {
    const { processes } = observe([trust(hashOf(1), "/x")]);
    const bad = { ...processes[0], hash: `${hashOf(1)}\nallow perm=execute all : all` } as (typeof processes)[number];
    const attempt = () =>
      validateArguments(getWhitelistPolicyDocument, {
        processes: [bad],
        select: [{}],
        exclude: [{ paths: ["["] }],
        format: "xml",
      });
    expect(attempt).toThrow(ArgumentError);
    try {
      attempt();
    } catch (error) {
      expect((error as ArgumentError).problems.map(({ property }) => property)).toEqual([
        "processes.0.hash",
        "select.0",
        "exclude.0.paths.0",
        "format",
      ]);
      expect((error as Error).message).not.toContain("\n");
    }
  });

  test("a hash that stands twice among the processes: the milder story must not win", () => {
    const { processes } = observe([trust(hashOf(1), "/x")]);
    const [first] = processes as [(typeof processes)[number]];
    const twice = [first, { ...first, hash: first.hash.toUpperCase(), maliciousCount: 1 }];
    expect(() => validateArguments(getWhitelistPolicyDocument, { processes: twice })).toThrow(
      /processes\.1\.hash: stands in processes\.0 too/,
    );
  });
});

test("allowed interpreters are counted: each file stands in the warning, by its name or among the rest", () => {
  const hash = (at: number) => sha256(`interpreter ${at}`);
  const names = ["bash", "python3", "python3", "python3", "perl"];
  const more = ["ash", "csh", "dash", "fish", "ksh", "ruby", "zsh"];
  const events = (all: readonly string[]) => all.map((name, at) => trust(hash(at), `/usr/bin/${name}`));
  const said = (all: readonly string[]) =>
    make(events(all), "json").warnings.filter((warning) => warning.includes("can run anything"));
  const kinds = "can run anything given to them (interpreters, shells, loaders, multi-call programs)";
  expect(said(names)).toEqual([`5 allowed files ${kinds}: bash, perl, python3 (3 files)`]);
  expect(said([...names, ...more])).toEqual([
    `12 allowed files ${kinds}: ash, bash, csh, dash, fish, ksh, perl, python3 (3 files) and 2 more`,
  ]);
});
