/**
 * Everything that this project throws on purpose is an `HssError` with a `code`. Its message is one line that stands on
 * its own: what failed, the argument or setting concerned, the service's own code, words and request id, what to do.
 */
export type HssErrorCode =
  | "HSS_ARGUMENT"
  | "HSS_CONFIGURATION"
  | "HSS_CREDENTIALS"
  | "HSS_SERVICE"
  | "HSS_TRANSPORT"
  | "HSS_RESPONSE"
  | "HSS_INCOMPLETE"
  | "HSS_DEADLINE"
  | "HSS_ABORTED"
  | "HSS_FILE"
  | "HSS_SIGNING";

const brand = Symbol.for("pulumi-hss.HssError");

export abstract class HssError extends Error {
  abstract readonly code: HssErrorCode;
  readonly [brand] = true;

  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }

  /** True for an `HssError` of any copy of this package. */
  static is(error: unknown): error is HssError {
    return typeof error === "object" && error !== null && brand in error;
  }
}

/** One bad argument or setting. */
export interface Problem {
  /** Name of the argument or setting; dotted for a nested one. */
  readonly property: string;
  readonly reason: string;
}

const list = (problems: readonly Problem[]): string => problems.map((p) => `${p.property}: ${p.reason}`).join("; ");

/** Arguments that can't be sent: every bad one is in `problems`. No request was made. */
export class ArgumentError extends HssError {
  readonly code = "HSS_ARGUMENT";
  constructor(
    readonly subject: string,
    readonly problems: readonly Problem[],
  ) {
    super(`${subject}: invalid arguments: ${list(problems)}`);
  }
}

/** Settings that can't be used: every bad one is in `problems`. No request was made. */
export class ConfigurationError extends HssError {
  readonly code = "HSS_CONFIGURATION";
  constructor(readonly problems: readonly Problem[]) {
    super(`hss configuration: ${list(problems)}`);
  }
}

/** No usable credentials, or they could not be obtained. */
export class CredentialsError extends HssError {
  readonly code = "HSS_CREDENTIALS";
}

/** What the service said when it refused. */
export interface ServiceErrorDetails {
  readonly status: number;
  readonly errorCode?: string;
  readonly serviceMessage?: string;
  readonly requestId?: string;
}

/** The service answered and refused. */
export class ServiceError extends HssError implements ServiceErrorDetails {
  readonly code = "HSS_SERVICE";
  readonly status: number;
  readonly errorCode?: string;
  readonly serviceMessage?: string;
  readonly requestId?: string;
  constructor(message: string, details: ServiceErrorDetails, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.status = details.status;
    this.errorCode = details.errorCode;
    this.serviceMessage = details.serviceMessage;
    this.requestId = details.requestId;
  }
}

/** No complete answer arrived: refused, reset, cut, too slow. */
export class TransportError extends HssError {
  readonly code = "HSS_TRANSPORT";
}

/** An answer arrived that can't be one of this API: not JSON, wrong shape, too large, too deep. */
export class ResponseError extends HssError {
  readonly code = "HSS_RESPONSE";
  readonly requestId?: string;
  constructor(message: string, options?: { readonly cause?: unknown } & { requestId?: string }) {
    super(message, options);
    this.requestId = options?.requestId;
  }
}

/** The read could not be shown to be whole. */
export class IncompleteReadError extends HssError {
  readonly code = "HSS_INCOMPLETE";
}

/** The work can't be finished, or was not finished, within `deadlineSeconds`. */
export class DeadlineError extends HssError {
  readonly code = "HSS_DEADLINE";
}

/** The caller, or Pulumi's Cancel, gave up. */
export class AbortedError extends HssError {
  readonly code = "HSS_ABORTED";
}

/** A file of a resource that can't be read or written, or is not the resource's to change. */
export class FileError extends HssError {
  readonly code = "HSS_FILE";
}

/** The command that is to sign a snapshot failed, or what it printed is no signature by the key. */
export class SigningError extends HssError {
  readonly code = "HSS_SIGNING";
}
