import { bucketPlace, type BucketSettings } from "../../../provider/archive/bucketPlace.js";

const place = (settings: BucketSettings, archive = "s3://evidence/hss") => bucketPlace(archive, settings);
const url = (text: string) => new URL(text);
const said = (settings: BucketSettings) => {
  const { endpoint, region, pathStyle, keys, isObs } = place(settings);
  return [endpoint?.origin, region, pathStyle ? "path" : "host", keys, isObs ? "OBS" : "S3"];
};

test.each<[string, BucketSettings, unknown[]]>([
  [
    "OBS of the account's region",
    { region: "cn-north-4" },
    ["https://obs.cn-north-4.myhuaweicloud.com", "cn-north-4", "host", "account", "OBS"],
  ],
  [
    "of its cloud",
    { region: "eu-west-101" },
    ["https://obs.eu-west-101.myhuaweicloud.eu", "eu-west-101", "host", "account", "OBS"],
  ],
  [
    "of a partner's",
    { region: "eu-de", cloud: "otc.t-systems.com" },
    ["https://obs.eu-de.otc.t-systems.com", "eu-de", "host", "account", "OBS"],
  ],
  [
    "beside an endpoint",
    { endpoint: url("https://hss.ap-southeast-1.myhuaweicloud.com") },
    ["https://obs.ap-southeast-1.myhuaweicloud.com", "ap-southeast-1", "host", "account", "OBS"],
  ],
  [
    "of a cloud of one's own",
    { endpoint: url("https://hss.region-1.cloud.example.com"), region: "region-1" },
    ["https://obs.region-1.cloud.example.com", "region-1", "host", "account", "OBS"],
  ],
  ["AWS where no account is named", {}, [undefined, undefined, "host", "environment", "S3"]],
  [
    "AWS beside the emulator",
    { region: "cn-north-4", emulator: true },
    [undefined, undefined, "host", "environment", "S3"],
  ],
  [
    "a store that is named",
    { region: "cn-north-4", archiveEndpoint: url("https://minio.example.com:9000") },
    ["https://minio.example.com:9000", undefined, "path", "environment", "S3"],
  ],
  [
    "AWS that is named",
    { region: "cn-north-4", archiveEndpoint: url("https://s3.eu-west-1.amazonaws.com") },
    ["https://s3.eu-west-1.amazonaws.com", "eu-west-1", "host", "environment", "S3"],
  ],
  [
    "OBS of another cloud, without the account's keys",
    { region: "cn-north-4", archiveEndpoint: url("https://obs.eu-de.otc.t-systems.com") },
    ["https://obs.eu-de.otc.t-systems.com", "eu-de", "host", "environment", "OBS"],
  ],
  [
    "another region of the same cloud",
    { region: "cn-north-4", archiveEndpoint: url("https://obs.cn-south-1.myhuaweicloud.com") },
    ["https://obs.cn-south-1.myhuaweicloud.com", "cn-south-1", "host", "account", "OBS"],
  ],
  [
    "a name that only looks like it",
    { region: "cn-north-4", archiveEndpoint: url("https://obs.cn-north-4.myhuaweicloud.com.example.org") },
    ["https://obs.cn-north-4.myhuaweicloud.com.example.org", "cn-north-4", "host", "environment", "OBS"],
  ],
  [
    "loopback beside HSS elsewhere",
    { region: "cn-north-4", archiveEndpoint: url("http://127.0.0.1:9000") },
    ["http://127.0.0.1:9000", undefined, "path", "environment", "S3"],
  ],
  [
    "an address",
    { region: "cn-north-4", archiveEndpoint: url("https://[2001:db8::1]:9000") },
    ["https://[2001:db8::1]:9000", undefined, "path", "environment", "S3"],
  ],
])("%s", (_, settings, expected) => {
  expect(said(settings)).toEqual(expected);
});

test("the prefix ends names of folders", () => {
  expect(place({}, "s3://evidence").prefix).toBe("");
  expect(place({}, "s3://evidence/").prefix).toBe("");
  expect(place({}, "s3://evidence/a/b//").prefix).toBe("a/b/");
});

test.each([
  "s3://",
  "s3://a",
  "s3://Evidence/x",
  "s3://evidence@evil.example/x",
  "s3://evidence:80/x",
  "s3://arn:aws:s3:::evidence",
  "s3://10.0.0.1/x",
  "s3://evidence..x",
  "s3://evidence/a//b",
  "s3://evidence/../b",
  "s3://evidence/a?b",
  "s3://evidence/a b",
  "s3://evidence/ä",
])("%s is refused", (archive) => {
  expect(() => place({}, archive)).toThrow(/^hss configuration: archive: (?:is to be s3:|has a prefix)/);
});
