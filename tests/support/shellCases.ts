import { Clouds } from "./shells.js";

// Shells and profiles as the documentation of their tools writes them. Two clouds, one account each, told apart by how many
// events they have; what is sent to a host of neither ends the read.
export const own = { events: 23, cloud: "myhuaweicloud.com" };
export const partner = { events: 7, cloud: "partner.example" };

export const keys = { ak: "OWNACCESSKEY00000001", sk: "own-secret-key-0123456789abcdefghij" };
export const partnerKeys = { ak: "PARTNERACCESSKEY0001", sk: "partner-secret-key-0123456789abcdef" };
export const project = "0123456789abcdef0123456789abcdef";
export const token = "own-token-0123456789";
export const user = { name: "sample-user", id: "7c1d2e3f4a5b4c6d8e9f0a1b2c3d4e5f", account: "sample-account" };
export const ownPassword = "own-password-012345";
export const partnerPassword = "partner-password-012345";

export const hw = { HW_REGION_NAME: "cn-north-4", HW_ACCESS_KEY: keys.ak, HW_SECRET_KEY: keys.sk };
export const password = { HW_USER_NAME: user.name, HW_USER_PASSWORD: ownPassword, HW_DOMAIN_NAME: user.account };
export const region = { HW_REGION_NAME: "cn-north-4" };
export const login = "POST iam.cn-north-4.myhuaweicloud.com/v3/auth/tokens";
export const look = "GET iam.cn-north-4.myhuaweicloud.com/v3/projects";
export const assume = "POST iam.cn-north-4.myhuaweicloud.com/v3.0/OS-CREDENTIAL/securitytokens";

/** `openrc` as the OpenStack dashboard writes it. */
export const openrc = {
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
export const lab = {
  OS_AUTH_URL: "http://openstack.lab.example:5000/v3",
  OS_PROJECT_ID: "4c1b2a3d4e5f60718293a4b5c6d7e8f9",
  OS_PROJECT_NAME: "admin",
  OS_USER_DOMAIN_NAME: "Default",
  OS_USERNAME: "admin",
  OS_PASSWORD: "lab-password",
  OS_REGION_NAME: "RegionOne",
};
export const telekom = { ...openrc, OS_AUTH_URL: "https://iam.eu-de.otc.t-systems.com/v3", OS_REGION_NAME: "eu-de" };

/** An OpenStack that is nobody's here, but could be. */
export const openStack = {
  OS_AUTH_URL: "https://keystone.openstack.example/v3",
  OS_USERNAME: "admin",
  OS_PASSWORD: "openstack-password",
  OS_USER_DOMAIN_NAME: "Default",
};
export const notFollowed =
  /OS_AUTH_URL is of another cloud \(keystone\.(?:openstack|\[secret\])\.example\).*not followed/;
export const program = { accessKey: keys.ak, secretKey: keys.sk, projectId: project };
export const idToken = { HUAWEICLOUD_SDK_IDP_ID: "sample-idp", HUAWEICLOUD_SDK_ID_TOKEN_FILE: "/run/id-token" };
export const exchange = "POST iam.cn-north-4.myhuaweicloud.com/v3.0/OS-AUTH/id-token/tokens";
export const europe = { HW_REGION_NAME: "eu-west-101" };
export const account = { HW_ASSUME_ROLE_AGENCY_NAME: "another-agency", HW_ASSUME_ROLE_DOMAIN_NAME: "another-account" };

export const sdkProfile = (more = "") => `[basic]\nak = ${keys.ak}\nsk = ${keys.sk}\nproject_id = ${project}\n${more}`;
export const kooCli = (profile: Record<string, unknown>, name = "default") =>
  JSON.stringify({
    language: "en",
    current: "default",
    profiles: [{ name, mode: "AKSK", region: "cn-north-4", ...profile }],
  });
export const kooKeys = { accessKeyId: keys.ak, secretAccessKey: keys.sk };
export const sdkFile = "~/.huaweicloud/credentials";
export const kooFile = "~/.hcloud/config.json";

export interface Case {
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

/** Each of them in both clouds, with a look at all that was sent. */
export function testShells(shells: Readonly<Record<string, Case>>): void {
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
}
