/** Pulumi's generated messages: half a megabyte that the first call needs and the start does not. */
export { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
export { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb.js";
export * as messages from "@pulumi/pulumi/proto/provider_pb.js";
export { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
export { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
