// The emulator as a process of its own: options as JSON in, its address and keys as one line of JSON out; it ends with its input.
import { built } from "./common.mjs";

const emulator = await built("emulator/index").startEmulator(JSON.parse(process.argv[2] ?? "{}"));
const { url, accessKey, secretKey, token } = emulator;
console.log(JSON.stringify({ url, accessKey, secretKey, token }));
process.stdin.resume().once("end", () => void emulator.close());
