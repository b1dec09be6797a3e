import type { EventRecord } from "../hss/event.js";
import { sha256 } from "../sha256.js";
import { version } from "../version.js";

/**
 * An event as a Detection Finding of the Open Cybersecurity Schema Framework 1.6.
 *
 * https://schema.ocsf.io/1.6.0/classes/detection_finding
 */

export interface OcsfPlace {
  readonly region?: string;
  readonly project?: string;
}

const severityIds: Readonly<Record<string, number>> = { Security: 1, Low: 2, Medium: 3, High: 4, Critical: 5 };
const algorithmIds: Readonly<Record<number, readonly [number, string]>> = {
  32: [1, "MD5"],
  40: [2, "SHA-1"],
  64: [3, "SHA-256"],
  128: [4, "SHA-512"],
};

/** `by`: the version of this package that made it. */
export function ocsfFinding(event: EventRecord, { region, project }: OcsfPlace, by = version): Record<string, unknown> {
  const { severity = "", eventName, occurTime, handleStatus, hostId, hostName, privateIp, osType } = event;
  const severityId = severity === "" ? 0 : (severityIds[severity] ?? 99);
  const isClosed = handleStatus === "handled";
  return without({
    activity_id: isClosed ? 3 : 1,
    activity_name: isClosed ? "Close" : "Create",
    category_uid: 2,
    category_name: "Findings",
    class_uid: 2004,
    class_name: "Detection Finding",
    type_uid: isClosed ? 200403 : 200401,
    time: safeNumber(occurTime) ?? 0,
    severity_id: severityId,
    severity: severity === "" ? undefined : severity,
    status_id: handleStatus === "unhandled" ? 1 : isClosed ? 4 : 0,
    status: handleStatus,
    metadata: without({
      version: "1.6.0",
      profiles: ["cloud", "host"],
      product: { name: "HSS", vendor_name: "Huawei Cloud" },
      log_provider: `pulumi-hss ${by}`,
      uid: event.eventId,
    }),
    cloud: without({ provider: "Huawei Cloud", region, account: project === undefined ? undefined : { uid: project } }),
    device:
      hostId === undefined && hostName === undefined
        ? undefined
        : without({
            type_id: 1,
            uid: hostId,
            hostname: hostName,
            ip: privateIp,
            os:
              osType === undefined
                ? undefined
                : { name: osType, type_id: osType === "Linux" ? 200 : osType === "Windows" ? 100 : 99 },
          }),
    finding_info: without({
      uid: event.eventId ?? sha256(JSON.stringify(event)),
      title: eventName ?? "process that is not on the whitelist",
      created_time: safeNumber(occurTime),
    }),
    evidences: evidencesOf(event),
    resources: hostId === undefined ? undefined : [without({ uid: hostId, name: hostName, type: "host" })],
    // what has no place of its own, and integers that JSON numbers can't hold
    unmapped: { event },
  });
}

function evidencesOf({ processInfo = [] }: EventRecord) {
  const evidences = processInfo.map((process) => {
    const { processHash, processFileHash, processPath, processName, processPid, processUsername, processUid } = process;
    const hashes = [...new Set([processHash, processFileHash])].flatMap((value) => {
      const known = value !== undefined && /^[0-9a-fA-F]+$/.test(value) ? algorithmIds[value.length] : undefined;
      return value !== undefined && known
        ? [{ algorithm_id: known[0], algorithm: known[1], value: value.toLowerCase() }]
        : [];
    });
    const name = processName ?? processPath?.split(/[/\\]/).pop();
    return {
      process: without({
        pid: safeNumber(processPid),
        name: processName,
        cmd_line: process.processCmdline,
        user:
          processUsername === undefined
            ? undefined
            : without({ name: processUsername, uid: processUid === undefined ? undefined : String(processUid) }),
        file:
          name === undefined && processPath === undefined
            ? undefined
            : without({
                name: name ?? "",
                type_id: 1,
                path: processPath,
                hashes: hashes.length > 0 ? hashes : undefined,
              }),
      }),
    };
  });
  return evidences.length > 0 ? evidences : undefined;
}

/** OCSF's integers are JSON numbers: one that they can't hold is left out, and stands in `unmapped`. */
function safeNumber(value: string | number | undefined): number | undefined {
  const number = Number(value);
  return value !== undefined && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

const without = (object: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
