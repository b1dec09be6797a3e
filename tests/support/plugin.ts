import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { spawn, type ChildProcess } from "node:child_process";
import path from "node:path";

const executable = path.join(__dirname, "../../provider/pulumi-resource-hss");

/** The plugin's own process, as the engine starts it, and a client to it. */
export class PluginProcess {
  private constructor(
    readonly process: ChildProcess,
    readonly port: number,
    readonly client: ResourceProviderClient,
  ) {}

  static start(
    args: readonly string[] = [],
    env: Record<string, string> = {},
    command: readonly string[] = [executable],
  ): Promise<PluginProcess> {
    const [program = "", ...rest] = command;
    const inherited = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(HW_|HUAWEICLOUD_|CLOUD_SDK_|OS_)/.test(name)),
    );
    const child = spawn(program, [...rest, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...inherited, ...env },
    });
    return new Promise((resolve, reject) => {
      let errors = "";
      child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
      child.once("exit", (code) => {
        reject(new Error(`the plugin ended with ${code}: ${errors}`));
      });
      child.stdout.once("data", (chunk: Buffer) => {
        const port = Number(chunk.toString().trim());
        const options = { "grpc.max_receive_message_length": -1 };
        resolve(
          new PluginProcess(
            child,
            port,
            new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), options),
          ),
        );
      });
    });
  }

  /** One call, its answer or its error. */
  call<Request, Response>(
    method: (
      client: ResourceProviderClient,
    ) => (request: Request, callback: (error: grpc.ServiceError | null, response: Response) => void) => unknown,
    request: Request,
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      method(this.client).call(this.client, request, (error, response) => {
        if (error) reject(error);
        else resolve(response);
      });
    });
  }

  async stop(): Promise<void> {
    this.client.close();
    if (this.process.exitCode !== null) return;
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill("SIGINT");
    await ended;
  }
}
