import type { Dice } from "./random.js";
import { hex } from "./random.js";

export interface Host {
  id: string;
  name: string;
  privateIp: string;
  publicIp?: string;
  osType: "Linux" | "Windows";
  osName: string;
  osVersion: string;
  agentId: string;
  enterpriseProjectId: string;
  assetValue: string;
  /** What the agent of this host computes; old agents know MD5 or SHA-1 only. */
  hashAlgorithm: "sha256" | "sha1" | "md5";
  /** The virtual machine's id at the cloud; servers of other clouds have an empty one. */
  cloudId: string;
}

const LINUX_ROLES = ["web", "app", "db", "cache", "build", "mq", "edge", "batch", "log", "git"] as const;
const LINUX_SYSTEMS = [
  ["HCE", "2.0"],
  ["EulerOS", "2.12"],
  ["CentOS", "7.9"],
  ["Ubuntu", "22.04"],
  ["Debian", "12"],
] as const;
const WINDOWS_SYSTEMS = [
  ["Windows", "Server 2019 Datacenter"],
  ["Windows", "Server 2022 Standard"],
] as const;
const ASSET_VALUES = ["common", "common", "important", "test"] as const;

export const FLEET_SIZE = 48;

/** Some dozens of invented servers. Hosts 45 and 46 have agents so old that they report SHA-1 and MD5. */
export function fleet(dice: Dice, enterpriseProjects: readonly string[]): Host[] {
  return Array.from({ length: FLEET_SIZE }, (_, index) => host(dice, enterpriseProjects, index));
}

function host(dice: Dice, enterpriseProjects: readonly string[], index: number): Host {
  const digest = dice.digest("sha256", `host ${index}`);
  const id = `${digest.slice(0, 8)}-${digest.slice(8, 12)}-4${digest.slice(13, 16)}-9${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
  const windows = index % 4 === 3;
  const systems = windows ? WINDOWS_SYSTEMS : LINUX_SYSTEMS;
  const [osName, osVersion] = systems[index % systems.length] ?? systems[0];
  // Every fifth host belongs to one of the further enterprise projects, if there are any.
  const further = enterpriseProjects.filter((project) => project !== "0");
  const enterpriseProjectId = index % 5 === 4 ? (further[Math.floor(index / 5) % further.length] ?? "0") : "0";
  return {
    id,
    name: hostName(index, windows),
    privateIp: `10.${20 + (index % 3)}.${Math.floor(index / 8)}.${10 + index}`,
    // 198.51.100.0/24 and 2001:db8::/32 are reserved for documentation.
    publicIp: index % 3 === 0 ? (index === 9 ? "2001:db8::9" : `198.51.100.${10 + index}`) : undefined,
    osType: windows ? "Windows" : "Linux",
    osName,
    osVersion,
    agentId: dice.digest("sha256", `agent ${index}`).slice(0, 56),
    enterpriseProjectId,
    assetValue: ASSET_VALUES[index % ASSET_VALUES.length] ?? "common",
    hashAlgorithm: index === 45 ? "sha1" : index === 46 ? "md5" : "sha256",
    cloudId: index % 7 === 6 ? "" : id,
  };
}

function hostName(index: number, windows: boolean): string {
  if (index === 41) return "测试主机-🦊-41";
  if (windows) return `WIN-${hex(0xa000 + index * 273, 4).toUpperCase()}`;
  return `${LINUX_ROLES[index % LINUX_ROLES.length]}-${String(index).padStart(2, "0")}`;
}
