export { policyDiff, policyDiffResult, readPolicies, type PolicyDiff } from "./diff.js";
export {
  duplicateProcesses,
  policyDocument,
  policyDocumentResult,
  policyMode,
  type PolicyDocument,
  type PolicyDocumentInput,
} from "./document.js";
export type { ObservedEvent } from "./event.js";
export { evaluate, type Evaluation } from "./evaluate.js";
export type { FormatOptions, PolicyMode } from "./formats/format.js";
export { policyFormat, type FormatName } from "./formats/index.js";
export { createObservation, type Observation } from "./observe.js";
export { observedProcess, sharedPath, withoutHash, type ObservedProcess, type WithoutHash } from "./process.js";
export type { PolicySource } from "./provenance.js";
export { exclude, ruleEntry, select, type Rule, type RuleEntry } from "./rule.js";
