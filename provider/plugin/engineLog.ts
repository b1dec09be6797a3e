import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb.js";
import type { Log } from "../runtime/runtime.js";

/** Messages to the engine, which shows them, beside a resource where it is named; progress is ephemeral, so that it leaves no trace in a finished log. */
export function engineLog(address: string): (urn?: string) => Log {
  // the engine is on this machine, and the shell's proxy is not for it
  const direct = { "grpc.enable_http_proxy": 0 };
  const client = new EngineClient(address, grpc.credentials.createInsecure(), direct);
  return (urn) => {
    const send =
      (severity: (typeof LogSeverity)[keyof typeof LogSeverity], ephemeral = false) =>
      (message: string) => {
        const request = new LogRequest();
        request.setSeverity(severity);
        request.setMessage(message);
        request.setEphemeral(ephemeral);
        if (urn !== undefined) request.setUrn(urn);
        // a log line that the engine can't take must not fail the work it is about
        client.log(request, () => undefined);
      };
    return {
      debug: send(LogSeverity.DEBUG),
      info: send(LogSeverity.INFO),
      warn: send(LogSeverity.WARNING),
      progress: send(LogSeverity.INFO, true),
    };
  };
}
