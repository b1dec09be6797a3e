// Made by `npm run schema` from the definitions in `provider/functions`, `provider/resources` and `provider/settings`; do not edit.
import type * as pulumi from "@pulumi/pulumi";
import { invoke, invokeOutput, type CallOptions, type OutputCallOptions } from "./functions.js";
import { DefinedResource, type ResourceOptions } from "./resources.js";

/** The `hss:` settings, as the stack's configuration or a `Provider` holds them. */
export interface Config {
  /** Origin of the service, for example `https://hss.cn-north-4.myhuaweicloud.com`: https, or http on a loopback address. Default: the one of `region`. The word `emulator` starts an emulator inside the process, whose events are samples. */
  endpoint?: string | undefined;
  /** Domain of the cloud, which gives the addresses of HSS and IAM (`https://hss.<region>.<cloud>`) where `endpoint` and `authUrl` do not. Default: `myhuaweicloud.com`, or `myhuaweicloud.eu` for a region that lives there. */
  cloud?: string | undefined;
  /** Region of the servers, for example `cn-north-4`. Gives the addresses of HSS and of IAM. */
  region?: string | undefined;
  /** Project that owns the servers, 1 to 256 characters. A function's own argument wins. */
  projectId?: string | undefined;
  /** Name of the project, looked up in IAM where no project id is given beside it or before it; default: the name of the region. */
  projectName?: string | undefined;
  /** Enterprise project of the servers, `all_granted_eps` for all that are granted. A function's own argument wins. Default: the service's own (`0`, the default project). */
  enterpriseProjectId?: string | undefined;
  /** Access key (AK). Needs `secretKey` beside it. */
  accessKey?: string | undefined;
  /** Secret key (SK) of `accessKey`. Signs requests and is never sent. */
  secretKey?: string | undefined;
  /** Security token of temporary access keys. */
  securityToken?: string | undefined;
  /** A ready IAM token (`X-Auth-Token`), instead of access keys. It can't be renewed. */
  token?: string | undefined;
  /** IAM user, whose `password` is exchanged for a token. Needs `domainName` or `domainId`. */
  userName?: string | undefined;
  /** The IAM user by id instead of by name; needs no account beside it. */
  userId?: string | undefined;
  /** Password of `userName` or `userId`. Only ever sent to IAM. */
  password?: string | undefined;
  /** Account that `userName` belongs to, by name. */
  domainName?: string | undefined;
  /** Account that `userName` belongs to, by id. */
  domainId?: string | undefined;
  /** Origin of IAM, for example `https://iam.cn-north-4.myhuaweicloud.com`; default: beside `endpoint`, or the one of `region`. It must be of the same cloud as `endpoint`. A path `/v3` may follow. */
  authUrl?: string | undefined;
  /** Profile to take credentials from: a section of the SDK's credentials file, or a profile of KooCLI. Default: `basic`, and KooCLI's current one. */
  profile?: string | undefined;
  /** File with profiles, in the SDK's form (INI) or KooCLI's (JSON). Default: `~/.huaweicloud/credentials`, then `~/.hcloud/config.json`. */
  sharedConfigFile?: string | undefined;
  /** Agency to assume with the credentials found, for temporary keys of another account. */
  assumeRole?: AssumeRole | undefined;
  /** Requests that may be under way at once, 1 to 64; default 12. */
  maxConcurrency?: number | undefined;
  /** Upper bound of requests a minute, 1 to 60000. Default: none; the pace is then learned from what the service refuses. */
  requestsPerMinute?: number | undefined;
  /** How often one request is repeated after a passing failure, 0 to 20; default 6. */
  maxRetries?: number | undefined;
  /** Longest time for one request, to the last byte of its answer, in seconds, 1 to 600; default 30. */
  requestTimeoutSeconds?: number | undefined;
  /** Longest time for one whole read, in seconds, 1 to 86400; default 3600. */
  deadlineSeconds?: number | undefined;
  /** How long a whole read may be answered from the disk cache, in seconds, 0 to 86400; default 0 (off). */
  cacheSeconds?: number | undefined;
  /** Archive that keeps what the service showed: a folder (`~/` is the home directory) or `s3://bucket/prefix`. Functions answer from it, after they added what is new. */
  archive?: string | undefined;
  /** Origin of the object storage of an archive in a bucket (`s3://bucket/prefix`): https, or http on a loopback address. Default: OBS in the cloud and the region of HSS; without these, AWS. The account's keys are only used in its own cloud, elsewhere those of `AWS_*`. */
  archiveEndpoint?: string | undefined;
  /** Certificate authorities to trust beside the usual ones: a file (`~/` is the home directory), or the PEM text itself. */
  caFile?: string | undefined;
  /** Advanced: the unit in which `begin_time` and `end_time` are sent, `seconds` (default) or `milliseconds`. The document says accurate to seconds; sister APIs take milliseconds. */
  timestampUnit?: TimestampUnit | undefined;
}

/** A report of a process that is not on the whitelist. */
export interface AppWhitelistEvent {
  /** Id of the event. 1 to 64 characters. */
  eventId?: string;
  /** Class of the event, such as `appwl_1001`; not a closed list. */
  eventClassId?: string;
  /** Numeric type of the event, such as 3040; not a closed list. 0 to 2147483647. */
  eventType?: number;
  /** Name of the event, such as `Untrusted process running`, `white list alert malicious process` or `white list alert suspicious process`. */
  eventName?: string;
  /** Severity. Known values: `Security`, `Low`, `Medium`, `High`, `Critical`. */
  severity?: string;
  /** Name of the server; often only in `resourceInfo`. 1 to 256 characters. */
  hostName?: string;
  /** Id of the server. 1 to 64 characters. */
  hostId?: string;
  /** Private IP address of the server. 1 to 128 characters. */
  privateIp?: string;
  /** Elastic IP address of the server. 1 to 256 characters. */
  publicIp?: string;
  /** Phase of the attack. Known values: `reconnaissance`, `weaponization`, `delivery`, `exploit`, `installation`, `command_and_control`, `actions`. */
  attackPhase?: string;
  /** Mark of the attack. Known values: `attack_success`, `attack_attempt`, `attack_blocked`, `abnormal_behavior`, `collapsible_host`, `system_vulnerability`. */
  attackTag?: string;
  /** When the event occurred, in milliseconds since the epoch. An exact decimal string, 0 to 9223372036854775807. */
  occurTime?: string;
  /** `occurTime` as RFC 3339 in UTC with milliseconds; absent where no calendar reaches. */
  occurredAt?: string;
  /** When the event was handled, in milliseconds since the epoch; only on handled events. An exact decimal string, 0 to 9223372036854775807. */
  handleTime?: string;
  /** `handleTime` as RFC 3339 in UTC with milliseconds; absent where no calendar reaches. */
  handledAt?: string;
  /** Whether the event was handled. Known values: `unhandled`, `handled`. */
  handleStatus?: string;
  /** How the event was handled. Known values: `mark_as_trust`, `mark_as_suspicious`, `isolate_and_kill`. */
  handleMethod?: string;
  /** Operations that the event accepts, such as `add_to_app_whitelist`. */
  operateAcceptList?: string[];
  /** What an operation on the event needs to know. */
  operateDetailList?: AppWhitelistEventOperateDetail[];
  /** The server, container and cluster on which the process ran. */
  resourceInfo?: AppWhitelistEventResource;
  /** What the service recommends. */
  recommendation?: string;
  /** The processes reported. The service calls the field `process_info` or `process_info_list`. */
  processInfo?: AppWhitelistEventProcess[];
  /** Id of the whitelist policy. */
  policyId?: string;
  /** Name of the whitelist policy. */
  policyName?: string;
  /** Family of the operating system. Known values: `Linux`, `Windows`. */
  osType?: string;
  /** Importance of the asset. Known values: `important`, `common`, `test`. */
  assetValue?: string;
  /** State of the server. Known values: `ACTIVE`, `SHUTOFF`, `BUILDING`, `ERROR`. */
  hostStatus?: string;
  /** State of the HSS agent. Known values: `installed`, `not_installed`, `online`, `offline`, `install_failed`, `installing`, `not_online`. */
  agentStatus?: string;
  /** Whether the server is protected. Known values: `closed`, `opened`. */
  protectStatus?: string;
}

/** What an operation on the event needs to know; the console does not show it. */
export interface AppWhitelistEventOperateDetail {
  /** Id of the HSS agent on the server. 1 to 64 characters. */
  agentId?: string;
  /** Process id. 0 to 2147483647. */
  processPid?: number;
  /** Hash of the file concerned; the algorithm is not documented. 1 to 256 characters. */
  fileHash?: string;
  /** Path of the file concerned. 1 to 256 characters. */
  filePath?: string;
  /** File attributes: permissions, hidden, executable. 1 to 256 characters. */
  fileAttr?: string;
  /** Private IP address of the server. 1 to 128 characters. */
  privateIp?: string;
  /** Address from which a login came. 1 to 256 characters. */
  loginIp?: string;
  /** Name under which a login was made. 1 to 256 characters. */
  loginUserName?: string;
}

/** A process that is not on the whitelist, with its parent, child and grandparent. */
export interface AppWhitelistEventProcess {
  /** Name of the process. 1 to 128 characters. */
  processName?: string;
  /** Path of the process's file. 1 to 256 characters. */
  processPath?: string;
  /** Process id. 0 to 2147483647. */
  processPid?: number;
  /** User id of the process; 0 is root, absent is unknown. 0 to 2147483647; real hosts send up to 4294967295. */
  processUid?: number;
  /** Name of the user that runs the process. 1 to 128 characters. */
  processUsername?: string;
  /** Command line, of any length; it may hold passwords. */
  processCmdline?: string;
  /** Name of the process's file. 1 to 64 characters. */
  processFilename?: string;
  /** When the process started; no unit is documented, seconds since the epoch were seen. An exact decimal string, 0 to 9223372036854775807. */
  processStartTime?: string;
  /** Group id of the process. 0 to 2147483647; real hosts send up to 4294967295. */
  processGid?: number;
  /** Effective group id of the process. 0 to 2147483647; real hosts send up to 4294967295. */
  processEgid?: number;
  /** Effective user id of the process; the API types it as 64-bit. An exact decimal string, 0 to 9223372036854775807. */
  processEuid?: string;
  /** Name of the parent process. 1 to 64 characters. */
  parentProcessName?: string;
  /** Path of the parent process's file. 1 to 64 characters. */
  parentProcessPath?: string;
  /** Process id of the parent process. 0 to 2147483647. */
  parentProcessPid?: number;
  /** User id of the parent process. 0 to 2147483647; real hosts send up to 4294967295. */
  parentProcessUid?: number;
  /** Command line of the parent process; longer ones were seen. 1 to 64 characters. */
  parentProcessCmdline?: string;
  /** Name of the parent process's file. 1 to 64 characters. */
  parentProcessFilename?: string;
  /** When the parent process started; no unit is documented. An exact decimal string, 0 to 9223372036854775807. */
  parentProcessStartTime?: string;
  /** Group id of the parent process. 0 to 2147483647; real hosts send up to 4294967295. */
  parentProcessGid?: number;
  /** Effective group id of the parent process. 0 to 2147483647; real hosts send up to 4294967295. */
  parentProcessEgid?: number;
  /** Effective user id of the parent process. 0 to 2147483647; real hosts send up to 4294967295. */
  parentProcessEuid?: number;
  /** Name of the child process. 1 to 64 characters. */
  childProcessName?: string;
  /** Path of the child process's file. 1 to 64 characters. */
  childProcessPath?: string;
  /** Process id of the child process. 0 to 2147483647. */
  childProcessPid?: number;
  /** User id of the child process. 0 to 2147483647; real hosts send up to 4294967295. */
  childProcessUid?: number;
  /** Command line of the child process. 1 to 64 characters. */
  childProcessCmdline?: string;
  /** Name of the child process's file. 1 to 64 characters. */
  childProcessFilename?: string;
  /** When the child process started; no unit is documented. An exact decimal string, 0 to 9223372036854775807. */
  childProcessStartTime?: string;
  /** Group id of the child process. 0 to 2147483647; real hosts send up to 4294967295. */
  childProcessGid?: number;
  /** Effective group id of the child process. 0 to 2147483647; real hosts send up to 4294967295. */
  childProcessEgid?: number;
  /** Effective user id of the child process. 0 to 2147483647; real hosts send up to 4294967295. */
  childProcessEuid?: number;
  /** Virtualisation command. 1 to 64 characters. */
  virtCmd?: string;
  /** Name of the virtualisation process. 1 to 64 characters. */
  virtProcessName?: string;
  /** How the process left its container. 1 to 64 characters. */
  escapeMode?: string;
  /** Command run after leaving the container. 1 to 128 characters. */
  escapeCmd?: string;
  /** Hash of the file that started the process; the algorithm is not documented. 1 to 64 characters. */
  processHash?: string;
  /** Attribute of the file. 1 to 64 characters. */
  mode?: string;
  /** Rule; the document types it as an integer and describes it as text. 1 to 64 characters. */
  rule?: string;
  /** Score; the document types it as an integer and describes it as text. 1 to 64 characters. */
  score?: string;
  /** Hash of the process's file; the algorithm is not documented, 64 hexadecimal digits are probably SHA-256. 1 to 64 characters. */
  processFileHash?: string;
  /** Hash of the parent process's file. 1 to 64 characters. */
  parentProcessFileHash?: string;
  /** Process id of the grandparent process. 1 to 2147483647. */
  ancestorProcessPid?: number;
  /** Command line of the grandparent process. 1 to 64 characters. */
  ancestorProcessCmdline?: string;
  /** Path of the grandparent process's file. 1 to 64 characters. */
  ancestorProcessPath?: string;
  /** Kind of operation. 1 to 2147483647. */
  operateType?: number;
  /** Id of the session. 1 to 2147483647. */
  sessionId?: number;
}

/** The server, container and cluster on which the process ran; the console does not show it. */
export interface AppWhitelistEventResource {
  /** Id of the tenant account. 1 to 64 characters. */
  domainId?: string;
  /** Id of the project. */
  projectId?: string;
  /** Id of the server's enterprise project; `0` is the default one. */
  enterpriseProjectId?: string;
  /** Region; not a closed list. */
  regionName?: string;
  /** Id of the VPC. 1 to 64 characters. */
  vpcId?: string;
  /** Id of the cloud server; seen empty. 1 to 64 characters. */
  cloudId?: string;
  /** Name of the virtual machine. 1 to 64 characters. */
  vmName?: string;
  /** UUID of the virtual machine. 1 to 64 characters. */
  vmUuid?: string;
  /** Id of the container. 1 to 128 characters. */
  containerId?: string;
  /** Id of the image. 1 to 64 characters. */
  imageId?: string;
  /** Name of the image; only in container alarms. 1 to 256 characters. */
  imageName?: string;
  /** Attribute of the server. 1 to 64 characters. */
  hostAttr?: string;
  /** Business service. 1 to 64 characters. */
  service?: string;
  /** Microservice. 1 to 64 characters. */
  microService?: string;
  /** CPU architecture of the system. 1 to 64 characters. */
  sysArch?: string;
  /** Word size of the operating system. 1 to 64 characters. */
  osBit?: string;
  /** Family of the operating system. Known values: `Linux`, `Windows`. */
  osType?: string;
  /** Name of the operating system. 1 to 128 characters. */
  osName?: string;
  /** Name of the server. 1 to 256 characters. */
  hostName?: string;
  /** IP address of the server. 1 to 128 characters. */
  hostIp?: string;
  /** Elastic IP address of the server. 1 to 256 characters. */
  publicIp?: string;
  /** Id of the server; may be written differently from the event's own `hostId`. 1 to 64 characters. */
  hostId?: string;
  /** UID of the pod. 1 to 64 characters. */
  podUid?: string;
  /** Name of the pod. 1 to 64 characters. */
  podName?: string;
  /** Namespace of the pod. 1 to 64 characters. */
  namespace?: string;
  /** Id of the cluster. */
  clusterId?: string;
  /** Name of the cluster. 1 to 128 characters. */
  clusterName?: string;
  /** Importance of the asset. Known values: `important`, `common`, `test`. */
  assetValue?: string;
  /** State of the container. */
  containerStatus?: string;
  /** Version of the operating system. 1 to 64 characters. */
  osVersion?: string;
  /** Version of the HSS agent. */
  agentVersion?: string;
}

/** An agency to assume: which one, of which account, for how long. */
export interface AssumeRole {
  /** Name of the agency in the delegating account. */
  agencyName: string;
  /** Name of the delegating account. This or `domainId` is needed. */
  domainName?: string;
  /** Id of the delegating account; with it alone, STS (v5) is asked instead of IAM (v3). */
  domainId?: string;
  /** How long the temporary keys live, in seconds, 900 to 86400; default 3600. They are renewed before they expire. */
  durationSeconds?: number;
}

/** A hash that both policies allow, on different evidence. */
export interface ChangedHash {
  /** The hash, in lower case. */
  hash: string;
  /** What differs: fields of the evidence, and `reasons`. */
  fields: string[];
  /** Why the new policy allows it; one line each. */
  reasons: string[];
  /** What events say of a hash; names, users, servers, policies and containers: at most 5. `lastSeen` is `never` where no event reports it. */
  before: WhitelistPolicyEvidence;
  /** What events say of a hash; names, users, servers, policies and containers: at most 5. `lastSeen` is `never` where no event reports it. */
  evidence: WhitelistPolicyEvidence;
}

export type ContainerChoice = "exclude" | "include" | "only";

export type EventsFormat = "typed" | "json";

export type HandleStatus = "handled" | "unhandled";

/** A hash that the rule allows and the document can't express. */
export interface NotExpressibleHash {
  /** Hash that the rule allows. */
  hash: string;
  /** Why the format can't express it. */
  reason: string;
}

/** A policy and server on which a process was observed. */
export interface ObservedPlacement {
  /** Id of the whitelist policy that reported the process. */
  policyId: string;
  /** Id of the server. */
  hostId: string;
  /** Path of the process's file. */
  path?: string | undefined;
  /** Name of the process. */
  name?: string | undefined;
  /** Id of the container in which it ran. */
  containerId?: string | undefined;
}

/** A policy and server on which a process was observed. */
export interface ObservedPlacementArgs {
  /** Id of the whitelist policy that reported the process. */
  policyId: pulumi.Input<string>;
  /** Id of the server. */
  hostId: pulumi.Input<string>;
  /** Path of the process's file. */
  path?: pulumi.Input<string> | undefined;
  /** Name of the process. */
  name?: pulumi.Input<string> | undefined;
  /** Id of the container in which it ran. */
  containerId?: pulumi.Input<string> | undefined;
}

/** Everything that events say of one file hash. */
export interface ObservedProcess {
  /** Hash of the process's file: hexadecimal digits in lower case. */
  hash: string;
  /** Algorithm by the number of digits, since the API names none: 64 is SHA-256. */
  hashAlgorithm: string;
  /** Field of the event that held the hash; of several the first that is tried. */
  hashSource: string;
  /** Names of the process, at most 25. */
  names: string[];
  /** Paths of the process's file, at most 25. */
  paths: string[];
  /** Names of the users that ran it, at most 25. */
  users: string[];
  /** Number of servers that are surely different: a server installed again (new id, same name and address) is one; masked ids tell nothing. */
  hostCount: number;
  /** Names of the servers, at most 25. */
  hostNames: string[];
  /** Addresses of the servers, at most 25. */
  hostIps?: string[] | undefined;
  /** Number of events that report this hash. */
  eventCount: number;
  /** Time of the first of these events, RFC 3339. */
  firstSeen?: string | undefined;
  /** Time of the last of these events, RFC 3339. */
  lastSeen?: string | undefined;
  /** Severities of these events, the mildest first, at most 25. */
  severities: string[];
  /** Highest of them: Security < Low < Medium < High < Critical < a word the API does not document. */
  highestSeverity?: string | undefined;
  /** How events were handled, such as `mark_as_trust` or `isolate_and_kill`, at most 25. */
  handleMethods: string[];
  /** Whether events were handled: `handled`, `unhandled`; at most 25. */
  handleStatuses: string[];
  /** Ids of the whitelist policies concerned, at most 100. */
  policyIds: string[];
  /** Operating systems of the servers: `Linux`, `Windows`; at most 25. */
  osTypes: string[];
  /** Number of different names. */
  nameCount?: number | undefined;
  /** Number of different paths. */
  pathCount?: number | undefined;
  /** Number of different users. */
  userCount?: number | undefined;
  /** Other hashes that events give for the same file, at most 25. Absent: none. */
  aliases?: string[] | undefined;
  /** Containers in which it ran, at most 25. Absent: none. */
  containerIds?: string[] | undefined;
  /** Images of these containers, at most 25. Absent: none. */
  imageNames?: string[] | undefined;
  /** Pods of these containers, at most 25. Absent: none. */
  podNames?: string[] | undefined;
  /** Number of events in which it ran in a container. Absent: none. */
  containerEventCount?: number | undefined;
  /** Number of events that report several processes, so that their handling belongs to none of them. Absent: none. */
  severalProcessesCount?: number | undefined;
  /** Number of events that report this hash as malicious. Absent: none. */
  maliciousCount?: number | undefined;
  /** Number of events of this hash whose name is not known to be harmless. Absent: none. */
  unknownNameCount?: number | undefined;
  /** Number of events after which this file was isolated and killed. Absent: none. */
  killedCount?: number | undefined;
  /** Number of events of this hash that were handled otherwise than by trust. Absent: none. */
  distrustedCount?: number | undefined;
  /** Number of events of this hash that do not say whether, or how, they were handled. Absent: none. */
  unknownHandlingCount?: number | undefined;
  /** Names of the lists above that had more values than are given. Absent: none. */
  truncated?: string[] | undefined;
  /** Policies and servers with path and name, at most 8: what a request that adds the process needs. */
  placements?: ObservedPlacement[] | undefined;
}

/** Everything that events say of one file hash. */
export interface ObservedProcessArgs {
  /** Hash of the process's file: hexadecimal digits in lower case. */
  hash: pulumi.Input<string>;
  /** Algorithm by the number of digits, since the API names none: 64 is SHA-256. */
  hashAlgorithm: pulumi.Input<string>;
  /** Field of the event that held the hash; of several the first that is tried. */
  hashSource: pulumi.Input<string>;
  /** Names of the process, at most 25. */
  names: pulumi.Input<pulumi.Input<string>[]>;
  /** Paths of the process's file, at most 25. */
  paths: pulumi.Input<pulumi.Input<string>[]>;
  /** Names of the users that ran it, at most 25. */
  users: pulumi.Input<pulumi.Input<string>[]>;
  /** Number of servers that are surely different: a server installed again (new id, same name and address) is one; masked ids tell nothing. */
  hostCount: pulumi.Input<number>;
  /** Names of the servers, at most 25. */
  hostNames: pulumi.Input<pulumi.Input<string>[]>;
  /** Addresses of the servers, at most 25. */
  hostIps?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** Number of events that report this hash. */
  eventCount: pulumi.Input<number>;
  /** Time of the first of these events, RFC 3339. */
  firstSeen?: pulumi.Input<string> | undefined;
  /** Time of the last of these events, RFC 3339. */
  lastSeen?: pulumi.Input<string> | undefined;
  /** Severities of these events, the mildest first, at most 25. */
  severities: pulumi.Input<pulumi.Input<string>[]>;
  /** Highest of them: Security < Low < Medium < High < Critical < a word the API does not document. */
  highestSeverity?: pulumi.Input<string> | undefined;
  /** How events were handled, such as `mark_as_trust` or `isolate_and_kill`, at most 25. */
  handleMethods: pulumi.Input<pulumi.Input<string>[]>;
  /** Whether events were handled: `handled`, `unhandled`; at most 25. */
  handleStatuses: pulumi.Input<pulumi.Input<string>[]>;
  /** Ids of the whitelist policies concerned, at most 100. */
  policyIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Operating systems of the servers: `Linux`, `Windows`; at most 25. */
  osTypes: pulumi.Input<pulumi.Input<string>[]>;
  /** Number of different names. */
  nameCount?: pulumi.Input<number> | undefined;
  /** Number of different paths. */
  pathCount?: pulumi.Input<number> | undefined;
  /** Number of different users. */
  userCount?: pulumi.Input<number> | undefined;
  /** Other hashes that events give for the same file, at most 25. Absent: none. */
  aliases?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** Containers in which it ran, at most 25. Absent: none. */
  containerIds?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** Images of these containers, at most 25. Absent: none. */
  imageNames?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** Pods of these containers, at most 25. Absent: none. */
  podNames?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** Number of events in which it ran in a container. Absent: none. */
  containerEventCount?: pulumi.Input<number> | undefined;
  /** Number of events that report several processes, so that their handling belongs to none of them. Absent: none. */
  severalProcessesCount?: pulumi.Input<number> | undefined;
  /** Number of events that report this hash as malicious. Absent: none. */
  maliciousCount?: pulumi.Input<number> | undefined;
  /** Number of events of this hash whose name is not known to be harmless. Absent: none. */
  unknownNameCount?: pulumi.Input<number> | undefined;
  /** Number of events after which this file was isolated and killed. Absent: none. */
  killedCount?: pulumi.Input<number> | undefined;
  /** Number of events of this hash that were handled otherwise than by trust. Absent: none. */
  distrustedCount?: pulumi.Input<number> | undefined;
  /** Number of events of this hash that do not say whether, or how, they were handled. Absent: none. */
  unknownHandlingCount?: pulumi.Input<number> | undefined;
  /** Names of the lists above that had more values than are given. Absent: none. */
  truncated?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** Policies and servers with path and name, at most 8: what a request that adds the process needs. */
  placements?: pulumi.Input<pulumi.Input<ObservedPlacementArgs>[]> | undefined;
}

/** One path under which different files were seen. */
export interface ObservedSharedPath {
  /** A path. */
  path: string;
  /** Hashes of the different files that were seen there. */
  hashes: string[];
}

/** Events that carry no usable hash, by reason. */
export interface ObservedWithoutHash {
  /** Why: `placeholder` (the digest of nothing, one repeated digit, a stub), `masked` (with `*`), `empty`, `absent` (no hash field), `malformed` (not hexadecimal digits), `noProcess` (the event reports no process). */
  reason: string;
  /** Number of events without any usable hash. */
  eventCount: number;
  /** Number of processes without a usable hash, those of other events included. */
  processCount: number;
  /** Number of events that speak against such a process: malicious, killed, or handled otherwise than by trust. Absent: none. */
  doubtedCount?: number;
}

export type PolicyFormat = "hss" | "fapolicyd" | "sha256sum" | "csv" | "json" | "stix";

export type PolicyMode = "audit" | "enforce";

export type ProcessKind = "interpreter" | "shell" | "loader" | "multiCall" | "script" | "other";

/** How the events were read. */
export interface Reading {
  /** Requests that were answered or failed, retries among them. */
  requests: number;
  /** Requests that repeated one that had failed. */
  retries: number;
  /** Answers 429: the service asked to wait. */
  throttled: number;
  /** Rows that were read more than once, as where pages overlap, and were dropped. */
  duplicatesDropped: number;
  /** The service's total in the first answer, over all windows. */
  totalAtStart: number;
  /** The service's total in the last answer, over all windows. */
  totalAtEnd: number;
  /** Time windows that the read was split into. */
  windows: number;
  /** Start of the time span that was read, RFC 3339. */
  beginTime: string;
  /** End of the time span that was read, RFC 3339; with `lastDays` the start of the read. */
  endTime: string;
}

/** A hash that only the old policy allows, with its last known evidence. */
export interface RemovedHash {
  /** The hash, in lower case. */
  hash: string;
  /** Why the new policy leaves it out; one line each. */
  reasons: string[];
  /** What events say of a hash; names, users, servers, policies and containers: at most 5. `lastSeen` is `never` where no event reports it. */
  evidence: WhitelistPolicyEvidence;
}

/** A hash that somebody has reviewed. */
export interface ReviewedHash {
  /** Hash of the file in hexadecimal digits; case does not count. */
  hash: string;
  /** Why the file may run. Needed for a hash that was reported as malicious, or isolated and killed: without it such a hash stays out. */
  reason?: string | undefined;
  /** Who decided so. */
  reviewer?: string | undefined;
  /** From this moment on the review no longer admits the hash: a date (its beginning in UTC) or RFC 3339 with an offset. In `exclude` it has no effect: an exclusion ends when its entry is removed. */
  expires?: string | undefined;
}

/** A hash that somebody has reviewed. */
export interface ReviewedHashArgs {
  /** Hash of the file in hexadecimal digits; case does not count. */
  hash: pulumi.Input<string>;
  /** Why the file may run. Needed for a hash that was reported as malicious, or isolated and killed: without it such a hash stays out. */
  reason?: pulumi.Input<string> | undefined;
  /** Who decided so. */
  reviewer?: pulumi.Input<string> | undefined;
  /** From this moment on the review no longer admits the hash: a date (its beginning in UTC) or RFC 3339 with an offset. In `exclude` it has no effect: an exclusion ends when its entry is removed. */
  expires?: pulumi.Input<string> | undefined;
}

export type Severity = "Security" | "Low" | "Medium" | "High" | "Critical";

/** What differs between two snapshots. */
export interface SnapshotChange {
  /** `newHash`, `goneHash`; `newlyMalicious`, `newlyTrusted`, `newlyDistrusted`; `newlyAllowed`, `noLongerAllowed` by the policy; `newServer`, `silentServer`. */
  kind: string;
  /** The hash concerned. */
  hash?: string;
  /** Name of the server concerned. */
  server?: string;
  /** One line for a person. */
  text: string;
}

export type TimestampUnit = "seconds" | "milliseconds";

/** A hash that `select` lists and no event reports; without a valid reason it is not in the policy. */
export interface UnobservedHash {
  /** The hash, in lower case. */
  hash: string;
  /** The review's reason. */
  reason?: string;
  /** Who reviewed it. */
  reviewer?: string;
  /** When the review expires. */
  expires?: string;
  /** Whether it has expired. */
  expired: boolean;
}

/** A hash, what was decided about it, and on what evidence. */
export interface WhitelistPolicyEntry {
  /** Hash of the process's file, in lower case. */
  hash: string;
  /** Why it is in, or every reason why it is not; one line each. */
  reasons: string[];
  /** What the file is by its names and paths: an `interpreter`, `shell`, `loader` or `multiCall` program runs anything that is given to it. Absent: not known. */
  kinds?: string[];
  /** Policies in which the sightings stand that the rule selects, at most 100. */
  policyIds?: string[];
  /** Policies and servers of these sightings, with path and name, at most 8. */
  placements?: ObservedPlacement[];
  /** When the review ends by which it is in: a date or RFC 3339. */
  expires?: string;
  /** What the rule asks for and a format that knows hashes only can't say. */
  narrower?: string[];
  /** It is kept from the policy before, and no event that counts reports it any more: the time of the last one, RFC 3339, or `never`. */
  notObservedSince?: string;
  /** Left out now and allowed by a policy before: so that neither is forgotten. */
  wasAllowed?: boolean;
  /** What events say of a hash; names, users, servers, policies and containers: at most 5. `lastSeen` is `never` where no event reports it. */
  evidence: WhitelistPolicyEvidence;
}

/** What events say of a hash; names, users, servers, policies and containers: at most 5. `lastSeen` is `never` where no event reports it. */
export interface WhitelistPolicyEvidence {
  /** Algorithm by the number of digits, since the API names none: 64 is SHA-256. */
  hashAlgorithm: string;
  /** Field of the event that held the hash; of several the first that is tried. */
  hashSource: string;
  /** Names of the process, at most 25. */
  names: string[];
  /** Paths of the process's file, at most 25. */
  paths: string[];
  /** Names of the users that ran it, at most 25. */
  users: string[];
  /** Number of servers that are surely different: a server installed again (new id, same name and address) is one; masked ids tell nothing. */
  hostCount: number;
  /** Names of the servers, at most 25. */
  hostNames: string[];
  /** Addresses of the servers, at most 25. */
  hostIps?: string[];
  /** Number of events that report this hash. */
  eventCount: number;
  /** Time of the first of these events, RFC 3339. */
  firstSeen?: string;
  /** Time of the last of these events, RFC 3339. */
  lastSeen?: string;
  /** Severities of these events, the mildest first, at most 25. */
  severities: string[];
  /** Highest of them: Security < Low < Medium < High < Critical < a word the API does not document. */
  highestSeverity?: string;
  /** How events were handled, such as `mark_as_trust` or `isolate_and_kill`, at most 25. */
  handleMethods: string[];
  /** Whether events were handled: `handled`, `unhandled`; at most 25. */
  handleStatuses: string[];
  /** Ids of the whitelist policies concerned, at most 100. */
  policyIds: string[];
  /** Operating systems of the servers: `Linux`, `Windows`; at most 25. */
  osTypes: string[];
  /** Number of different names. */
  nameCount?: number;
  /** Number of different paths. */
  pathCount?: number;
  /** Number of different users. */
  userCount?: number;
  /** Other hashes that events give for the same file, at most 25. Absent: none. */
  aliases?: string[];
  /** Containers in which it ran, at most 25. Absent: none. */
  containerIds?: string[];
  /** Images of these containers, at most 25. Absent: none. */
  imageNames?: string[];
  /** Pods of these containers, at most 25. Absent: none. */
  podNames?: string[];
  /** Number of events in which it ran in a container. Absent: none. */
  containerEventCount?: number;
  /** Number of events that report several processes, so that their handling belongs to none of them. Absent: none. */
  severalProcessesCount?: number;
  /** Number of events that report this hash as malicious. Absent: none. */
  maliciousCount?: number;
  /** Number of events of this hash whose name is not known to be harmless. Absent: none. */
  unknownNameCount?: number;
  /** Number of events after which this file was isolated and killed. Absent: none. */
  killedCount?: number;
  /** Number of events of this hash that were handled otherwise than by trust. Absent: none. */
  distrustedCount?: number;
  /** Number of events of this hash that do not say whether, or how, they were handled. Absent: none. */
  unknownHandlingCount?: number;
  /** Names of the lists above that had more values than are given. Absent: none. */
  truncated?: string[];
}

/** Conditions; all of them are met by one sighting: one process of one event. See docs/policy.md. */
export interface WhitelistRuleEntry {
  /** The hash is one of these: texts, or objects that say why, by whom and until when. */
  hashes?: (string | ReviewedHash)[] | undefined;
  /** The event was handled in one of these ways: `mark_as_trust`, `mark_as_suspicious`, `isolate_and_kill`. The handling of an event that names several processes belongs to none of them. */
  handleMethods?: string[] | undefined;
  /** The event has one of these states: `handled`, `unhandled`. */
  handleStatuses?: string[] | undefined;
  /** The event has one of these severities: `Security`, `Low`, `Medium`, `High`, `Critical`. */
  severities?: Severity[] | undefined;
  /** The sightings that meet the rest stood on at least this many servers that are surely different. */
  minHosts?: number | undefined;
  /** At least this many events meet the rest. */
  minEvents?: number | undefined;
  /** The last event that meets the rest is at most this many times 24 hours old. */
  seenWithinDays?: number | undefined;
  /** In `select`: no event of the file is more severe, and each says its severity: Security < Low < Medium < High < Critical. In `exclude`: the event is at most that severe. */
  maxSeverity?: Severity | undefined;
  /** The file's path, as the system would resolve it, matches one of these patterns: `*` and `?` within a folder, `**` across folders, `[a-z]`, `[!a]`. On Windows case does not count and `\` equals `/`. */
  paths?: string[] | undefined;
  /** The process's name is one of these. A process chooses its name: better `paths` or `hashes`. */
  names?: string[] | undefined;
  /** The account that ran it is one of these. Another word for what may be the same account (domain, UPN, SID, uid) is enough to exclude and not enough to select. */
  users?: string[] | undefined;
  /** The operating system is one of these: `Linux`, `Windows`; case does not count. */
  osTypes?: string[] | undefined;
  /** The event was reported by one of these whitelist policies. */
  policyIds?: string[] | undefined;
  /** The server has one of these names; case does not count. */
  hostNames?: string[] | undefined;
  /** The server has one of these addresses. */
  hostIps?: string[] | undefined;
  /** `exclude` (default in `select`): not in a container; `only`: in one; `include` (default in `exclude`): either. */
  containers?: ContainerChoice | undefined;
  /** What the file is by its names and paths: `interpreter`, `shell`, `loader`, `multiCall`, `script`, `other`. In `select` all of the file's kinds must be listed, in `exclude` one. */
  kinds?: ProcessKind[] | undefined;
}

/** Conditions; all of them are met by one sighting: one process of one event. See docs/policy.md. */
export interface WhitelistRuleEntryArgs {
  /** The hash is one of these: texts, or objects that say why, by whom and until when. */
  hashes?: pulumi.Input<pulumi.Input<string | ReviewedHashArgs>[]> | undefined;
  /** The event was handled in one of these ways: `mark_as_trust`, `mark_as_suspicious`, `isolate_and_kill`. The handling of an event that names several processes belongs to none of them. */
  handleMethods?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** The event has one of these states: `handled`, `unhandled`. */
  handleStatuses?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** The event has one of these severities: `Security`, `Low`, `Medium`, `High`, `Critical`. */
  severities?: pulumi.Input<pulumi.Input<Severity>[]> | undefined;
  /** The sightings that meet the rest stood on at least this many servers that are surely different. */
  minHosts?: pulumi.Input<number> | undefined;
  /** At least this many events meet the rest. */
  minEvents?: pulumi.Input<number> | undefined;
  /** The last event that meets the rest is at most this many times 24 hours old. */
  seenWithinDays?: pulumi.Input<number> | undefined;
  /** In `select`: no event of the file is more severe, and each says its severity: Security < Low < Medium < High < Critical. In `exclude`: the event is at most that severe. */
  maxSeverity?: pulumi.Input<Severity> | undefined;
  /** The file's path, as the system would resolve it, matches one of these patterns: `*` and `?` within a folder, `**` across folders, `[a-z]`, `[!a]`. On Windows case does not count and `\` equals `/`. */
  paths?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** The process's name is one of these. A process chooses its name: better `paths` or `hashes`. */
  names?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** The account that ran it is one of these. Another word for what may be the same account (domain, UPN, SID, uid) is enough to exclude and not enough to select. */
  users?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** The operating system is one of these: `Linux`, `Windows`; case does not count. */
  osTypes?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** The event was reported by one of these whitelist policies. */
  policyIds?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** The server has one of these names; case does not count. */
  hostNames?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** The server has one of these addresses. */
  hostIps?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** `exclude` (default in `select`): not in a container; `only`: in one; `include` (default in `exclude`): either. */
  containers?: pulumi.Input<ContainerChoice> | undefined;
  /** What the file is by its names and paths: `interpreter`, `shell`, `loader`, `multiCall`, `script`, `other`. In `select` all of the file's kinds must be listed, in `exclude` one. */
  kinds?: pulumi.Input<pulumi.Input<ProcessKind>[]> | undefined;
}

/** Arguments of `getAppWhitelistEvents`. */
export interface GetAppWhitelistEventsArgs {
  /** Project that owns the servers; default from the configuration. 1 to 256 characters. */
  projectId?: string | undefined;
  /** Enterprise project of the servers, `all_granted_eps` for all that are granted; default from the configuration, else the service's own (`0`, the default project). 1 to 256 characters. */
  enterpriseProjectId?: string | undefined;
  /** The days before the read started, 1 to 30; with an archive to 3660, before its last whole sync. Excludes `beginTime` and `endTime`. With no time argument: 30, or all that the archive keeps. */
  lastDays?: number | undefined;
  /** Start of the time span, included; RFC 3339, or decimal seconds since the epoch as a string. Needs `endTime`, excludes `lastDays`. Any length; longer spans are split into two-day requests. */
  beginTime?: string | undefined;
  /** End of the time span, included; as `beginTime`. */
  endTime?: string | undefined;
  /** Only events of servers of this name. 1 to 256 characters. */
  hostName?: string | undefined;
  /** Only events of servers of this IP address. 1 to 256 characters. */
  hostIp?: string | undefined;
  /** Only events of servers of this private IP address. 1 to 128 characters. */
  privateIp?: string | undefined;
  /** Only handled, or only unhandled events. */
  handleStatus?: HandleStatus | undefined;
  /** Archive that keeps what the service showed, from which this is answered: a folder, or `s3://bucket/prefix`; default: the setting `archive`. */
  archive?: string | undefined;
  /** With an archive: whether the service is asked for what is new first; default true. */
  refresh?: boolean | undefined;
  /** Page mode: the first event to return, 0 to 2000000. Exactly one request is made. */
  offset?: number | undefined;
  /** Page mode: how many events to return, 10 to 200. Exactly one request is made. */
  limit?: number | undefined;
  /** Whether a read that can't be shown to be whole is an error; default true, in page mode false. */
  requireComplete?: boolean | undefined;
  /** Names of the event fields to keep, dotted for nested ones (`processInfo.processHash`); default all. Fewer fields cost less through the plugin. */
  fields?: string[] | undefined;
  /** `typed` (default) returns `events`; `json` returns them as one string, `eventsJson`, which through the plugin costs about a tenth of `typed`: 1.1 s instead of 10 s for 4,715 events. */
  format?: EventsFormat | undefined;
}

/** Arguments of `getAppWhitelistEventsOutput`. */
export interface GetAppWhitelistEventsOutputArgs {
  /** Project that owns the servers; default from the configuration. 1 to 256 characters. */
  projectId?: pulumi.Input<string> | undefined;
  /** Enterprise project of the servers, `all_granted_eps` for all that are granted; default from the configuration, else the service's own (`0`, the default project). 1 to 256 characters. */
  enterpriseProjectId?: pulumi.Input<string> | undefined;
  /** The days before the read started, 1 to 30; with an archive to 3660, before its last whole sync. Excludes `beginTime` and `endTime`. With no time argument: 30, or all that the archive keeps. */
  lastDays?: pulumi.Input<number> | undefined;
  /** Start of the time span, included; RFC 3339, or decimal seconds since the epoch as a string. Needs `endTime`, excludes `lastDays`. Any length; longer spans are split into two-day requests. */
  beginTime?: pulumi.Input<string> | undefined;
  /** End of the time span, included; as `beginTime`. */
  endTime?: pulumi.Input<string> | undefined;
  /** Only events of servers of this name. 1 to 256 characters. */
  hostName?: pulumi.Input<string> | undefined;
  /** Only events of servers of this IP address. 1 to 256 characters. */
  hostIp?: pulumi.Input<string> | undefined;
  /** Only events of servers of this private IP address. 1 to 128 characters. */
  privateIp?: pulumi.Input<string> | undefined;
  /** Only handled, or only unhandled events. */
  handleStatus?: pulumi.Input<HandleStatus> | undefined;
  /** Archive that keeps what the service showed, from which this is answered: a folder, or `s3://bucket/prefix`; default: the setting `archive`. */
  archive?: pulumi.Input<string> | undefined;
  /** With an archive: whether the service is asked for what is new first; default true. */
  refresh?: pulumi.Input<boolean> | undefined;
  /** Page mode: the first event to return, 0 to 2000000. Exactly one request is made. */
  offset?: pulumi.Input<number> | undefined;
  /** Page mode: how many events to return, 10 to 200. Exactly one request is made. */
  limit?: pulumi.Input<number> | undefined;
  /** Whether a read that can't be shown to be whole is an error; default true, in page mode false. */
  requireComplete?: pulumi.Input<boolean> | undefined;
  /** Names of the event fields to keep, dotted for nested ones (`processInfo.processHash`); default all. Fewer fields cost less through the plugin. */
  fields?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** `typed` (default) returns `events`; `json` returns them as one string, `eventsJson`, which through the plugin costs about a tenth of `typed`: 1.1 s instead of 10 s for 4,715 events. */
  format?: pulumi.Input<EventsFormat> | undefined;
}

/** Result of `getAppWhitelistEvents`. */
export interface GetAppWhitelistEventsResult {
  /** The total that the service reports (`total_num`); of the first answer, where it changed during the read. */
  totalNum: number;
  /** Every event, once, ordered by `occurTime` descending, then `eventId`; in page mode as the service lists them; empty with `format: json`. */
  events: AppWhitelistEvent[];
  /** With `format: json`: the same list as one JSON string. */
  eventsJson?: string;
  /** True only where the read is shown to be whole: every event that the service held throughout the read is there, once. Never in page mode, since one answer shows nothing. */
  complete: boolean;
  /** How the events were read. */
  reading: Reading;
}

/**
 * Reads the events of processes that are not on the HSS process whitelist, as `GET /v5/{project_id}/app/event` lists them: every one, once, exactly.
 *
 * ## Example Usage
 *
 * ```yaml
 * variables:
 *   events:
 *     fn::invoke:
 *       function: hss:getAppWhitelistEvents
 *       arguments: { lastDays: 7, fields: [eventId, occurredAt, hostName, processInfo.processHash] }
 * outputs:
 *   total: ${events.totalNum}
 * ```
 */
export function getAppWhitelistEvents(
  args: GetAppWhitelistEventsArgs = {},
  options: CallOptions = {},
): Promise<GetAppWhitelistEventsResult> {
  return invoke("getAppWhitelistEvents", args, options);
}

/** `getAppWhitelistEvents` with Inputs, as an Output: unknown while an argument is, a secret where one is. */
export function getAppWhitelistEventsOutput(
  args: pulumi.Input<GetAppWhitelistEventsOutputArgs> = {},
  options: OutputCallOptions = {},
): pulumi.Output<GetAppWhitelistEventsResult> {
  return invokeOutput("getAppWhitelistEvents", args, options);
}

/** Arguments of `getObservedProcesses`. */
export interface GetObservedProcessesArgs {
  /** Project that owns the servers; default from the configuration. 1 to 256 characters. */
  projectId?: string | undefined;
  /** Enterprise project of the servers, `all_granted_eps` for all that are granted; default from the configuration, else the service's own (`0`, the default project). 1 to 256 characters. */
  enterpriseProjectId?: string | undefined;
  /** The days before the read started, 1 to 30; with an archive to 3660, before its last whole sync. Excludes `beginTime` and `endTime`. With no time argument: 30, or all that the archive keeps. */
  lastDays?: number | undefined;
  /** Start of the time span, included; RFC 3339, or decimal seconds since the epoch as a string. Needs `endTime`, excludes `lastDays`. Any length; longer spans are split into two-day requests. */
  beginTime?: string | undefined;
  /** End of the time span, included; as `beginTime`. */
  endTime?: string | undefined;
  /** Only events of servers of this name. 1 to 256 characters. */
  hostName?: string | undefined;
  /** Only events of servers of this IP address. 1 to 256 characters. */
  hostIp?: string | undefined;
  /** Only events of servers of this private IP address. 1 to 128 characters. */
  privateIp?: string | undefined;
  /** Only handled, or only unhandled events. */
  handleStatus?: HandleStatus | undefined;
  /** Archive that keeps what the service showed, from which this is answered: a folder, or `s3://bucket/prefix`; default: the setting `archive`. */
  archive?: string | undefined;
  /** With an archive: whether the service is asked for what is new first; default true. */
  refresh?: boolean | undefined;
  /** Projects to read instead of `projectId`; what is observed of all of them is one observation. */
  projectIds?: string[] | undefined;
  /** Servers to read instead of `hostName`; what is observed on all of them is one observation. */
  hostNames?: string[] | undefined;
}

/** Arguments of `getObservedProcessesOutput`. */
export interface GetObservedProcessesOutputArgs {
  /** Project that owns the servers; default from the configuration. 1 to 256 characters. */
  projectId?: pulumi.Input<string> | undefined;
  /** Enterprise project of the servers, `all_granted_eps` for all that are granted; default from the configuration, else the service's own (`0`, the default project). 1 to 256 characters. */
  enterpriseProjectId?: pulumi.Input<string> | undefined;
  /** The days before the read started, 1 to 30; with an archive to 3660, before its last whole sync. Excludes `beginTime` and `endTime`. With no time argument: 30, or all that the archive keeps. */
  lastDays?: pulumi.Input<number> | undefined;
  /** Start of the time span, included; RFC 3339, or decimal seconds since the epoch as a string. Needs `endTime`, excludes `lastDays`. Any length; longer spans are split into two-day requests. */
  beginTime?: pulumi.Input<string> | undefined;
  /** End of the time span, included; as `beginTime`. */
  endTime?: pulumi.Input<string> | undefined;
  /** Only events of servers of this name. 1 to 256 characters. */
  hostName?: pulumi.Input<string> | undefined;
  /** Only events of servers of this IP address. 1 to 256 characters. */
  hostIp?: pulumi.Input<string> | undefined;
  /** Only events of servers of this private IP address. 1 to 128 characters. */
  privateIp?: pulumi.Input<string> | undefined;
  /** Only handled, or only unhandled events. */
  handleStatus?: pulumi.Input<HandleStatus> | undefined;
  /** Archive that keeps what the service showed, from which this is answered: a folder, or `s3://bucket/prefix`; default: the setting `archive`. */
  archive?: pulumi.Input<string> | undefined;
  /** With an archive: whether the service is asked for what is new first; default true. */
  refresh?: pulumi.Input<boolean> | undefined;
  /** Projects to read instead of `projectId`; what is observed of all of them is one observation. */
  projectIds?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** Servers to read instead of `hostName`; what is observed on all of them is one observation. */
  hostNames?: pulumi.Input<pulumi.Input<string>[]> | undefined;
}

/** Result of `getObservedProcesses`. */
export interface GetObservedProcessesResult {
  /** One process for each distinct file hash, ordered by `eventCount` descending, then `hash`. */
  processes: ObservedProcess[];
  /** Events that carry no usable hash, by reason. */
  withoutHash: ObservedWithoutHash[];
  /** Paths under which files of different hashes were seen. */
  sharedPaths: ObservedSharedPath[];
  /** The total that the service reports (`total_num`). */
  totalNum: number;
  /** True: the read is shown to be whole. */
  complete: boolean;
  /** How the events were read. */
  reading: Reading;
  /** The same as one string, with what stood together and where it comes from: canonical JSON that carries its own digest. `getWhitelistPolicyDocument` and `getWhitelistPolicyDiff` take it as it is. */
  observation: string;
}

/**
 * Reads the same events as `getAppWhitelistEvents` and groups them by file hash: one process for each distinct hash, with the evidence for a decision. A read that can't be shown to be whole is an error.
 *
 * ## Example Usage
 *
 * ```yaml
 * variables:
 *   observed:
 *     fn::invoke:
 *       function: hss:getObservedProcesses
 *       arguments: {}
 * outputs:
 *   mostReported: ${observed.processes[0].names[0]}
 * ```
 */
export function getObservedProcesses(
  args: GetObservedProcessesArgs = {},
  options: CallOptions = {},
): Promise<GetObservedProcessesResult> {
  return invoke("getObservedProcesses", args, options);
}

/** `getObservedProcesses` with Inputs, as an Output: unknown while an argument is, a secret where one is. */
export function getObservedProcessesOutput(
  args: pulumi.Input<GetObservedProcessesOutputArgs> = {},
  options: OutputCallOptions = {},
): pulumi.Output<GetObservedProcessesResult> {
  return invokeOutput("getObservedProcesses", args, options);
}

/** Arguments of `getWhitelistPolicyDiff`. */
export interface GetWhitelistPolicyDiffArgs {
  /** The `json` document in force, or an earlier observation, as text; empty or absent where there is none. */
  before?: string | undefined;
  /** The new `json` document, or a later observation, as text. */
  after: string;
}

/** Arguments of `getWhitelistPolicyDiffOutput`. */
export interface GetWhitelistPolicyDiffOutputArgs {
  /** The `json` document in force, or an earlier observation, as text; empty or absent where there is none. */
  before?: pulumi.Input<string> | undefined;
  /** The new `json` document, or a later observation, as text. */
  after: pulumi.Input<string>;
}

/** Result of `getWhitelistPolicyDiff`. */
export interface GetWhitelistPolicyDiffResult {
  /** Hashes that only the new policy allows, ordered by hash. */
  added: WhitelistPolicyEntry[];
  /** Hashes that only the old policy allows, ordered by hash. */
  removed: RemovedHash[];
  /** Hashes that both allow and that are not observed any more, ordered by hash. */
  kept: WhitelistPolicyEntry[];
  /** Hashes that both allow, on different evidence, ordered by hash. */
  changed: ChangedHash[];
  /** The two say the same, but for hashes that stay although nothing reports them any more: the document in force may stay as it is. */
  unchanged: boolean;
  /** One line, such as `3 hashes added, 1 removed`; it says too where the two were asked different questions. */
  summary: string;
  /** Markdown table for a pull request; texts of events in it are inert. */
  table: string;
}

/**
 * Tells what a new policy document adds, removes and changes against the one before, with the evidence for each. Asks no service.
 *
 * ## Example Usage
 *
 * ```yaml
 * variables:
 *   policy:
 *     fn::invoke:
 *       function: hss:getWhitelistPolicyDocument
 *       arguments: { select: [{ handleMethods: [mark_as_trust] }], format: json }
 *   changes:
 *     fn::invoke:
 *       function: hss:getWhitelistPolicyDiff
 *       arguments: { before: "", after: "${policy.document}" }
 * outputs:
 *   changes: ${changes.summary}
 * ```
 */
export function getWhitelistPolicyDiff(
  args: GetWhitelistPolicyDiffArgs,
  options: CallOptions = {},
): Promise<GetWhitelistPolicyDiffResult> {
  return invoke("getWhitelistPolicyDiff", args, options);
}

/** `getWhitelistPolicyDiff` with Inputs, as an Output: unknown while an argument is, a secret where one is. */
export function getWhitelistPolicyDiffOutput(
  args: pulumi.Input<GetWhitelistPolicyDiffOutputArgs>,
  options: OutputCallOptions = {},
): pulumi.Output<GetWhitelistPolicyDiffResult> {
  return invokeOutput("getWhitelistPolicyDiff", args, options);
}

/** Arguments of `getWhitelistPolicyDocument`. */
export interface GetWhitelistPolicyDocumentArgs {
  /** Project that owns the servers; default from the configuration. 1 to 256 characters. */
  projectId?: string | undefined;
  /** Enterprise project of the servers, `all_granted_eps` for all that are granted; default from the configuration, else the service's own (`0`, the default project). 1 to 256 characters. */
  enterpriseProjectId?: string | undefined;
  /** The days before the read started, 1 to 30; with an archive to 3660, before its last whole sync. Excludes `beginTime` and `endTime`. With no time argument: 30, or all that the archive keeps. */
  lastDays?: number | undefined;
  /** Start of the time span, included; RFC 3339, or decimal seconds since the epoch as a string. Needs `endTime`, excludes `lastDays`. Any length; longer spans are split into two-day requests. */
  beginTime?: string | undefined;
  /** End of the time span, included; as `beginTime`. */
  endTime?: string | undefined;
  /** Only events of servers of this name. 1 to 256 characters. */
  hostName?: string | undefined;
  /** Only events of servers of this IP address. 1 to 256 characters. */
  hostIp?: string | undefined;
  /** Only events of servers of this private IP address. 1 to 128 characters. */
  privateIp?: string | undefined;
  /** Only handled, or only unhandled events. */
  handleStatus?: HandleStatus | undefined;
  /** Archive that keeps what the service showed, from which this is answered: a folder, or `s3://bucket/prefix`; default: the setting `archive`. */
  archive?: string | undefined;
  /** With an archive: whether the service is asked for what is new first; default true. */
  refresh?: boolean | undefined;
  /** Projects to read instead of `projectId`; what is observed of all of them is one observation. */
  projectIds?: string[] | undefined;
  /** Servers to read instead of `hostName`; what is observed on all of them is one observation. */
  hostNames?: string[] | undefined;
  /** The `observation` of `getObservedProcesses`, instead of the query arguments. One that was narrowed needs `acceptNarrowed`. */
  observation?: string | undefined;
  /** A list of processes that the program made, instead of the query arguments. Prefer `observation`, which keeps where they come from and what stood together: here a condition is true only where all values of a list meet it, and the result is not `complete`. */
  processes?: ObservedProcess[] | undefined;
  /** Which hashes may be allowed: those of which one sighting meets all conditions of an entry. Without it nothing is. Files that events call malicious, or that were handled otherwise than by trust, stay out unless the entry lists their hash with a reason. */
  select?: WhitelistRuleEntry[] | undefined;
  /** Which files are left out whatever `select` says: those of which one sighting, anywhere in the project, meets an entry, or may meet it. */
  exclude?: WhitelistRuleEntry[] | undefined;
  /** The `json` document in force, as text; empty or absent where there is none. What it allowed stays until an exclusion, a doubt, an expired review or `keepDays` ends it. */
  before?: string | undefined;
  /** How many days after its last event a hash of `before` stays; default: no end. */
  keepDays?: number | undefined;
  /** Whether an observation, or a query, that leaves out events of the project or of the last 30 days may make a policy by itself; default false: an observation is refused, and what speaks against a hash is looked for in the whole project. */
  acceptNarrowed?: boolean | undefined;
  /** Format `hss`: ids of further policies that get requests for every allowed hash. */
  policies?: string[] | undefined;
  /** Whether the document says when its events were read, and the observation's digest; default false. */
  stamp?: boolean | undefined;
  /** `hss`: requests to HSS's own policies; `fapolicyd`: rules; `sha256sum`: a check file; `csv`, `json`: the evidence and decisions; `stix`: a STIX 2.1 bundle. */
  format?: PolicyFormat | undefined;
  /** `audit` (default): each use of an allowed file is recorded where the format can say so; `enforce`: it is allowed silently. Neither adds a rule that blocks. */
  mode?: PolicyMode | undefined;
}

/** Arguments of `getWhitelistPolicyDocumentOutput`. */
export interface GetWhitelistPolicyDocumentOutputArgs {
  /** Project that owns the servers; default from the configuration. 1 to 256 characters. */
  projectId?: pulumi.Input<string> | undefined;
  /** Enterprise project of the servers, `all_granted_eps` for all that are granted; default from the configuration, else the service's own (`0`, the default project). 1 to 256 characters. */
  enterpriseProjectId?: pulumi.Input<string> | undefined;
  /** The days before the read started, 1 to 30; with an archive to 3660, before its last whole sync. Excludes `beginTime` and `endTime`. With no time argument: 30, or all that the archive keeps. */
  lastDays?: pulumi.Input<number> | undefined;
  /** Start of the time span, included; RFC 3339, or decimal seconds since the epoch as a string. Needs `endTime`, excludes `lastDays`. Any length; longer spans are split into two-day requests. */
  beginTime?: pulumi.Input<string> | undefined;
  /** End of the time span, included; as `beginTime`. */
  endTime?: pulumi.Input<string> | undefined;
  /** Only events of servers of this name. 1 to 256 characters. */
  hostName?: pulumi.Input<string> | undefined;
  /** Only events of servers of this IP address. 1 to 256 characters. */
  hostIp?: pulumi.Input<string> | undefined;
  /** Only events of servers of this private IP address. 1 to 128 characters. */
  privateIp?: pulumi.Input<string> | undefined;
  /** Only handled, or only unhandled events. */
  handleStatus?: pulumi.Input<HandleStatus> | undefined;
  /** Archive that keeps what the service showed, from which this is answered: a folder, or `s3://bucket/prefix`; default: the setting `archive`. */
  archive?: pulumi.Input<string> | undefined;
  /** With an archive: whether the service is asked for what is new first; default true. */
  refresh?: pulumi.Input<boolean> | undefined;
  /** Projects to read instead of `projectId`; what is observed of all of them is one observation. */
  projectIds?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** Servers to read instead of `hostName`; what is observed on all of them is one observation. */
  hostNames?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** The `observation` of `getObservedProcesses`, instead of the query arguments. One that was narrowed needs `acceptNarrowed`. */
  observation?: pulumi.Input<string> | undefined;
  /** A list of processes that the program made, instead of the query arguments. Prefer `observation`, which keeps where they come from and what stood together: here a condition is true only where all values of a list meet it, and the result is not `complete`. */
  processes?: pulumi.Input<pulumi.Input<ObservedProcessArgs>[]> | undefined;
  /** Which hashes may be allowed: those of which one sighting meets all conditions of an entry. Without it nothing is. Files that events call malicious, or that were handled otherwise than by trust, stay out unless the entry lists their hash with a reason. */
  select?: pulumi.Input<pulumi.Input<WhitelistRuleEntryArgs>[]> | undefined;
  /** Which files are left out whatever `select` says: those of which one sighting, anywhere in the project, meets an entry, or may meet it. */
  exclude?: pulumi.Input<pulumi.Input<WhitelistRuleEntryArgs>[]> | undefined;
  /** The `json` document in force, as text; empty or absent where there is none. What it allowed stays until an exclusion, a doubt, an expired review or `keepDays` ends it. */
  before?: pulumi.Input<string> | undefined;
  /** How many days after its last event a hash of `before` stays; default: no end. */
  keepDays?: pulumi.Input<number> | undefined;
  /** Whether an observation, or a query, that leaves out events of the project or of the last 30 days may make a policy by itself; default false: an observation is refused, and what speaks against a hash is looked for in the whole project. */
  acceptNarrowed?: pulumi.Input<boolean> | undefined;
  /** Format `hss`: ids of further policies that get requests for every allowed hash. */
  policies?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** Whether the document says when its events were read, and the observation's digest; default false. */
  stamp?: pulumi.Input<boolean> | undefined;
  /** `hss`: requests to HSS's own policies; `fapolicyd`: rules; `sha256sum`: a check file; `csv`, `json`: the evidence and decisions; `stix`: a STIX 2.1 bundle. */
  format?: pulumi.Input<PolicyFormat> | undefined;
  /** `audit` (default): each use of an allowed file is recorded where the format can say so; `enforce`: it is allowed silently. Neither adds a rule that blocks. */
  mode?: pulumi.Input<PolicyMode> | undefined;
}

/** Result of `getWhitelistPolicyDocument`. */
export interface GetWhitelistPolicyDocumentResult {
  /** The policy. The same inputs give the same bytes. */
  document: string;
  /** Media type of the document. */
  mediaType: string;
  /** Name under which its reader expects it, or a fitting one. */
  fileName: string;
  /** SHA-256 of the document's UTF-8 bytes, in hexadecimal digits. */
  sha256: string;
  /** One line: how many hashes are allowed and, where none is, why. */
  summary: string;
  /** SHA-256 of `select` and `exclude`, as canonical JSON. */
  ruleSha256: string;
  /** The hashes that the document allows, ordered by hash. */
  included: WhitelistPolicyEntry[];
  /** All other observed hashes, and those that a policy before allowed, ordered by hash. */
  excluded: WhitelistPolicyEntry[];
  /** Those among `excluded` that the rule allows and the format can't express. */
  notExpressible: NotExpressibleHash[];
  /** Hashes that `select` lists without a valid reason and no event reports; the document does not allow them. */
  unobserved: UnobservedHash[];
  /** What a reader of the rule would not expect: words that match nothing, programs that run anything, what may still be blocked; one line each. */
  warnings: string[];
  /** The read behind it is shown to be whole; false where the program gave a list of `processes`. */
  complete: boolean;
}

/**
 * Makes a whitelist policy from the observed processes that a rule selects, and tells for every hash why it is in or not. Without `select` nothing is allowed; an incomplete read makes no policy; the same inputs give the same bytes. What a rule means: docs/policy.md.
 *
 * ## Example Usage
 *
 * ```yaml
 * variables:
 *   observed:
 *     fn::invoke: { function: hss:getObservedProcesses, arguments: {} }
 *   policy:
 *     fn::invoke:
 *       function: hss:getWhitelistPolicyDocument
 *       arguments:
 *         observation: ${observed.observation}
 *         select: [{ handleMethods: [mark_as_trust], minHosts: 2 }]
 *         format: fapolicyd
 * outputs:
 *   summary: ${policy.summary}
 * ```
 */
export function getWhitelistPolicyDocument(
  args: GetWhitelistPolicyDocumentArgs = {},
  options: CallOptions = {},
): Promise<GetWhitelistPolicyDocumentResult> {
  return invoke("getWhitelistPolicyDocument", args, options);
}

/** `getWhitelistPolicyDocument` with Inputs, as an Output: unknown while an argument is, a secret where one is. */
export function getWhitelistPolicyDocumentOutput(
  args: pulumi.Input<GetWhitelistPolicyDocumentOutputArgs> = {},
  options: OutputCallOptions = {},
): pulumi.Output<GetWhitelistPolicyDocumentResult> {
  return invokeOutput("getWhitelistPolicyDocument", args, options);
}

/** Arguments of `ComplianceSnapshot`. */
export interface ComplianceSnapshotArgs {
  /** Project that owns the servers; default from the configuration. 1 to 256 characters. */
  projectId?: pulumi.Input<string> | undefined;
  /** Enterprise project of the servers, `all_granted_eps` for all that are granted; default from the configuration, else the service's own (`0`, the default project). 1 to 256 characters. */
  enterpriseProjectId?: pulumi.Input<string> | undefined;
  /** The days before the read started, 1 to 30; with an archive to 3660, before its last whole sync. Excludes `beginTime` and `endTime`. With no time argument: 30, or all that the archive keeps. */
  lastDays?: pulumi.Input<number> | undefined;
  /** Start of the time span, included; RFC 3339, or decimal seconds since the epoch as a string. Needs `endTime`, excludes `lastDays`. Any length; longer spans are split into two-day requests. */
  beginTime?: pulumi.Input<string> | undefined;
  /** End of the time span, included; as `beginTime`. */
  endTime?: pulumi.Input<string> | undefined;
  /** Only events of servers of this name. 1 to 256 characters. */
  hostName?: pulumi.Input<string> | undefined;
  /** Only events of servers of this IP address. 1 to 256 characters. */
  hostIp?: pulumi.Input<string> | undefined;
  /** Only events of servers of this private IP address. 1 to 128 characters. */
  privateIp?: pulumi.Input<string> | undefined;
  /** Only handled, or only unhandled events. */
  handleStatus?: pulumi.Input<HandleStatus> | undefined;
  /** Archive that keeps what the service showed, from which this is answered: a folder, or `s3://bucket/prefix`; default: the setting `archive`. */
  archive?: pulumi.Input<string> | undefined;
  /** With an archive: whether the service is asked for what is new first; default true. */
  refresh?: pulumi.Input<boolean> | undefined;
  /** Projects to read instead of `projectId`; what is observed of all of them is one observation. */
  projectIds?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** Servers to read instead of `hostName`; what is observed on all of them is one observation. */
  hostNames?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** Where the snapshot's folder is made; a relative path starts at the working directory. */
  directory: pulumi.Input<string>;
  /** The `observation` of `getObservedProcesses`, instead of the query arguments; the snapshot then holds no single events. */
  observation?: pulumi.Input<string> | undefined;
  /** Which hashes may be allowed: those of which one sighting meets all conditions of an entry. Without it nothing is. Files that events call malicious, or that were handled otherwise than by trust, stay out unless the entry lists their hash with a reason. */
  select?: pulumi.Input<pulumi.Input<WhitelistRuleEntryArgs>[]> | undefined;
  /** Which files are left out whatever `select` says: those of which one sighting, anywhere in the project, meets an entry, or may meet it. */
  exclude?: pulumi.Input<pulumi.Input<WhitelistRuleEntryArgs>[]> | undefined;
  /** `hss`: requests to HSS's own policies; `fapolicyd`: rules; `sha256sum`: a check file; `csv`, `json`: the evidence and decisions; `stix`: a STIX 2.1 bundle. */
  format?: pulumi.Input<PolicyFormat> | undefined;
  /** `audit` (default): each use of an allowed file is recorded where the format can say so; `enforce`: it is allowed silently. Neither adds a rule that blocks. */
  mode?: pulumi.Input<PolicyMode> | undefined;
  /** Private key, Ed25519 or ECDSA P-256, as PEM text or the name of its file; default the environment's `HSS_SIGNING_KEY`. Without one nothing is signed. */
  signingKey?: pulumi.Input<string> | undefined;
  /** Command that signs instead of a key here: it gets the bytes on standard input and prints the signature, as base64 or as bytes. It is not run by a shell, and is asked for a trial signature before the service is read. Put no secret into it. */
  signWith?: pulumi.Input<string> | undefined;
  /** Public key of `signWith`, as PEM text or the name of its file: each signature is checked by it, and the envelope carries its id. */
  publicKey?: pulumi.Input<string> | undefined;
  /** Folder of a snapshot before: `changes` says what differs since. */
  baseline?: pulumi.Input<string> | undefined;
  /** Whether a read that can't be shown to be whole makes a snapshot, which says so, without a policy; default false. */
  allowIncomplete?: pulumi.Input<boolean> | undefined;
  /** Whether destroying the resource removes the folder; default false: evidence stays on disk. */
  deleteOnDestroy?: pulumi.Input<boolean> | undefined;
}

/**
 * A compliance snapshot: a folder with what was observed, the events, the policy that follows from it, and a statement with the digest of each file, signed where there is a key. It can be checked without this package and without the cloud, and is never changed: other inputs make a new one beside it, and the old one stays. Give it the `observation` of getObservedProcesses to make a new one whenever what is observed changes, or query arguments to read once. Destroying the resource leaves the folder on disk.
 *
 * ## Example Usage
 *
 * ```yaml
 * variables:
 *   observed:
 *     fn::invoke: { function: hss:getObservedProcesses, arguments: {} }
 * resources:
 *   snapshot:
 *     type: hss:ComplianceSnapshot
 *     properties:
 *       directory: evidence
 *       observation: ${observed.observation}
 *       select: [{ handleMethods: [mark_as_trust], minHosts: 2 }]
 * outputs:
 *   summary: ${snapshot.summary}
 * ```
 */
export class ComplianceSnapshot extends DefinedResource {
  /** Project that owns the servers; default from the configuration. 1 to 256 characters. */
  declare readonly projectId: pulumi.Output<string>;
  /** Enterprise project of the servers, `all_granted_eps` for all that are granted; default from the configuration, else the service's own (`0`, the default project). 1 to 256 characters. */
  declare readonly enterpriseProjectId: pulumi.Output<string>;
  /** The days before the read started, 1 to 30; with an archive to 3660, before its last whole sync. Excludes `beginTime` and `endTime`. With no time argument: 30, or all that the archive keeps. */
  declare readonly lastDays: pulumi.Output<number>;
  /** Start of the time span, included; RFC 3339, or decimal seconds since the epoch as a string. Needs `endTime`, excludes `lastDays`. Any length; longer spans are split into two-day requests. */
  declare readonly beginTime: pulumi.Output<string>;
  /** End of the time span, included; as `beginTime`. */
  declare readonly endTime: pulumi.Output<string>;
  /** Only events of servers of this name. 1 to 256 characters. */
  declare readonly hostName: pulumi.Output<string>;
  /** Only events of servers of this IP address. 1 to 256 characters. */
  declare readonly hostIp: pulumi.Output<string>;
  /** Only events of servers of this private IP address. 1 to 128 characters. */
  declare readonly privateIp: pulumi.Output<string>;
  /** Only handled, or only unhandled events. */
  declare readonly handleStatus: pulumi.Output<HandleStatus>;
  /** Archive that keeps what the service showed, from which this is answered: a folder, or `s3://bucket/prefix`; default: the setting `archive`. */
  declare readonly archive: pulumi.Output<string>;
  /** With an archive: whether the service is asked for what is new first; default true. */
  declare readonly refresh: pulumi.Output<boolean>;
  /** Projects to read instead of `projectId`; what is observed of all of them is one observation. */
  declare readonly projectIds: pulumi.Output<string[]>;
  /** Servers to read instead of `hostName`; what is observed on all of them is one observation. */
  declare readonly hostNames: pulumi.Output<string[]>;
  /** Where the snapshot's folder is made; a relative path starts at the working directory. */
  declare readonly directory: pulumi.Output<string>;
  /** The `observation` of `getObservedProcesses`, instead of the query arguments; the snapshot then holds no single events. */
  declare readonly observation: pulumi.Output<string>;
  /** Which hashes may be allowed: those of which one sighting meets all conditions of an entry. Without it nothing is. Files that events call malicious, or that were handled otherwise than by trust, stay out unless the entry lists their hash with a reason. */
  declare readonly select: pulumi.Output<WhitelistRuleEntry[]>;
  /** Which files are left out whatever `select` says: those of which one sighting, anywhere in the project, meets an entry, or may meet it. */
  declare readonly exclude: pulumi.Output<WhitelistRuleEntry[]>;
  /** `hss`: requests to HSS's own policies; `fapolicyd`: rules; `sha256sum`: a check file; `csv`, `json`: the evidence and decisions; `stix`: a STIX 2.1 bundle. */
  declare readonly format: pulumi.Output<PolicyFormat>;
  /** `audit` (default): each use of an allowed file is recorded where the format can say so; `enforce`: it is allowed silently. Neither adds a rule that blocks. */
  declare readonly mode: pulumi.Output<PolicyMode>;
  /** Private key, Ed25519 or ECDSA P-256, as PEM text or the name of its file; default the environment's `HSS_SIGNING_KEY`. Without one nothing is signed. */
  declare readonly signingKey: pulumi.Output<string>;
  /** Command that signs instead of a key here: it gets the bytes on standard input and prints the signature, as base64 or as bytes. It is not run by a shell, and is asked for a trial signature before the service is read. Put no secret into it. */
  declare readonly signWith: pulumi.Output<string>;
  /** Public key of `signWith`, as PEM text or the name of its file: each signature is checked by it, and the envelope carries its id. */
  declare readonly publicKey: pulumi.Output<string>;
  /** Folder of a snapshot before: `changes` says what differs since. */
  declare readonly baseline: pulumi.Output<string>;
  /** Whether a read that can't be shown to be whole makes a snapshot, which says so, without a policy; default false. */
  declare readonly allowIncomplete: pulumi.Output<boolean>;
  /** Whether destroying the resource removes the folder; default false: evidence stays on disk. */
  declare readonly deleteOnDestroy: pulumi.Output<boolean>;
  /** The snapshot's folder. */
  declare readonly path: pulumi.Output<string>;
  /** Digest of `statement.json` without its time. */
  declare readonly sha256: pulumi.Output<string>;
  /** The read is shown to be whole. */
  declare readonly complete: pulumi.Output<boolean>;
  /** One line: what it holds. */
  declare readonly summary: pulumi.Output<string>;
  /** What differs since `baseline`; empty without one. */
  declare readonly changes: pulumi.Output<SnapshotChange[]>;

  constructor(name: string, args: ComplianceSnapshotArgs, options?: ResourceOptions) {
    super("ComplianceSnapshot", name, args, options);
  }
}

/** Arguments of `WhitelistPolicyFile`. */
export interface WhitelistPolicyFileArgs {
  /** Where to write. A relative path starts at the directory that Pulumi runs the project in (that of Pulumi.yaml, or its `main`); the state holds it as it is, so that the stack works from any checkout. Missing directories are made. Another path replaces the resource. */
  path: pulumi.Input<string>;
  /** The text, such as the `document` of `getWhitelistPolicyDocument`. Written as UTF-8, byte for byte. A secret stays one. */
  content: pulumi.Input<string>;
  /** Permissions as octal digits. Default: `"0644"`. Ignored on Windows. */
  mode?: pulumi.Input<string> | undefined;
  /** Whether creation may replace a file that is there already and holds something else. Default: false, which fails and leaves that file alone. A file that holds exactly this content is taken over in either case. */
  overwrite?: pulumi.Input<boolean> | undefined;
}

/**
 * A policy document in a file, for a review, a commit or an agent to pick up.
 *
 * Previews show what changes in the text. They also notice a file that was edited or removed behind Pulumi's back, on this machine, and the next `pulumi up` restores it; after `pulumi refresh` they show the edit. Writing is atomic: a reader sees the old file or the new one. Where the path itself is a symbolic link or a directory, nothing is written. Deletion removes only the file that was written: one that was edited since stays, with a note. Two resources on one path are an error; rename a resource with an alias. A file that is there already can be imported by its path.
 *
 * ## Example Usage
 *
 * ```yaml
 * resources:
 *   file:
 *     type: hss:WhitelistPolicyFile
 *     properties: { path: policy/35-hss-whitelist.rules, content: "${policy.document}" }
 * outputs:
 *   sha256: ${file.sha256}
 * ```
 */
export class WhitelistPolicyFile extends DefinedResource {
  /** Where to write. A relative path starts at the directory that Pulumi runs the project in (that of Pulumi.yaml, or its `main`); the state holds it as it is, so that the stack works from any checkout. Missing directories are made. Another path replaces the resource. */
  declare readonly path: pulumi.Output<string>;
  /** The text, such as the `document` of `getWhitelistPolicyDocument`. Written as UTF-8, byte for byte. A secret stays one. */
  declare readonly content: pulumi.Output<string>;
  /** Permissions as octal digits. Default: `"0644"`. Ignored on Windows. */
  declare readonly mode: pulumi.Output<string>;
  /** Whether creation may replace a file that is there already and holds something else. Default: false, which fails and leaves that file alone. A file that holds exactly this content is taken over in either case. */
  declare readonly overwrite: pulumi.Output<boolean>;
  /** SHA-256 of the file's bytes, lower-case hex; a secret where the content is. */
  declare readonly sha256: pulumi.Output<string>;

  constructor(name: string, args: WhitelistPolicyFileArgs, options?: ResourceOptions) {
    super("WhitelistPolicyFile", name, args, options);
  }
}
