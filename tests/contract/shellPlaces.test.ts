import {
  account,
  assume,
  europe,
  exchange,
  hw,
  idToken,
  keys,
  kooCli,
  kooFile,
  kooKeys,
  login,
  look,
  notFollowed,
  openStack,
  openrc,
  own,
  ownPassword,
  partner,
  partnerKeys,
  partnerPassword,
  password,
  program,
  project,
  region,
  sdkFile,
  sdkProfile,
  token,
  user,
  testShells,
} from "../support/shellCases.js";

// Two places that say different things: an address, a cloud, a region, a project, an account of one beside another's.

testShells({
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
});
