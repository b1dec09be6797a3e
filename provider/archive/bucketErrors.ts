import { abortError } from "../abort.js";
import {
  ConfigurationError,
  CredentialsError,
  FileError,
  HssError,
  ResponseError,
  ServiceError,
  TransportError,
} from "../errors.js";
import { transportError } from "../runtime/transportError.js";
import { printable } from "../text.js";
import { isRecord } from "../values.js";
import type { BucketPlace } from "./bucketPlace.js";

/** What a store said when it refused; of the client's errors nothing else is kept, since they hold what was signed. */
export interface StoreRefusal {
  /** Absent where no whole answer arrived. */
  readonly status?: number;
  /** `NoSuchKey`; empty where the answer had no body. */
  readonly code: string;
  readonly message: string;
  readonly requestId?: string;
}

export function refusalOf(error: unknown): StoreRefusal {
  const { name, Code, message, $metadata, $response } = (isRecord(error) ? error : {}) as Record<string, unknown>;
  const { httpStatusCode, requestId } = (isRecord($metadata) ? $metadata : {}) as Record<string, unknown>;
  const headers = isRecord($response) && isRecord($response["headers"]) ? $response["headers"] : {};
  const status = httpStatusCode ?? (isRecord($response) ? $response["statusCode"] : undefined);
  const id = requestId ?? headers["x-obs-request-id"] ?? headers["x-amz-request-id"];
  const code = String(Code ?? name ?? "");
  return {
    ...(typeof status === "number" && { status }),
    // the client's own words where it found no code in the answer
    code: /^(?:Unknown|UnknownError|Error|\d+)$/.test(code) ? "" : code,
    message: typeof message === "string" && !/^(?:UnknownError|Unknown)$/.test(message) ? message : "",
    ...(typeof id === "string" && { requestId: id }),
  };
}

/** Whether a store does not know a header, and says so. */
export const isUnknownHeader = ({ status, code }: StoreRefusal): boolean =>
  status === 501 || (status === 400 && /^(?:NotImplemented|InvalidRequest|InvalidArgument|BadRequest|)$/.test(code));

/** Whether something is there already, to a write that was to replace nothing. */
export const isThere = ({ status, code }: StoreRefusal): boolean =>
  status === 412 || /^(?:PreconditionFailed|ObjectAlreadyExists|FileAlreadyExists)$/.test(code);

export const isAbsent = ({ status, code }: StoreRefusal): boolean =>
  status === 404 && /^(?:NoSuchKey|NotFound|)$/.test(code);

/** Keys that are refused, and of which there may be newer ones. */
export const isRefusedKey = ({ status, code }: StoreRefusal): boolean =>
  (status === 400 || status === 401 || status === 403) && keyCodes.test(code);

const keyCodes =
  /^(?:InvalidAccessKeyId|InvalidToken|ExpiredToken|TokenRefreshRequired|SignatureDoesNotMatch|InvalidClientTokenId|CredentialsNotSupported|UnrecognizedClientException)$/;

const keysOf: Readonly<Record<BucketPlace["keys"], string>> = {
  account: "check the account's accessKey and secretKey (with securityToken for temporary ones)",
  environment: "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (with AWS_SESSION_TOKEN), or AWS_PROFILE",
};

const rightsOf = (isObs: boolean): string =>
  isObs
    ? "the account needs obs:bucket:ListBucket, obs:object:GetObject, obs:object:PutObject and obs:object:DeleteObject here"
    : "the keys need s3:ListBucket, s3:GetObject, s3:PutObject and s3:DeleteObject here";

/** What to do, or nothing where the store's own words say it. */
function advice({ status = 0, code }: StoreRefusal, { keys, isObs }: BucketPlace): string | undefined {
  if (keyCodes.test(code)) return keysOf[keys];
  if (code === "NoSuchBucket") return "make the bucket, or check its name and archiveEndpoint";
  if (code === "RequestTimeTooSkewed") return "set this machine's clock";
  if (
    /^(?:PermanentRedirect|TemporaryRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException)$/.test(
      code,
    ) ||
    status === 301
  )
    return "the bucket is in another region: set archiveEndpoint to the address of object storage there";
  if (/^(?:VirtualHostDomainRequired|SecondLevelDomainForbidden)$/.test(code))
    return "set archiveEndpoint to the store's own name instead of an address";
  if (/Quota|InsufficientStorage|TooManyBuckets/i.test(code)) return "its space is used up";
  if (status === 401 || status === 403) return rightsOf(isObs);
  if (status === 429 || status >= 500) return "try again later";
  return undefined;
}

export interface FailedRequest {
  /** `archive s3://bucket/prefix: can't read manifests/00000001.json` */
  readonly what: string;
  readonly place: BucketPlace;
  /** Of the host that was asked. */
  readonly origin: URL;
  readonly signal?: AbortSignal;
  readonly redact: (text: string) => string;
}

/** One line for what a request ended with. */
export function bucketError(error: unknown, { what, place, origin, signal, redact }: FailedRequest): HssError {
  if (signal?.aborted) return abortError(signal, what);
  const own = ownError(error);
  if (own instanceof TransportError) return new TransportError(`${what}: ${own.message}`, { cause: own.cause });
  if (own instanceof FileError) return new FileError(`${what}: ${own.message}`);
  if (own) return own;
  const refusal = refusalOf(error);
  const { status, code, message, requestId } = refusal;
  const said = printable(redact(message), 300);
  const id = requestId === undefined ? {} : { requestId: printable(redact(requestId), 128) };
  const details = [`HTTP ${status}`, ...Object.values(id).map((text) => `request id ${text}`)].join(", ");
  if (/^(?:CredentialsProviderError|TokenProviderError)$/.test(code))
    return new CredentialsError(`${what}: no keys were found (${said}): ${keysOf.environment}`);
  if (status === undefined && /region is missing/i.test(message)) {
    const reason = "is needed, or AWS_REGION: it is unknown in which region the bucket is";
    return new ConfigurationError([{ property: "archiveEndpoint", reason }]);
  }
  if (status === undefined) {
    if (code === "TimeoutError")
      return new TransportError(`${what}: ${origin.origin}: no whole answer in time (requestTimeoutSeconds)`);
    const failed = transportError(origin, error, { doing: "" });
    return new TransportError(`${what}: ${failed.message}`, { cause: failed.cause });
  }
  if (status < 300) {
    const strange = `${origin.host} gave an answer that no object storage gives (${details})`;
    return new ResponseError(`${what}: ${strange}: check archiveEndpoint`, id);
  }
  const words = [printable(redact(code), 64), said].filter((text) => text !== "").join(" ") || "it was refused";
  const todo = advice(refusal, place);
  return new ServiceError(`${what}: ${words} (${details})${todo === undefined ? "" : `; ${todo}`}`, {
    ...{ status, ...(code !== "" && { errorCode: printable(code, 64) }), ...(said !== "" && { serviceMessage: said }) },
    ...id,
  });
}

/** An error of this package, wherever the client put it. */
function ownError(error: unknown, depth = 0): HssError | undefined {
  if (HssError.is(error)) return error;
  const { cause } = (isRecord(error) ? error : {}) as { cause?: unknown };
  return cause === undefined || depth > 4 ? undefined : ownError(cause, depth + 1);
}
