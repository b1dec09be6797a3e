import { maliceOf } from "../../../provider/policy/malice.js";

test.each([
  "white list alert suspicious process",
  " White List  Alert Suspicious Process ",
  "Untrusted process running",
  "白名单告警可疑进程",
])("[P15] %j is known to be harmless", (name) => {
  expect(maliceOf(name)).toBe("no");
});

test.each([
  "white list alert malicious process",
  "MALICIOUS process",
  "ｍａｌｉｃｉｏｕｓ process",
  "白名单告警恶意进程",
  "白名單告警惡意進程",
  "Proceso malicioso",
  "Processus malveillant",
  "Bösartiger Prozess",
  "Вредоносный процесс",
  "Kötü amaçlı işlem",
  "عملية ضارة",
  "กระบวนการที่เป็นอันตราย",
  "Proses berbahaya",
  "Tiến trình độc hại",
  "悪意のあるプロセス",
  "악성 프로세스",
])("[P15] %j is malicious", (name) => {
  expect(maliceOf(name)).toBe("yes");
});

test.each([
  undefined,
  "",
  " ",
  "white list alert ***",
  "Something new",
  "not malicious process",
  "suspicious",
  "非恶意进程",
])("[P15] %j is unknown, not harmless", (name) => {
  expect(maliceOf(name)).toBe("unknown");
});
