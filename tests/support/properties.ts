import fc from "fast-check";

/**
 * Property tests draw the same cases each time, so that a change is judged by what it changed and not by luck.
 * `PROPERTY_SEED=random` (or a number) draws others: the nightly workflow does, and whoever hunts for faults.
 */
const wanted = process.env["PROPERTY_SEED"];
if (wanted !== "random") fc.configureGlobal({ seed: Number(wanted ?? 20261201) });

export { fc };
