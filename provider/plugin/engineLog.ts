import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb.js";
import type { Log } from "../runtime/runtime.js";

/** Messages to the engine that shows them; progress is ephemeral, so that it leaves no trace in a finished log. */
export function engineLog(address: string): Log {
  // the engine is on this machine, and the shell's proxy is not for it
  const direct = { "grpc.enable_http_proxy": 0 };
  const client = new EngineClient(address, grpc.credentials.createInsecure(), direct);
  const send = (severity: (typeof LogSeverity)[keyof typeof LogSeverity], message: string, ephemeral = false) => {
    const request = new LogRequest();
    request.setSeverity(severity);
    request.setMessage(message);
    request.setEphemeral(ephemeral);
    // a log line that the engine can't take must not fail the work it is about
    client.log(request, () => undefined);
  };
  return {
    debug: (message) => {
      send(LogSeverity.DEBUG, message);
    },
    info: (message) => {
      send(LogSeverity.INFO, message);
    },
    warn: (message) => {
      send(LogSeverity.WARNING, message);
    },
    progress: (message) => {
      send(LogSeverity.INFO, message, true);
    },
  };
}
