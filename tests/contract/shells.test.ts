import {
  assume,
  hw,
  keys,
  kooCli,
  kooFile,
  kooKeys,
  lab,
  login,
  look,
  openrc,
  ownPassword,
  partner,
  partnerKeys,
  partnerPassword,
  password,
  project,
  region,
  sdkFile,
  sdkProfile,
  telekom,
  token,
  user,
  testShells,
} from "../support/shellCases.js";

// Shells and profiles as the documentation of their tools writes them.

testShells({
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
});
