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
  readonly config?: Record<string, unknown>;
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
