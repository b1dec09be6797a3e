export { policyDiff, policyDiffResult, readPair, type PolicyDiff } from "./diff.js";
export {
  problemsOfList,
  evidenceOfList,
  policyDocument,
  policyDocumentResult,
  policyMode,
  type PolicyDocument,
  type PolicyDocumentInput,
} from "./document.js";
export type { ObservedEvent } from "./event.js";
export { evaluate, type Evaluation } from "./evaluate.js";
export { policyFormat, type FormatName } from "./formats/index.js";
export { observationText, readObservation, type ReadObservation } from "./observationText.js";
export { createObservation, type Observation } from "./observe.js";
export { readPolicy, type PolicyInForce } from "./policyText.js";
export { observedProcess, sharedPath, withoutHash, type ObservedProcess, type WithoutHash } from "./process.js";
export type { ObservationSource } from "./provenance.js";
export { exclude, ruleEntry, select, type Rule, type RuleEntry } from "./rule.js";
