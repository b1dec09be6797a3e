/**
 * An HSS that runs on loopback, for trying and testing. Its events are samples computed from a seed; what it verifies
 * (signatures, tokens, parameters) it verifies on its own, from the API's documents.
 */
export { startEmulator, type Emulator, type EmulatorStats, type RecordedRequest } from "./server.js";
export { SAMPLE_ACCESS_KEY, SAMPLE_SECRET_KEY, SAMPLE_TOKEN, type EmulatorOptions } from "./options.js";
export { SAMPLE_IDENTITY, type IdentityOptions } from "./identity.js";
export type { Fault, RequestInfo } from "./faults.js";
export type { FlowControl } from "./throttle.js";
export type { EventQuery, EventSource, HandleMethod, WireEvent } from "./wire.js";
export type { WireObject, WireValue } from "./json.js";
