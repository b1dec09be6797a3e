import { z } from "zod";
import { cloudPattern, regionPattern } from "../hss/cloud.js";
import { iamPaths, parseEndpoint } from "../hss/endpoint.js";
import { eventQuery } from "../hss/request.js";
import { isPem } from "../runtime/trust.js";
import { metaOf } from "../zod.js";

/** One line of text of a setting, no control characters. */
const text = (max: number) => {
  const message = `takes 1 to ${max} characters without control characters`;
  return z
    .string(message)
    .min(1, message)
    .max(max, message)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, message);
};

/** What travels in a header: visible ASCII, no white space. */
const headerText = (max: number) => {
  const message = `takes 1 to ${max} visible ASCII characters without white space`;
  return z
    .string(message)
    .max(max, message)
    .regex(/^[\x21-\x7e]+$/, message);
};

const pathText = text(4096);

const pemOrPath = z
  .string("takes the name of a file, or certificates as PEM text")
  .max(1_048_576, "takes at most 1048576 characters")
  .refine(
    (value) => isPem(value) || pathText.safeParse(value).success,
    "takes 1 to 4096 characters without control characters, or certificates as PEM text",
  );

const whole = (min: number, max: number) => {
  const message = `takes a whole number from ${min} to ${max}`;
  return z.int(message).min(min, message).max(max, message);
};

const region = z
  .string("takes the name of a region")
  .regex(regionPattern, "takes the name of a region, like cn-north-4");

/** Further attempts at one request. */
export const mostRetries = 20;

const address = (paths: readonly string[]) => parsed((value) => parseEndpoint(value, paths));

const parsed = <T extends { url: unknown }>(parse: (value: string) => T | { reason: string }) =>
  z.string("takes an address").transform((value, context): T["url"] => {
    const result = parse(value);
    if ("url" in result) return result.url;
    context.addIssue({ code: "custom", message: result.reason });
    return z.NEVER;
  });

// the AK stands between "Access=" and "," in the signature's header
const accessKeyText = headerText(256).regex(/^[^,]*$/, "takes an access key, which holds no comma");

export const assumeRole = z
  .object(
    {
      agencyName: text(64).meta({
        description: "Name of the agency in the delegating account.",
        environment: ["HW_ASSUME_ROLE_AGENCY_NAME", "OS_AGENCY_NAME"],
      }),
      domainName: text(64)
        .optional()
        .meta({
          description: "Name of the delegating account. This or `domainId` is needed.",
          environment: ["HW_ASSUME_ROLE_DOMAIN_NAME", "OS_AGENCY_DOMAIN_NAME"],
        }),
      domainId: text(64)
        .optional()
        .meta({
          description: "Id of the delegating account; with it alone, STS (v5) is asked instead of IAM (v3).",
          environment: ["HW_ASSUME_ROLE_DOMAIN_ID"],
        }),
      durationSeconds: whole(900, 86_400)
        .optional()
        .meta({
          description:
            "How long the temporary keys live, in seconds, 900 to 86400; default 3600. They are renewed before they expire.",
          environment: ["HW_ASSUME_ROLE_DURATION"],
        }),
    },
    "takes an object, or its JSON text",
  )
  .meta({ id: "AssumeRole", description: "An agency to assume: which one, of which account, for how long." });

/**
 * The `hss:` settings, all optional: one definition for validation, types, the Pulumi schema and the reference page.
 * `settingMeta` gives a property's description, whether it is secret, and its environment variables.
 */
export const configuration = z.object({
  endpoint: parsed((value) => (value === "emulator" ? { url: "emulator" as const } : parseEndpoint(value)))
    .optional()
    .meta({
      description:
        "Origin of the service, for example `https://hss.cn-north-4.myhuaweicloud.com`: https, or http on a loopback address. Default: the one of `region`. The word `emulator` starts an emulator inside the process, whose events are samples.",
      environment: ["HW_HSS_ENDPOINT"],
    }),
  cloud: z
    .string("takes the domain of a cloud, like myhuaweicloud.com")
    .regex(cloudPattern, "takes the domain of a cloud, like myhuaweicloud.com: lower case, no scheme, no path")
    .optional()
    .meta({
      description:
        "Domain of the cloud, which gives the addresses of HSS and IAM (`https://hss.<region>.<cloud>`) where `endpoint` and `authUrl` do not. Default: `myhuaweicloud.com`, or `myhuaweicloud.eu` for a region that lives there.",
      environment: ["HW_CLOUD"],
    }),
  region: region.optional().meta({
    description: "Region of the servers, for example `cn-north-4`. Gives the addresses of HSS and of IAM.",
    environment: ["HW_REGION_NAME", "HUAWEICLOUD_SDK_REGION", "OS_REGION_NAME"],
  }),
  projectId: eventQuery.shape.projectId.optional().meta({
    description: "Project that owns the servers, 1 to 256 characters. A function's own argument wins.",
    environment: ["HW_PROJECT_ID", "HUAWEICLOUD_SDK_PROJECT_ID", "OS_PROJECT_ID", "OS_TENANT_ID"],
  }),
  projectName: text(256)
    .optional()
    .meta({
      description:
        "Name of the project, looked up in IAM where no project id is given beside it or before it; default: the name of the region.",
      environment: ["HW_PROJECT_NAME", "OS_PROJECT_NAME", "OS_TENANT_NAME"],
    }),
  enterpriseProjectId: eventQuery.shape.enterpriseProjectId.optional().meta({
    description:
      "Enterprise project of the servers, `all_granted_eps` for all that are granted. A function's own argument wins. Default: the service's own (`0`, the default project).",
    environment: ["HW_ENTERPRISE_PROJECT_ID", "OS_ENTERPRISE_PROJECT_ID"],
  }),
  accessKey: accessKeyText.optional().meta({
    description: "Access key (AK). Needs `secretKey` beside it.",
    secret: true,
    environment: ["HW_ACCESS_KEY", "HUAWEICLOUD_SDK_AK", "CLOUD_SDK_AK", "OS_ACCESS_KEY"],
  }),
  secretKey: headerText(1024)
    .optional()
    .meta({
      description: "Secret key (SK) of `accessKey`. Signs requests and is never sent.",
      secret: true,
      environment: ["HW_SECRET_KEY", "HUAWEICLOUD_SDK_SK", "CLOUD_SDK_SK", "OS_SECRET_KEY"],
    }),
  securityToken: headerText(32_768)
    .optional()
    .meta({
      description: "Security token of temporary access keys.",
      secret: true,
      environment: [
        "HW_SECURITY_TOKEN",
        "HUAWEICLOUD_SDK_SECURITY_TOKEN",
        "CLOUD_SDK_SECURITY_TOKEN",
        "OS_SECURITY_TOKEN",
      ],
    }),
  token: headerText(32_768)
    .optional()
    .meta({
      description: "A ready IAM token (`X-Auth-Token`), instead of access keys. It can't be renewed.",
      secret: true,
      environment: ["HW_AUTH_TOKEN", "OS_AUTH_TOKEN", "OS_TOKEN"],
    }),
  userName: text(256)
    .optional()
    .meta({
      description: "IAM user, whose `password` is exchanged for a token. Needs `domainName` or `domainId`.",
      environment: ["HW_USER_NAME", "OS_USERNAME"],
    }),
  userId: text(256)
    .optional()
    .meta({
      description: "The IAM user by id instead of by name; needs no account beside it.",
      environment: ["HW_USER_ID", "OS_USER_ID"],
    }),
  password: text(1024)
    .optional()
    .meta({
      description: "Password of `userName` or `userId`. Only ever sent to IAM.",
      secret: true,
      environment: ["HW_USER_PASSWORD", "OS_PASSWORD"],
    }),
  domainName: text(256)
    .optional()
    .meta({
      description: "Account that `userName` belongs to, by name.",
      environment: ["HW_DOMAIN_NAME", "OS_DOMAIN_NAME", "OS_USER_DOMAIN_NAME", "OS_PROJECT_DOMAIN_NAME"],
    }),
  domainId: text(256)
    .optional()
    .meta({
      description: "Account that `userName` belongs to, by id.",
      environment: [
        "HW_DOMAIN_ID",
        "HUAWEICLOUD_SDK_DOMAIN_ID",
        "OS_DOMAIN_ID",
        "OS_USER_DOMAIN_ID",
        "OS_PROJECT_DOMAIN_ID",
      ],
    }),
  authUrl: address(iamPaths)
    .optional()
    .meta({
      description:
        "Origin of IAM, for example `https://iam.cn-north-4.myhuaweicloud.com`; default: beside `endpoint`, or the one of `region`. It must be of the same cloud as `endpoint`. A path `/v3` may follow.",
      environment: ["HW_AUTH_URL", "HUAWEICLOUD_SDK_IAM_ENDPOINT", "OS_AUTH_URL"],
    }),
  profile: text(128)
    .optional()
    .meta({
      description:
        "Profile to take credentials from: a section of the SDK's credentials file, or a profile of KooCLI. Default: `basic`, and KooCLI's current one.",
      environment: ["HW_PROFILE"],
    }),
  sharedConfigFile: text(4096)
    .optional()
    .meta({
      description:
        "File with profiles, in the SDK's form (INI) or KooCLI's (JSON). Default: `~/.huaweicloud/credentials`, then `~/.hcloud/config.json`.",
      environment: ["HW_SHARED_CONFIG_FILE", "HUAWEICLOUD_SDK_CREDENTIALS_FILE"],
    }),
  assumeRole: assumeRole.optional().meta({
    description: "Agency to assume with the credentials found, for temporary keys of another account.",
  }),
  maxConcurrency: whole(1, 64).optional().meta({
    description: "Requests that may be under way at once, 1 to 64; default 12.",
  }),
  requestsPerMinute: whole(1, 60_000).optional().meta({
    description:
      "Upper bound of requests a minute, 1 to 60000. Default: none; the pace is then learned from what the service refuses.",
  }),
  maxRetries: whole(0, mostRetries)
    .optional()
    .meta({
      description: "How often one request is repeated after a passing failure, 0 to 20; default 6.",
      environment: ["HW_MAX_RETRIES"],
    }),
  requestTimeoutSeconds: whole(1, 600).optional().meta({
    description: "Longest time for one request, to the last byte of its answer, in seconds, 1 to 600; default 30.",
  }),
  deadlineSeconds: whole(1, 86_400).optional().meta({
    description: "Longest time for one whole read, in seconds, 1 to 86400; default 3600.",
  }),
  cacheSeconds: whole(0, 86_400).optional().meta({
    description: "How long a whole read may be answered from the disk cache, in seconds, 0 to 86400; default 0 (off).",
  }),
  archive: pathText.optional().meta({
    description:
      "Archive that keeps what the service showed: a folder (`~/` is the home directory) or `s3://bucket/prefix`. Functions answer from it, after they added what is new.",
    environment: ["HW_HSS_ARCHIVE"],
  }),
  archiveEndpoint: address([])
    .optional()
    .meta({
      description:
        "Origin of the object storage of an archive in a bucket (`s3://bucket/prefix`): https, or http on a loopback address. Default: OBS in the cloud and the region of HSS; without these, AWS. The account's keys are only used in its own cloud, elsewhere those of `AWS_*`.",
      environment: ["HW_HSS_ARCHIVE_ENDPOINT"],
    }),
  caFile: pemOrPath.optional().meta({
    description:
      "Certificate authorities to trust beside the usual ones: a file (`~/` is the home directory), or the PEM text itself.",
    environment: ["HW_CACERT", "OS_CACERT"],
  }),
  timestampUnit: z
    .enum(["seconds", "milliseconds"], "takes `seconds` or `milliseconds`")
    .meta({ id: "TimestampUnit" })
    .optional()
    .meta({
      description:
        "Advanced: the unit in which `begin_time` and `end_time` are sent, `seconds` (default) or `milliseconds`. The document says accurate to seconds; sister APIs take milliseconds.",
    }),
});

export type Configuration = z.output<typeof configuration>;
export type SettingName = keyof Configuration;

/** What Pulumi itself puts beside a provider's settings. */
export const pulumiKeys: ReadonlySet<string> = new Set([
  "version",
  "pluginDownloadURL",
  "__internal",
  "__defaults",
  "pulumi",
]);

/** What a setting is beside its type. */
export interface SettingMeta {
  readonly description: string;
  /** True for what must be in no message, log, output or state in the clear. */
  readonly secret: boolean;
  /** Environment variables that can give the setting, in order of precedence. */
  readonly environment: readonly string[];
}

export const settingMeta = (schema: z.ZodType): SettingMeta => ({
  description: metaOf(schema, "description") ?? "",
  secret: metaOf(schema, "secret") ?? false,
  environment: metaOf(schema, "environment") ?? [],
});
