import { Clouds } from "../support/shells.js";

// Shells and profiles as the documentation of their tools writes them. Two clouds, one account each, told apart by how many
// events they have; what is sent to a host of neither ends the read.
const own = { events: 23, cloud: "myhuaweicloud.com" };
const partner = { events: 7, cloud: "partner.example" };

const keys = { ak: "OWNACCESSKEY00000001", sk: "own-secret-key-0123456789abcdefghij" };
const partnerKeys = { ak: "PARTNERACCESSKEY0001", sk: "partner-secret-key-0123456789abcdef" };
const project = "0123456789abcdef0123456789abcdef";
const token = "own-token-0123456789";
const user = { name: "sample-user", id: "7c1d2e3f4a5b4c6d8e9f0a1b2c3d4e5f", account: "sample-account" };
const ownPassword = "own-password-012345";
const partnerPassword = "partner-password-012345";

const clouds = new Clouds();
beforeAll(async () => {
  await clouds.add(own.cloud, {
    events: own.events,
    accessKey: keys.ak,
    secretKey: keys.sk,
    token,
    identity: { password: ownPassword },
  });
  await clouds.add(partner.cloud, {
    events: partner.events,
    accessKey: partnerKeys.ak,
    secretKey: partnerKeys.sk,
    identity: { password: partnerPassword, projectId: "fedcba9876543210fedcba9876543210" },
  });
});
afterAll(() => clouds.close());

/** No secret of one cloud in a request to another, whatever the outcome. */
afterEach(() => {
  const secretsOf = {
    [own.cloud]: [keys.sk, keys.ak, token, ownPassword],
    [partner.cloud]: [partnerKeys.sk, partnerKeys.ak, partnerPassword],
  };
  for (const { url, headers, body } of clouds.sent.splice(0)) {
    const text = JSON.stringify([url.href, headers, body]);
    for (const [cloud, secrets] of Object.entries(secretsOf)) {
      const isItsOwn = url.hostname.endsWith(`.${cloud}`);
      for (const secret of secrets) if (!isItsOwn) expect(text).not.toContain(secret);
    }
    expect(text).not.toContain(keys.sk);
    expect(text).not.toContain(partnerKeys.sk);
  }
});

const hw = { HW_REGION_NAME: "cn-north-4", HW_ACCESS_KEY: keys.ak, HW_SECRET_KEY: keys.sk };
const password = { HW_USER_NAME: user.name, HW_USER_PASSWORD: ownPassword, HW_DOMAIN_NAME: user.account };
const region = { HW_REGION_NAME: "cn-north-4" };
const login = "POST iam.cn-north-4.myhuaweicloud.com/v3/auth/tokens";
const look = "GET iam.cn-north-4.myhuaweicloud.com/v3/projects";
const assume = "POST iam.cn-north-4.myhuaweicloud.com/v3.0/OS-CREDENTIAL/securitytokens";

/** `openrc` as the OpenStack dashboard writes it. */
const openrc = {
  OS_AUTH_URL: "https://iam.cn-north-4.myhuaweicloud.com/v3",
  OS_PROJECT_NAME: "cn-north-4",
  OS_USER_DOMAIN_NAME: user.account,
  OS_PROJECT_DOMAIN_NAME: user.account,
  OS_USERNAME: user.name,
  OS_PASSWORD: ownPassword,
  OS_REGION_NAME: "cn-north-4",
  OS_INTERFACE: "public",
  OS_IDENTITY_API_VERSION: "3",
};
const lab = {
  OS_AUTH_URL: "http://openstack.lab.example:5000/v3",
  OS_PROJECT_ID: "4c1b2a3d4e5f60718293a4b5c6d7e8f9",
  OS_PROJECT_NAME: "admin",
  OS_USER_DOMAIN_NAME: "Default",
  OS_USERNAME: "admin",
  OS_PASSWORD: "lab-password",
  OS_REGION_NAME: "RegionOne",
};
const telekom = { ...openrc, OS_AUTH_URL: "https://iam.eu-de.otc.t-systems.com/v3", OS_REGION_NAME: "eu-de" };

/** An OpenStack that is nobody's here, but could be. */
const openStack = {
  OS_AUTH_URL: "https://keystone.openstack.example/v3",
  OS_USERNAME: "admin",
  OS_PASSWORD: "openstack-password",
  OS_USER_DOMAIN_NAME: "Default",
};
const notFollowed = /OS_AUTH_URL is of another cloud \(keystone\.(?:openstack|\[secret\])\.example\).*not followed/;
const program = { accessKey: keys.ak, secretKey: keys.sk, projectId: project };
const idToken = { HUAWEICLOUD_SDK_IDP_ID: "sample-idp", HUAWEICLOUD_SDK_ID_TOKEN_FILE: "/run/id-token" };
const exchange = "POST iam.cn-north-4.myhuaweicloud.com/v3.0/OS-AUTH/id-token/tokens";
const europe = { HW_REGION_NAME: "eu-west-101" };
const account = { HW_ASSUME_ROLE_AGENCY_NAME: "another-agency", HW_ASSUME_ROLE_DOMAIN_NAME: "another-account" };

const sdkProfile = (more = "") => `[basic]\nak = ${keys.ak}\nsk = ${keys.sk}\nproject_id = ${project}\n${more}`;
const kooCli = (profile: Record<string, unknown>, name = "default") =>
  JSON.stringify({
    language: "en",
    current: "default",
    profiles: [{ name, mode: "AKSK", region: "cn-north-4", ...profile }],
  });
const kooKeys = { accessKeyId: keys.ak, secretAccessKey: keys.sk };
const sdkFile = "~/.huaweicloud/credentials";
const kooFile = "~/.hcloud/config.json";

interface Case {
  readonly env?: Record<string, string>;
  /** Several: a call's own first, then the stack's. */
  readonly config?: Record<string, unknown> | readonly Record<string, unknown>[];
  readonly files?: Record<string, string>;
  /** Default: the own cloud's. */
  readonly events?: number;
  readonly error?: RegExp;
  /** Default: none. */
  readonly warns?: RegExp;
  /** The machine has the cloud's metadata service. */
  readonly onServer?: boolean;
  /** What must have been asked, in order, before the events. */
  readonly asks?: readonly string[];
}

const shells: Record<string, Case> = {
  "Terraform: access keys": { env: hw, asks: [look] },
  "Terraform: access keys and a project id": { env: { ...hw, HW_PROJECT_ID: project }, asks: [] },
  "Terraform: a user's password": { env: { ...region, ...password }, asks: [login, look] },
  "Terraform: a user's id and password": {
    env: { ...region, HW_USER_ID: user.id, HW_USER_PASSWORD: ownPassword },
    asks: [login, look],
  },
  "Terraform: a token comes before access keys": {
    env: { ...hw, HW_ACCESS_KEY: "ANOTHERACCOUNT000001", HW_AUTH_TOKEN: token },
    asks: [look],
  },
  "Terraform: a partner's cloud": {
    env: {
      HW_CLOUD: partner.cloud,
      HW_REGION_NAME: "ru-moscow-1",
      HW_ACCESS_KEY: partnerKeys.ak,
      HW_SECRET_KEY: partnerKeys.sk,
    },
    events: partner.events,
    asks: ["GET iam.ru-moscow-1.partner.example/v3/projects"],
  },
  "Terraform: more retries than are made here": {
    env: { ...hw, HW_MAX_RETRIES: "30" },
    config: { maxRetries: undefined },
    warns: /HW_MAX_RETRIES/,
  },
  "Terraform: insecure": { env: { ...hw, HW_INSECURE: "true" }, warns: /HW_INSECURE.*caFile/ },
  "Terraform: not insecure": { env: { ...hw, HW_INSECURE: "false" } },
  "Terraform: another way to sign": { env: { ...hw, HW_SIGNING_ALGORITHM: "HmacSM3" }, warns: /HmacSHA256/ },
  "Terraform: an agency": {
    env: { ...hw, HW_ASSUME_ROLE_AGENCY_NAME: "sample-agency", HW_ASSUME_ROLE_DOMAIN_NAME: user.account },
    asks: [assume, look],
  },
  "Terraform: an agency of the older kind": {
    env: { ...hw, OS_AGENCY_NAME: "sample-agency", OS_AGENCY_DOMAIN_NAME: user.account },
    asks: [assume, look],
  },
  "Terraform: an agency of the older kind, by password, to a delegated project": {
    env: {
      ...openrc,
      OS_PROJECT_ID: "of-the-own-account",
      OS_AGENCY_NAME: "sample-agency",
      OS_AGENCY_DOMAIN_NAME: user.account,
      OS_DELEGATED_PROJECT: "cn-north-4_delegated",
    },
    asks: [login, assume, look],
    warns: /OS_PROJECT_ID is not followed beside OS_AGENCY_NAME/,
  },
  "Terraform: a profile comes before keys, region and project of the shell": {
    env: { ...hw, HW_ACCESS_KEY: "ANOTHERACCOUNT000001", HW_REGION_NAME: "cn-east-3", HW_PROFILE: "prod" },
    files: { [kooFile]: kooCli(kooKeys, "prod") },
    asks: [look],
  },
  "Terraform: a shared config file": {
    env: { HW_SHARED_CONFIG_FILE: "~/koo.json" },
    files: { "~/koo.json": kooCli({ ...kooKeys, projectId: project }) },
    asks: [],
  },
  "SDK: variables": {
    env: { HUAWEICLOUD_SDK_AK: keys.ak, HUAWEICLOUD_SDK_SK: keys.sk, HUAWEICLOUD_SDK_PROJECT_ID: project },
    config: { region: "cn-north-4" },
    asks: [],
  },
  "SDK: the examples' variables": {
    env: { CLOUD_SDK_AK: keys.ak, CLOUD_SDK_SK: keys.sk },
    config: { region: "cn-north-4" },
    asks: [look],
  },
  "SDK: an address of IAM": {
    env: {
      HUAWEICLOUD_SDK_AK: keys.ak,
      HUAWEICLOUD_SDK_SK: keys.sk,
      HUAWEICLOUD_SDK_IAM_ENDPOINT: "https://iam.myhuaweicloud.com",
    },
    config: { region: "cn-north-4" },
    asks: ["GET iam.myhuaweicloud.com/v3/projects"],
  },
  "SDK: an id token of another identity provider": {
    env: { ...region, HUAWEICLOUD_SDK_IDP_ID: "sample-idp", HUAWEICLOUD_SDK_ID_TOKEN_FILE: "/run/id-token" },
    files: { "/run/id-token": "sample.id.token\n" },
    asks: ["POST iam.cn-north-4.myhuaweicloud.com/v3.0/OS-AUTH/id-token/tokens", assume, look],
  },
  "SDK: a profile": { files: { [sdkFile]: sdkProfile() }, config: { region: "cn-north-4" }, asks: [] },
  "SDK: a profile with an address of IAM": {
    files: {
      [sdkFile]: sdkProfile("iam_endpoint = https://iam.cn-east-3.myhuaweicloud.com\n").replace(/project_id.*\n/, ""),
    },
    config: { region: "cn-north-4" },
    asks: ["GET iam.cn-east-3.myhuaweicloud.com/v3/projects"],
  },
  "SDK: a profile of another cloud": {
    files: { [sdkFile]: sdkProfile("iam_endpoint = iam.eu-de.otc.t-systems.com\n") },
    config: { region: "cn-north-4" },
    error: /iam_endpoint of profile \[basic\].*another cloud/,
    asks: [],
  },
  "SDK: a file of regions": {
    env: { ...hw, HUAWEICLOUD_SDK_REGIONS_FILE: "/etc/regions.yaml" },
    warns: /HUAWEICLOUD_SDK_REGIONS_FILE.*endpoint/,
  },
  "SDK: the file of regions at its usual place": {
    env: { ...hw, HW_PROJECT_ID: project },
    files: { "~/.huaweicloud/regions.yaml": "HSS:\n  - id: cn-north-4\n    endpoint: https://hss.own.example\n" },
    warns: /regions\.yaml.*endpoint/,
    asks: [],
  },
  "KooCLI: access keys": { files: { [kooFile]: kooCli(kooKeys) }, asks: [look] },
  "KooCLI: single sign-on": {
    files: { [kooFile]: kooCli({ mode: "SSO", projectId: project, ssoAuth: { stsToken: kooKeys } }) },
    asks: [],
  },
  "KooCLI: an agency": {
    files: {
      [kooFile]: kooCli({
        ...kooKeys,
        mode: "agency",
        agencyName: "sample-agency",
        agencyDomainName: user.account,
      }),
    },
    asks: [assume, look],
  },
  "KooCLI: an agency that its mode does not use": {
    files: { [kooFile]: kooCli({ ...kooKeys, agencyName: "sample-agency", agencyDomainName: user.account }) },
    asks: [look],
    warns: /names the agency sample-agency.*assumeRole/,
  },
  "KooCLI: the agency of the server": {
    files: { [kooFile]: kooCli({ mode: "ecsAgency" }) },
    onServer: true,
    asks: [look],
  },
  "on a server with an agency, and nothing else": { env: region, onServer: true, asks: [look] },
  "OpenStack: openrc": { env: openrc, asks: [login, look] },
  "OpenStack: a token": {
    env: { OS_AUTH_TYPE: "v3token", OS_AUTH_URL: openrc.OS_AUTH_URL, OS_TOKEN: token, OS_REGION_NAME: "cn-north-4" },
    asks: [look],
  },
  "OpenStack: clouds.yaml": {
    env: { OS_CLOUD: "prod", ...region },
    error: /no credentials/,
    warns: /OS_CLOUD.*clouds\.yaml/,
  },
  "OpenStack: an application credential": {
    env: {
      ...region,
      OS_AUTH_TYPE: "v3applicationcredential",
      OS_APPLICATION_CREDENTIAL_ID: "x",
      OS_APPLICATION_CREDENTIAL_SECRET: "y",
    },
    error: /no credentials/,
    warns: /OS_APPLICATION_CREDENTIAL_ID/,
  },
  "another OpenStack beside Terraform's keys and project": {
    env: { ...lab, ...hw, HW_PROJECT_ID: project },
    asks: [],
  },
  "another vendor's cloud beside Terraform's keys": {
    env: { ...telekom, ...hw, HW_PROJECT_ID: project },
    asks: [],
    warns: /OS_AUTH_URL is of another cloud \(iam\.eu-de\.otc\.t-systems\.com\)/,
  },
  "another vendor's password and the own region": {
    env: { ...telekom, ...region },
    error: /OS_AUTH_URL: is of another cloud/,
    warns: /OS_PROJECT_NAME is of eu-de, .*not followed/,
    asks: [],
  },
  "a partner's endpoint and the own cloud's password": {
    env: { ...region, ...password, HW_AUTH_URL: "https://iam.cn-north-4.myhuaweicloud.com/v3" },
    config: { endpoint: "https://hss.ru-moscow-1.partner.example" },
    error: /HW_AUTH_URL: is of another cloud.*endpoint \(hss\.ru-moscow-1\.partner\.example\)/,
    asks: [],
  },
  "a partner's endpoint, its password, and a region": {
    config: {
      endpoint: "https://hss.ru-moscow-1.partner.example",
      region: "ru-moscow-1",
      userName: user.name,
      password: partnerPassword,
      domainName: user.account,
    },
    events: partner.events,
    asks: ["POST iam.ru-moscow-1.partner.example/v3/auth/tokens", "GET iam.ru-moscow-1.partner.example/v3/projects"],
  },
  "a partner's cloud in the shell, an endpoint of the own in the program": {
    env: { ...hw, HW_CLOUD: partner.cloud },
    config: { endpoint: "https://hss.cn-north-4.myhuaweicloud.com" },
    error: /HW_CLOUD: is of another cloud/,
    asks: [],
  },
  "an endpoint of another region than the shell's": {
    env: { ...hw, HW_REGION_NAME: "cn-east-3" },
    config: { endpoint: "https://hss.cn-north-4.myhuaweicloud.com" },
    asks: [look],
  },
  // an OpenStack's address beside credentials that are not its own
  "a profile that is named, beside another cloud's password": {
    env: { HW_PROFILE: "prod", ...region, ...openStack },
    files: { [kooFile]: kooCli(kooKeys, "prod") },
    asks: [look],
    warns: notFollowed,
  },
  "a profile and its region, beside another cloud's address": {
    env: { OS_AUTH_URL: openStack.OS_AUTH_URL },
    files: { [kooFile]: kooCli(kooKeys) },
    asks: [look],
    warns: notFollowed,
  },
  "a profile's id token and region, beside another cloud's address": {
    env: { OS_AUTH_URL: openStack.OS_AUTH_URL },
    files: {
      [sdkFile]: "[basic]\nidp_id = sample-idp\nid_token_file = /run/id-token\nregion = cn-north-4\n",
      "/run/id-token": "sample.id.token",
    },
    asks: [exchange, assume, look],
    warns: notFollowed,
  },
  "a program's region and address of another cloud's IAM": {
    env: password,
    config: { region: "cn-north-4", authUrl: "https://iam.partner.example" },
    error: /^hss configuration: authUrl: is of another cloud \(iam\.partner\.example\) than region \(hss\.cn-north-4/,
    asks: [],
  },
  "a call's address of another cloud's IAM beside the stack's token": {
    config: [{ region: "cn-north-4", authUrl: "https://iam.partner.example" }, { token }],
    error: /^hss configuration: authUrl: is of another cloud/,
    asks: [],
  },
  "another cloud's password by an address that is not taken": {
    env: { ...openStack, OS_AUTH_URL: "http://keystone.openstack.example:5000/v3" },
    config: { region: "cn-north-4", authUrl: "https://iam.cn-north-4.myhuaweicloud.com" },
    error: /^hss configuration: OS_AUTH_URL: must be https.*the cloud of the credentials beside it is unknown/,
    asks: [],
  },
  "another cloud's password by an address with a path, beside Terraform's": {
    env: {
      ...region,
      ...openStack,
      HW_AUTH_URL: "https://iam.cn-north-4.myhuaweicloud.com",
      OS_AUTH_URL: "https://keystone.openstack.example/identity/v3",
    },
    error: /^hss configuration: OS_AUTH_URL: must not have a path/,
    asks: [],
  },
  "another cloud's token by an address that is not taken": {
    env: { OS_AUTH_URL: "http://keystone.openstack.example:5000/v3", OS_TOKEN: "openstack-token" },
    config: { region: "cn-north-4", authUrl: "https://iam.cn-north-4.myhuaweicloud.com", projectId: project },
    error: /^hss configuration: OS_AUTH_URL: must be https/,
    asks: [],
  },
  "SDK: an address of IAM without a scheme, beside Terraform's": {
    env: {
      ...region,
      HW_AUTH_URL: "https://iam.cn-north-4.myhuaweicloud.com",
      HUAWEICLOUD_SDK_IAM_ENDPOINT: "iam.partner.example",
      HUAWEICLOUD_SDK_AK: partnerKeys.ak,
      HUAWEICLOUD_SDK_SK: partnerKeys.sk,
      HUAWEICLOUD_SDK_PROJECT_ID: project,
    },
    error: /^hss configuration: HUAWEICLOUD_SDK_IAM_ENDPOINT: must be an origin/,
    asks: [],
  },
  "Terraform: a cloud that is none, beside the program's": {
    env: { HW_CLOUD: "Partner.example", HW_ACCESS_KEY: partnerKeys.ak, HW_SECRET_KEY: partnerKeys.sk },
    config: { cloud: own.cloud, region: "cn-north-4", projectId: project },
    error: /^hss configuration: HW_CLOUD: takes the domain of a cloud/,
    asks: [],
  },

  // two public clouds, and addresses that a shell has for one of them
  "a password of the other public cloud, by its region": {
    env: { ...password, ...europe },
    config: { region: "cn-north-4" },
    error:
      /^hss configuration: HW_REGION_NAME: is of another cloud \(myhuaweicloud\.eu\) than region \(hss\.cn-north-4/,
    asks: [],
  },
  "a password of the other public cloud, by its region, beside an endpoint": {
    env: { ...password, ...europe },
    config: { endpoint: "https://hss.cn-north-4.myhuaweicloud.com" },
    error: /^hss configuration: HW_REGION_NAME: is of another cloud \(myhuaweicloud\.eu\) than endpoint/,
    asks: [],
  },
  "keys of the other public cloud, by the SDK's region": {
    env: {
      ...region,
      HUAWEICLOUD_SDK_REGION: "eu-west-101",
      HUAWEICLOUD_SDK_AK: "EUROPEACCESSKEY00001",
      HUAWEICLOUD_SDK_SK: "europe-secret-key",
    },
    error: /^hss configuration: HUAWEICLOUD_SDK_REGION: is of another cloud/,
    asks: [],
  },
  "keys of a partner's endpoint beside the program's": {
    env: {
      HW_HSS_ENDPOINT: "https://hss.ru-moscow-1.partner.example",
      HW_ACCESS_KEY: partnerKeys.ak,
      HW_SECRET_KEY: partnerKeys.sk,
    },
    config: { endpoint: "https://hss.cn-north-4.myhuaweicloud.com", projectId: project },
    error: /^hss configuration: HW_HSS_ENDPOINT: is of another cloud/,
    asks: [],
  },
  "KooCLI: a profile of the other public cloud, by its region": {
    files: { [kooFile]: kooCli({ ...kooKeys, region: "eu-west-101", projectId: "of-europe" }) },
    config: { region: "cn-north-4" },
    error:
      /^hss configuration: region of profile default of ~\/\.hcloud\/config\.json: is of another cloud \(myhuaweicloud\.eu\)/,
    asks: [],
  },
  "KooCLI: a profile of another region has no project here": {
    files: { [kooFile]: kooCli({ ...kooKeys, region: "cn-south-1", projectId: "of-cn-south-1" }) },
    config: { region: "cn-north-4" },
    asks: [look],
  },
  "SDK: a profile of another region than the program's endpoint": {
    files: { [sdkFile]: sdkProfile("region = cn-south-1\n").replace(/project_id.*\n/, "project_id = of-cn-south-1\n") },
    config: { endpoint: "https://hss.cn-north-4.myhuaweicloud.com" },
    asks: [look],
  },
  "SDK: a profile of another cloud's region than the program's endpoint": {
    files: { [sdkFile]: sdkProfile("region = eu-west-101\n") },
    config: { endpoint: "https://hss.cn-north-4.myhuaweicloud.com" },
    error: /^hss configuration: region of profile \[basic\].*: is of another cloud/,
    asks: [],
  },
  "an id token of another cloud's shell": {
    env: {
      HW_CLOUD: partner.cloud,
      HW_ASSUME_ROLE_IDP_ID: "sample-idp",
      HW_ASSUME_ROLE_ID_TOKEN: "sample.id.token",
    },
    config: { endpoint: "https://hss.cn-north-4.myhuaweicloud.com", projectId: project },
    error: /^hss configuration: HW_CLOUD: is of another cloud/,
    asks: [],
  },

  // a project is of its region
  "a shell's project id is not asked for in the program's other region": {
    env: { ...hw, HW_REGION_NAME: "cn-south-1", HW_PROJECT_ID: "of-cn-south-1" },
    config: { region: "cn-north-4" },
    asks: [look],
    warns: /HW_PROJECT_ID is of cn-south-1, .*not followed: region leads to cn-north-4; set projectId/,
  },
  "a shell's project name is not asked for in the region of the program's endpoint": {
    env: { ...hw, HW_REGION_NAME: "cn-south-1", HW_PROJECT_NAME: "cn-south-1_team" },
    config: { endpoint: "https://hss.cn-north-4.myhuaweicloud.com" },
    asks: [look],
    warns: /HW_PROJECT_NAME is of cn-south-1/,
  },
  "a shell's project id beside the program's region, which is its own": {
    env: { ...hw, HW_PROJECT_ID: project },
    config: { region: "cn-north-4" },
    asks: [],
  },
  "a shell that names a project and no region": {
    env: { HW_ACCESS_KEY: keys.ak, HW_SECRET_KEY: keys.sk, HW_PROJECT_ID: project },
    config: { region: "cn-north-4" },
    asks: [],
  },
  "a program's project id beside a shell of another region": {
    env: { ...hw, HW_REGION_NAME: "cn-south-1", HW_PROJECT_ID: "of-cn-south-1" },
    config: { region: "cn-north-4", projectId: project },
    asks: [],
  },

  // the program's region and cloud beside a shell's address
  "a shell's endpoint elsewhere than the program's region": {
    env: { HW_HSS_ENDPOINT: "https://hss.eu-west-101.myhuaweicloud.eu" },
    config: { region: "cn-north-4", ...program },
    asks: [],
    warns: /HW_HSS_ENDPOINT leads to hss\.eu-west-101.*elsewhere than region, and is not followed/,
  },
  "a shell's endpoint in another region than the program's": {
    env: { HW_HSS_ENDPOINT: "https://hss.cn-south-1.myhuaweicloud.com" },
    config: { region: "cn-north-4", ...program },
    asks: [],
    warns: /HW_HSS_ENDPOINT leads to hss\.cn-south-1/,
  },
  "a shell's endpoint in the program's region": {
    env: { HW_HSS_ENDPOINT: "https://hss-vpc.cn-north-4.myhuaweicloud.com" },
    config: { region: "cn-north-4", ...program },
    asks: [],
  },
  "a shell's endpoint in another cloud than the program's": {
    env: { HW_HSS_ENDPOINT: "https://hss.ru-moscow-1.myhuaweicloud.com" },
    config: {
      region: "ru-moscow-1",
      cloud: partner.cloud,
      accessKey: partnerKeys.ak,
      secretKey: partnerKeys.sk,
      projectId: project,
    },
    events: partner.events,
    asks: [],
    warns: /HW_HSS_ENDPOINT leads to hss\.ru-moscow-1\.myhuaweicloud\.com, elsewhere than cloud/,
  },
  "SDK: a region's address in another cloud than the program's": {
    env: { HUAWEICLOUD_SDK_REGION_HSS_RU_MOSCOW_1: "https://hss.ru-moscow-1.myhuaweicloud.com" },
    config: {
      region: "ru-moscow-1",
      cloud: partner.cloud,
      accessKey: partnerKeys.ak,
      secretKey: partnerKeys.sk,
      projectId: project,
    },
    events: partner.events,
    asks: [],
    warns: /HUAWEICLOUD_SDK_REGION_HSS_RU_MOSCOW_1 is of another cloud .* than cloud and is not followed/,
  },
  "SDK: a region's address is told beside the program's region": {
    env: { HUAWEICLOUD_SDK_REGION_HSS_RU_MOSCOW_1: "https://hss.ru-moscow-1.partner.example" },
    config: { region: "ru-moscow-1", accessKey: partnerKeys.ak, secretKey: partnerKeys.sk, projectId: project },
    events: partner.events,
    asks: [],
    warns:
      /region \(ru-moscow-1\) is of myhuaweicloud\.com.* HUAWEICLOUD_SDK_REGION_HSS_RU_MOSCOW_1 leads to hss\.ru-moscow-1\.partner/,
  },
  "a shell's region and password beside a partner's address in the program": {
    env: { ...region, HW_USER_NAME: user.name, HW_USER_PASSWORD: partnerPassword, HW_DOMAIN_NAME: user.account },
    config: { endpoint: "https://hss.partner.example" },
    events: partner.events,
    asks: ["POST iam.partner.example/v3/auth/tokens", "GET iam.partner.example/v3/projects"],
    warns:
      /HW_REGION_NAME \(cn-north-4\) is of myhuaweicloud\.com by itself, and endpoint leads to hss\.partner\.example/,
  },
  "a shell's region beside a partner's cloud in the program": {
    env: { ...region, HW_ACCESS_KEY: partnerKeys.ak, HW_SECRET_KEY: partnerKeys.sk, HW_PROJECT_ID: project },
    config: { cloud: partner.cloud },
    events: partner.events,
    asks: [],
    warns:
      /HW_REGION_NAME \(cn-north-4\) is of myhuaweicloud\.com by itself, and cloud leads to hss\.cn-north-4\.partner/,
  },
  "SDK: an address of a profile's region in another cloud": {
    env: { HUAWEICLOUD_SDK_REGION_HSS_RU_MOSCOW_1: "https://hss.ru-moscow-1.partner.example" },
    files: {
      [sdkFile]: `[basic]\nak = ${partnerKeys.ak}\nsk = ${partnerKeys.sk}\nregion = ru-moscow-1\nproject_id = ${project}\n`,
    },
    events: partner.events,
    asks: [],
    warns:
      /region of profile \[basic\].* is of myhuaweicloud\.com by itself, and HUAWEICLOUD_SDK_REGION_HSS_RU_MOSCOW_1 leads/,
  },
  "SDK: an address of a profile's region": {
    env: { HUAWEICLOUD_SDK_REGION_HSS_CN_NORTH_4: "https://hss-vpc.cn-north-4.myhuaweicloud.com" },
    files: { [sdkFile]: sdkProfile("region = cn-north-4\n") },
    asks: [],
  },
  "SDK: an address of another region than the profile's that is named": {
    env: {
      HW_REGION_NAME: "cn-south-1",
      HW_PROFILE: "basic",
      HUAWEICLOUD_SDK_REGION_HSS_CN_SOUTH_1: "https://hss.cn-south-1.partner.example",
    },
    files: { [sdkFile]: sdkProfile("region = cn-north-4\n") },
    asks: [],
  },

  // whose events
  "the program's user and account, another's password": {
    env: { ...region, ...password },
    config: { userName: "alice", domainName: "account-of-the-program" },
    error:
      /^hss configuration: userName: says another user than HW_USER_NAME.*; domainName: says another account than HW_DOMAIN_NAME/,
    asks: [],
  },
  "the program's account by its id, another's password": {
    env: { ...region, ...password },
    config: { domainId: "id-of-the-program" },
    error: /^hss configuration: domainId: says another account than HW_DOMAIN_NAME/,
    asks: [],
  },
  "the program's account, the same in the shell": {
    env: { ...region, ...password },
    config: { domainName: user.account },
    asks: [login, look],
  },
  "the program's account beside a password without one, and a third family's": {
    env: {
      ...region,
      HW_USER_NAME: user.name,
      HW_USER_PASSWORD: ownPassword,
      OS_DOMAIN_ID: "of-an-openstack",
    },
    config: { domainName: user.account },
    asks: [login, look],
  },
  "the program's account beside access keys": {
    env: hw,
    config: { domainName: "account-of-the-program", projectId: project },
    asks: [],
    warns: /domainName: not used, since the credentials that were found are no password/,
  },
  "a call's profile before the stack's keys": {
    config: [{ profile: "prod" }, { accessKey: "ANOTHERACCOUNT000001", secretKey: "x", region: "cn-north-4" }],
    files: { [kooFile]: kooCli(kooKeys, "prod") },
    asks: [look],
  },
  "a profile and keys in one place": {
    config: { profile: "prod", region: "cn-north-4", ...program },
    asks: [],
    warns: /profile is not followed beside accessKey and secretKey/,
  },
  "KooCLI: the agency of a profile that is named, before the shell's": {
    env: account,
    config: { profile: "default" },
    files: {
      [kooFile]: kooCli({ ...kooKeys, mode: "agency", agencyName: "sample-agency", agencyDomainName: user.account }),
    },
    asks: [assume, look],
    warns: /HW_ASSUME_ROLE_AGENCY_NAME is not followed: the agency sample-agency of the profile comes first/,
  },
  "KooCLI: the agency of the usual profile, after the shell's": {
    env: { HW_ASSUME_ROLE_AGENCY_NAME: "sample-agency", HW_ASSUME_ROLE_DOMAIN_NAME: user.account },
    files: {
      [kooFile]: kooCli({ ...kooKeys, mode: "agency", agencyName: "another-agency", agencyDomainName: "another" }),
    },
    asks: [assume, look],
    warns: /the agency another-agency of the profile is not assumed: HW_ASSUME_ROLE_AGENCY_NAME names another/,
  },
  "OpenStack: a project of another account": {
    env: { ...openrc, OS_PROJECT_DOMAIN_NAME: "another-account" },
    error: /^hss configuration: OS_PROJECT_DOMAIN_NAME: names another account than OS_USER_DOMAIN_NAME/,
    asks: [],
  },
  "OpenStack: the account by its name and, for the project, by its id": {
    env: { ...openrc, OS_PROJECT_DOMAIN_NAME: "", OS_PROJECT_DOMAIN_ID: "another-form-of-it" },
    asks: [login, look],
  },
  "OpenStack: a password by its type, beside a token that is left over": {
    env: { ...openrc, OS_AUTH_TYPE: "v3password", OS_TOKEN: "left-over" },
    asks: [login, look],
  },
  "SDK: a file that is named, before another family's keys": {
    env: {
      ...region,
      HUAWEICLOUD_SDK_CREDENTIALS_FILE: "/etc/credentials",
      OS_ACCESS_KEY: "ANOTHERACCOUNT000001",
      OS_SECRET_KEY: "x",
    },
    files: { "/etc/credentials": sdkProfile() },
    asks: [],
  },
  "SDK: an id token comes before its keys and a profile's": {
    env: { ...region, ...idToken, HUAWEICLOUD_SDK_AK: "ANOTHERACCOUNT000001", HUAWEICLOUD_SDK_SK: "x" },
    files: { "/run/id-token": "sample.id.token", [sdkFile]: sdkProfile() },
    asks: [exchange, assume, look],
  },
  "SDK: a profile's id token comes before its keys": {
    env: region,
    files: {
      "/run/id-token": "sample.id.token",
      [sdkFile]: "[basic]\nak = ANOTHER\nsk = x\nidp_id = sample-idp\nid_token_file = /run/id-token\n",
    },
    asks: [exchange, assume, look],
  },
  "SDK: a profile without credentials does not hide KooCLI's": {
    env: region,
    files: { [sdkFile]: "[basic]\nproject_id = another\n", [kooFile]: kooCli(kooKeys) },
    asks: [look],
  },
  "SDK: a profile with colons, quotes and comments": {
    env: region,
    files: {
      [sdkFile]: `[basic]\nak: "${keys.ak}" ; mine\nsk = '${keys.sk}' # mine\nproject_id = ${project}  ; mine\n`,
    },
    asks: [],
  },
  "wrong keys, by which they are and where they were": {
    env: { ...hw, HW_PROJECT_ID: project, HW_ACCESS_KEY: "NOSUCHACCESSKEY0WXYZ" },
    error: /APIGW\.0301.*the access key that ends in WXYZ is from environment variables HW_\*$/,
    asks: [],
  },
  "wrong keys of a profile": {
    files: { [sdkFile]: sdkProfile().replace(keys.ak, "NOSUCHACCESSKEY0WXYZ") },
    config: { region: "cn-north-4" },
    error: /ends in WXYZ is from profile \[basic\] of ~\/\.huaweicloud\/credentials$/,
    asks: [],
  },
  "a wrong token": {
    env: { ...region, HW_PROJECT_ID: project, HW_AUTH_TOKEN: "no-such-token" },
    error: /the token is from environment variables HW_\*$/,
    asks: [],
  },
  "Cloud Custodian": {
    env: { ...region, HUAWEI_ACCESS_KEY_ID: "x", HUAWEI_SECRET_ACCESS_KEY: "y" },
    error: /no credentials/,
    warns: /HUAWEI_ACCESS_KEY_ID.*HW_ACCESS_KEY/,
  },
};

test.each(Object.entries(shells))(
  "%s",
  async (_, { env = {}, config, files, events = own.events, error, warns, asks, onServer }) => {
    clouds.metadata = onServer === true ? own.cloud : undefined;
    const outcome = await clouds.read(env, config, files);
    if (error === undefined) expect(outcome).toMatchObject({ events });
    else expect(outcome.error).toMatch(error);
    if (asks) expect(outcome.asked.filter((line) => !/app\/event|169\.254/.test(line))).toEqual(asks);
    if (error !== undefined && !/from/.test(error.source)) expect(outcome.asked.join()).not.toMatch(/app\/event/);
    if (warns === undefined) expect(outcome.warnings).toEqual([]);
    else {
      expect(outcome.warnings.join("\n")).toMatch(warns);
      expect(new Set(outcome.warnings).size).toBe(outcome.warnings.length);
    }
  },
);
