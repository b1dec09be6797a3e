import type { ObservedEvent } from "../../../provider/policy/index.js";

/** What somebody who wants a rule, a column or a command of their own would name a program. */
export const hostileTexts: readonly string[] = [
  "a\nallow perm=execute all : all",
  "a\r\nallow perm=any all : all\r\n",
  "\n%hss=1\nallow perm=execute all : sha256hash=%hss",
  "a\u2028allow perm=execute all : all\u2029b",
  "a\u0085b\u000bc\u000cd",
  "a\u0000b",
  "\u001b[2J\u001b]0;owned\u0007",
  "\u202egnp.exe",
  "\u2066a\u2069\u200b\u200f\ufeff",
  "tag\u{e0041}\u{e007f}",
  "lone \ud800 surrogate \udc00",
  "100%s%n%x%p",
  "a,b,c",
  'a","b","=1+1',
  '"',
  "'",
  "''';",
  "=cmd|' /C calc'!A0",
  "+1+1",
  "-1+1",
  "@SUM(1)",
  "\t=1+1",
  "\r=1+1",
  "\uff1d1+1",
  "x;=1+1",
  "a | b",
  "<script>alert(1)</script>",
  "<!--",
  "]]>",
  "&lt;&#124;",
  "::set-output name=x::y",
  "::add-mask::x",
  "##vso[task.setvariable variable=x]y",
  "##teamcity[setParameter name='x' value='y']",
  "##[error]x",
  "\\",
  "\\n",
  "a\\",
  "C:\\Windows\\System32\\cmd.exe",
  "`rm -rf /`",
  "```",
  "$(id)",
  "${IFS}",
  "[x](javascript:alert(1))",
  "![x](https://example.com/x.png)",
  "|---|",
  "a|b",
  "@octocat",
  "https://example.com/ www.example.com",
  "#1",
  "# comment",
  "- item",
  "1. item",
  "__proto__",
  "constructor",
  "{{ template }}",
  "allow perm=execute all : sha256hash=0000000000000000000000000000000000000000000000000000000000000000",
  "0000000000000000000000000000000000000000000000000000000000000000  /etc/passwd",
  "' OR file:name = 'x",
  "-",
  " ",
  "名前/ファイル",
  "é\u0301",
  "x".repeat(5000),
  `${"a".repeat(255)}\n`,
];

const digits = (seed: number, length: number): string =>
  Array.from({ length }, (_, i) => ((seed * 7919 + i * 104729 + ((seed * i) % 13)) % 16).toString(16)).join("");

/** A hash that belongs to the number. */
export const hashOf = (seed: number, length = 64): string =>
  seed.toString(16).padStart(8, "0") + digits(seed, length - 8);

/** Each text in each place where an event may carry it, under a hash of its own. */
export function hostileEvents(): ObservedEvent[] {
  const plain = { eventName: "white list alert suspicious process", handleStatus: "unhandled" };
  const all = hostileTexts.flatMap((text, index): ObservedEvent[] => {
    const base = (place: number) => hashOf(index * 8 + place);
    const process = (place: number, more: object) => [
      { processHash: base(place), processName: "tool", processPath: "/usr/bin/tool", ...more },
    ];
    return [
      {
        occurTime: "1731385152000",
        hostId: "h1",
        policyId: "p1",
        osType: "Linux",
        processInfo: process(0, { processName: text }),
      },
      { hostId: "h1", policyId: "p1", processInfo: process(1, { processPath: text }) },
      { hostId: "h1", policyId: "p1", processInfo: process(2, { processPath: `/opt/${text}` }) },
      { hostId: "h1", policyId: "p1", processInfo: process(3, { processUsername: text }) },
      {
        hostName: text,
        hostId: text,
        policyId: text,
        severity: text,
        osType: text,
        handleMethod: text,
        handleStatus: text,
        processInfo: process(4, {}),
      },
      { hostId: "h1", policyId: "p1", operateDetailList: [{ fileHash: base(5), filePath: text }] },
      // a hash that is no hash: never a rule
      { hostId: "h1", policyId: "p1", processInfo: [{ processHash: text, processName: text, processPath: text }] },
    ];
  });
  return all.map((event) => ({ ...plain, ...event }));
}

/** A rule that tries to let everything in, what is doubtful by review. */
export const everything = {
  select: [
    { minEvents: 1 },
    { hashes: hostileTexts.map((_, index) => ({ hash: hashOf(index * 8 + 4), reason: "looked at" })) },
  ],
};
