import type { Outcome } from "./outcome.js";

/**
 * What the alert's name says of the process: it is all that tells a malicious one from a suspicious one. The document lists
 * two names, its example has a third, and consoles translate them; a name that is none of the harmless ones is unknown.
 */
export function maliceOf(eventName: string | undefined): Outcome {
  if (eventName === undefined) return "unknown";
  const known = answers.get(eventName);
  if (known !== undefined) return known;
  const answer = judge(eventName);
  if (answers.size < 1000) answers.set(eventName, answer);
  return answer;
}

/** Classes of the service's events that are about attacks and malware, whatever the alert's name says. */
export const isMaliciousClass = (eventClassId: string | undefined): boolean =>
  eventClassId !== undefined &&
  /^(?:av|containerescape|fileless|malware|ransomware|rootkit|vmescape|vul_exploit|webshell)_\d+$/i.test(
    eventClassId.trim(),
  );

// names are few, and events many
const answers = new Map<string, Outcome>();

function judge(eventName: string): Outcome {
  const name = eventName.normalize("NFKC").toLowerCase().replace(/\s+/gu, " ").trim();
  if (name === "" || name.includes("*")) return "unknown";
  if (harmless.has(name)) return "no";
  if (negations.test(name)) return "unknown";
  return malicious.test(name) ? "yes" : "unknown";
}

const harmless: ReadonlySet<string> = new Set([
  "white list alert suspicious process",
  "whitelist alert suspicious process",
  "untrusted process running",
  "白名单告警可疑进程",
  "白名单告警-可疑进程",
  "可疑进程运行",
  "不可信进程运行",
  "非可信进程运行",
  "未信任进程运行",
]);

/** In the languages of the service's consoles. */
const malicious = new RegExp(
  [
    "malicious|malware|virus|trojan|ransomware",
    "恶意|惡意|病毒|木马|木馬|勒索",
    "malveillan|malicios|mal-?intencionad|maligno",
    "bösartig|schädlich|schadprogramm|schadsoftware",
    "dannos|malevol",
    "вредоносн|зловредн",
    "zararlı|kötü amaçlı|kötücül",
    "ضار|خبيث",
    "อันตราย|มัลแวร์",
    "berbahaya|berniat jahat|jahat",
    "độc hại|mã độc",
    "悪意|悪質|マルウェア|악성",
    "złośliw",
  ].join("|"),
  "u",
);

const negations =
  /\b(?:non|not|no|un|nicht|sin|sem|senza|sans|pas|nie|не)[ -]|非恶意|非惡意|无害|無害|không|bukan|değil/u;
