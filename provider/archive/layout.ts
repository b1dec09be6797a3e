import { dayMs } from "../time.js";

/** The names of files in an archive. Data lakes know the first as Hive partitions. */

export interface ArchiveScope {
  /** `unknown` where no region is known. */
  readonly region: string;
  /** What data lakes call the account is the project here. */
  readonly project: string;
  readonly enterpriseProject?: string;
  /** Host of the service. */
  readonly endpoint: string;
  /** The events are samples of the emulator. */
  readonly sample: boolean;
}

/** The partition of events without a usable time, as Hive writes it. */
export const noDay = "__HIVE_DEFAULT_PARTITION__";

/** `yyyyMMdd` in UTC. */
export function dayOf(occurTime: string | undefined): string {
  const time = Number(occurTime);
  const isUsable = occurTime !== undefined && Number.isFinite(time) && time >= 0 && time < yearTenThousand;
  return isUsable ? new Date(time).toISOString().slice(0, 10).replaceAll("-", "") : noDay;
}

const yearTenThousand = Date.UTC(10_000, 0);

/** The first millisecond of a partition; undefined for the one without a day. */
export function startOfDay(day: string): number | undefined {
  const start = /^\d{8}$/.test(day) ? Date.parse(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`) : NaN;
  return Number.isNaN(start) ? undefined : start;
}

export const endOfDay = (day: string): number | undefined => {
  const start = startOfDay(day);
  return start === undefined ? undefined : start + dayMs;
};

/** The folder of a project's events. */
export const partitionPath = ({ region, project }: Pick<ArchiveScope, "region" | "project">): string =>
  `ext/hss/region=${encoded(region)}/accountId=${encoded(project)}/`;

export const partPath = (scope: ArchiveScope, day: string, sequence: number, part: number): string =>
  `${partitionPath(scope)}eventDay=${day}/part-${digits(sequence)}-${String(part).padStart(2, "0")}.parquet`;

/** The day of a part's path; undefined for another path. */
export const dayIn = (path: string): string | undefined => /\/eventDay=([^/]+)\//.exec(path)?.[1];

export const manifestFolder = "manifests/";
export const manifestPath = (sequence: number): string => `${manifestFolder}${digits(sequence)}.json`;
export const envelopePath = (sequence: number): string => `${manifestFolder}${digits(sequence)}.dsse.json`;
/** Keys of events that the service shows no longer, or shows again. */
export const presencePath = (sequence: number): string => `${manifestFolder}${digits(sequence)}.presence.json`;

export const stagingFolder = ".staging/";
/** Where the files of one sync wait; `unique`: a name that nobody else draws. */
export const stagingPath = (sequence: number, unique: string): string =>
  `${stagingFolder}${digits(sequence)}-${unique}/`;

const digits = (sequence: number): string => String(sequence).padStart(8, "0");

/** As Hive escapes what can't stand in a path. */
const encoded = (value: string): string =>
  value.replace(/[^A-Za-z0-9._-]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""),
  );
