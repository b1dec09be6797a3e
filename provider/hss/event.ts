import { z } from "zod";
import { identity, int64, integer, text, timeOf, unixId, volatile, word } from "./fields.js";

/**
 * One item of `data_list` as a program gets it: the API's fields in camelCase, every one optional, absent when the service
 * leaves it out. Ranges are the document's; the service exceeds them, so none is enforced.
 *
 * Source: ListAppWhitelistEvent, https://support.huaweicloud.com/intl/en-us/api-hss2.0/ListAppWhitelistEvent.html
 */

const operateDetail = z
  .object({
    agentId: text("Id of the HSS agent on the server.", 64),
    processPid: integer("Process id."),
    fileHash: text("Hash of the file concerned; the algorithm is not documented.", 256),
    filePath: text("Path of the file concerned.", 256),
    fileAttr: text("File attributes: permissions, hidden, executable.", 256),
    privateIp: text("Private IP address of the server.", 128),
    loginIp: text("Address from which a login came.", 256),
    loginUserName: text("Name under which a login was made.", 256),
  })
  .meta({
    id: "AppWhitelistEventOperateDetail",
    description: "What an operation on the event needs to know; the console does not show it.",
  });

const resource = z
  .object({
    domainId: text("Id of the tenant account.", 64),
    projectId: text("Id of the project."),
    enterpriseProjectId: text("Id of the server's enterprise project; `0` is the default one."),
    regionName: text("Region; not a closed list."),
    vpcId: text("Id of the VPC.", 64),
    cloudId: text("Id of the cloud server; seen empty.", 64),
    vmName: text("Name of the virtual machine.", 64),
    vmUuid: text("UUID of the virtual machine.", 64),
    containerId: text("Id of the container.", 128),
    imageId: text("Id of the image.", 64),
    imageName: text("Name of the image; only in container alarms.", 256),
    hostAttr: text("Attribute of the server.", 64),
    service: text("Business service.", 64),
    microService: text("Microservice.", 64),
    sysArch: text("CPU architecture of the system.", 64),
    osBit: text("Word size of the operating system.", 64),
    osType: word("Family of the operating system.", ["Linux", "Windows"]),
    osName: text("Name of the operating system.", 128),
    hostName: text("Name of the server.", 256),
    hostIp: text("IP address of the server.", 128),
    publicIp: text("Elastic IP address of the server.", 256),
    hostId: text("Id of the server; may be written differently from the event's own `hostId`.", 64),
    podUid: text("UID of the pod.", 64),
    podName: text("Name of the pod.", 64),
    namespace: text("Namespace of the pod.", 64),
    clusterId: text("Id of the cluster."),
    clusterName: text("Name of the cluster.", 128),
    assetValue: word("Importance of the asset.", ["important", "common", "test"]),
    containerStatus: text("State of the container."),
    osVersion: text("Version of the operating system.", 64),
    agentVersion: text("Version of the HSS agent."),
  })
  .meta({
    id: "AppWhitelistEventResource",
    description: "The server, container and cluster on which the process ran; the console does not show it.",
    repeatedBy: "hostId",
  });

const process = z
  .object({
    processName: identity(text("Name of the process.", 128)),
    processPath: identity(text("Path of the process's file.", 256)),
    processPid: integer("Process id."),
    processUid: unixId("User id of the process; 0 is root, absent is unknown."),
    processUsername: text("Name of the user that runs the process.", 128),
    processCmdline: text("Command line, of any length; it may hold passwords."),
    processFilename: text("Name of the process's file.", 64),
    processStartTime: int64("When the process started; no unit is documented, seconds since the epoch were seen."),
    processGid: unixId("Group id of the process."),
    processEgid: unixId("Effective group id of the process."),
    processEuid: int64("Effective user id of the process; the API types it as 64-bit."),
    parentProcessName: text("Name of the parent process.", 64),
    parentProcessPath: text("Path of the parent process's file.", 64),
    parentProcessPid: integer("Process id of the parent process."),
    parentProcessUid: unixId("User id of the parent process."),
    parentProcessCmdline: text("Command line of the parent process; longer ones were seen.", 64),
    parentProcessFilename: text("Name of the parent process's file.", 64),
    parentProcessStartTime: int64("When the parent process started; no unit is documented."),
    parentProcessGid: unixId("Group id of the parent process."),
    parentProcessEgid: unixId("Effective group id of the parent process."),
    parentProcessEuid: unixId("Effective user id of the parent process."),
    childProcessName: text("Name of the child process.", 64),
    childProcessPath: text("Path of the child process's file.", 64),
    childProcessPid: integer("Process id of the child process."),
    childProcessUid: unixId("User id of the child process."),
    childProcessCmdline: text("Command line of the child process.", 64),
    childProcessFilename: text("Name of the child process's file.", 64),
    childProcessStartTime: int64("When the child process started; no unit is documented."),
    childProcessGid: unixId("Group id of the child process."),
    childProcessEgid: unixId("Effective group id of the child process."),
    childProcessEuid: unixId("Effective user id of the child process."),
    virtCmd: text("Virtualisation command.", 64),
    virtProcessName: text("Name of the virtualisation process.", 64),
    escapeMode: text("How the process left its container.", 64),
    escapeCmd: text("Command run after leaving the container.", 128),
    processHash: identity(text("Hash of the file that started the process; the algorithm is not documented.", 64)),
    mode: text("Attribute of the file.", 64),
    rule: text("Rule; the document types it as an integer and describes it as text.", 64),
    score: text("Score; the document types it as an integer and describes it as text.", 64),
    processFileHash: identity(
      text(
        "Hash of the process's file; the algorithm is not documented, 64 hexadecimal digits are probably SHA-256.",
        64,
      ),
    ),
    parentProcessFileHash: text("Hash of the parent process's file.", 64),
    ancestorProcessPid: integer("Process id of the grandparent process.", 1),
    ancestorProcessCmdline: text("Command line of the grandparent process.", 64),
    ancestorProcessPath: text("Path of the grandparent process's file.", 64),
    operateType: integer("Kind of operation.", 1),
    sessionId: integer("Id of the session.", 1),
  })
  .meta({
    id: "AppWhitelistEventProcess",
    description: "A process that is not on the whitelist, with its parent, child and grandparent.",
  });

export const appWhitelistEvent = z
  .object({
    eventId: identity(text("Id of the event.", 64)),
    eventClassId: text("Class of the event, such as `appwl_1001`; not a closed list."),
    eventType: integer("Numeric type of the event, such as 3040; not a closed list."),
    eventName: text(
      "Name of the event, such as `Untrusted process running`, `white list alert malicious process` or `white list alert suspicious process`.",
    ),
    severity: word("Severity.", ["Security", "Low", "Medium", "High", "Critical"]),
    hostName: text("Name of the server; often only in `resourceInfo`.", 256),
    hostId: text("Id of the server.", 64),
    privateIp: text("Private IP address of the server.", 128),
    publicIp: text("Elastic IP address of the server.", 256),
    attackPhase: word("Phase of the attack.", [
      "reconnaissance",
      "weaponization",
      "delivery",
      "exploit",
      "installation",
      "command_and_control",
      "actions",
    ]),
    attackTag: word("Mark of the attack.", [
      "attack_success",
      "attack_attempt",
      "attack_blocked",
      "abnormal_behavior",
      "collapsible_host",
      "system_vulnerability",
    ]),
    occurTime: int64("When the event occurred, in milliseconds since the epoch."),
    occurredAt: timeOf("occurTime"),
    handleTime: volatile(int64("When the event was handled, in milliseconds since the epoch; only on handled events.")),
    handledAt: timeOf("handleTime"),
    handleStatus: volatile(word("Whether the event was handled.", ["unhandled", "handled"])),
    handleMethod: volatile(
      word("How the event was handled.", ["mark_as_trust", "mark_as_suspicious", "isolate_and_kill"]),
    ),
    operateAcceptList: z.array(z.string()).optional().meta({
      description: "Operations that the event accepts, such as `add_to_app_whitelist`.",
      volatile: true,
    }),
    operateDetailList: z
      .array(operateDetail)
      .optional()
      .meta({ description: "What an operation on the event needs to know." }),
    resourceInfo: resource
      .optional()
      .meta({ description: "The server, container and cluster on which the process ran." }),
    recommendation: text("What the service recommends."),
    processInfo: z.array(process).optional().meta({
      description: "The processes reported. The service calls the field `process_info` or `process_info_list`.",
      alias: "process_info_list",
    }),
    policyId: text("Id of the whitelist policy."),
    policyName: text("Name of the whitelist policy."),
    osType: word("Family of the operating system.", ["Linux", "Windows"]),
    assetValue: word("Importance of the asset.", ["important", "common", "test"]),
    hostStatus: volatile(word("State of the server.", ["ACTIVE", "SHUTOFF", "BUILDING", "ERROR"])),
    agentStatus: volatile(
      word("State of the HSS agent.", [
        "installed",
        "not_installed",
        "online",
        "offline",
        "install_failed",
        "installing",
        "not_online",
      ]),
    ),
    protectStatus: volatile(word("Whether the server is protected.", ["closed", "opened"])),
  })
  .meta({ id: "AppWhitelistEvent", description: "A report of a process that is not on the whitelist." });

export type AppWhitelistEvent = z.output<typeof appWhitelistEvent>;

/** Integers beyond 2^53 in fields typed as numbers arrive as decimal strings, fields that the document does not know in camelCase. */
export type EventRecord = AppWhitelistEvent & Readonly<Record<string, unknown>>;
