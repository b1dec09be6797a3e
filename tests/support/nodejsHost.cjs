#!/usr/bin/env node
// As much of Pulumi's Node.js language host as starting a PulumiPlugin.yaml plugin takes. The host that can be built from
// published modules is older than RunPlugin; today's does what stands here: node @pulumi/pulumi/cmd/run-plugin DIR ARGS.
"use strict";
const { spawn } = require("node:child_process");
const grpc = require("@grpc/grpc-js");
const { LanguageRuntimeService } = require("@pulumi/pulumi/proto/language_grpc_pb");
const { RunPluginResponse } = require("@pulumi/pulumi/proto/language_pb");
const { PluginInfo } = require("@pulumi/pulumi/proto/plugin_pb");

const runPlugin = (call) => {
  const request = call.request;
  const directory = request.getInfo()?.getProgramDirectory() || request.getProgram();
  const env = Object.fromEntries(
    request.getEnvList().map((line) => [line.split("=", 1)[0], line.slice(line.indexOf("=") + 1)]),
  );
  const script = require.resolve("@pulumi/pulumi/cmd/run-plugin");
  const child = spawn(process.execPath, [script, directory, ...request.getArgsList()], {
    cwd: request.getPwd(),
    env: { ...process.env, ...env },
  });
  const tell = (fill) => {
    const response = new RunPluginResponse();
    fill(response);
    call.write(response);
  };
  child.stdout.on("data", (chunk) => tell((response) => response.setStdout(chunk)));
  child.stderr.on("data", (chunk) => tell((response) => response.setStderr(chunk)));
  child.on("close", (code) => {
    tell((response) => response.setExitcode(code ?? 1));
    call.end();
  });
  call.on("cancelled", () => child.kill());
};

const server = new grpc.Server();
const handlers = Object.fromEntries(
  Object.entries(LanguageRuntimeService).map(([name, { path }]) => [
    name,
    (call, callback) => {
      if (name === "runPlugin") runPlugin(call);
      else if (name === "getPluginInfo") callback(null, new PluginInfo());
      else if (callback) callback({ code: grpc.status.UNIMPLEMENTED, details: path });
    },
  ]),
);
server.addService(LanguageRuntimeService, handlers);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (_, port) => console.log(port));
