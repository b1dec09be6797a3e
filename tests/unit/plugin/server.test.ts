import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { serviceOf } from "../../../provider/plugin/server.js";

test("the methods are those of Pulumi's own service, and stream nothing", () => {
  const methods = [
    "handshake",
    "attach",
    "getPluginInfo",
    "getSchema",
    "checkConfig",
    "diffConfig",
    "configure",
    "invoke",
    "cancel",
  ];
  const own = ResourceProviderService as unknown as Record<
    string,
    { path: string; requestStream: boolean; responseStream: boolean }
  >;
  for (const [name, { path, requestStream, responseStream }] of Object.entries(serviceOf(methods))) {
    expect({ path, requestStream, responseStream }).toEqual({
      path: own[name]?.path,
      requestStream: own[name]?.requestStream,
      responseStream: own[name]?.responseStream,
    });
  }
});
