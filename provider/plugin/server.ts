import * as grpc from "@grpc/grpc-js";
import type * as messages from "@pulumi/pulumi/proto/provider_pb.js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import type { Log } from "../runtime/runtime.js";
import type { PluginCore } from "./core.js";
import { encodeInvokeResponse, type Failure } from "./struct.js";

/**
 * Pulumi's plugin protocol, by hand: `pulumi.provider.main` serves functions too, but drops Configure, explicit provider
 * arguments, CheckConfig and Cancel. Only what starting needs is loaded here; a call loads the core.
 *
 * https://github.com/pulumi/pulumi/blob/master/proto/pulumi/provider.proto
 */

type Stubs = typeof import("./stubs.js");
let loaded: Stubs | undefined;
// a message is read and written in one go, so that a promise of its class would come too late
// eslint-disable-next-line @typescript-eslint/no-require-imports
const stubs = (): Stubs => (loaded ??= require("./stubs.js") as Stubs);

/** What the SDKs allow too. */
const maxMessageBytes = 400 * 1024 * 1024;

export interface ServerOptions {
  readonly version: string;
  /** Where the engine listens; under PULUMI_DEBUG_PROVIDERS, Attach says so later. */
  readonly engineAddress?: string;
  /** The package's schema as JSON. Who only asks for that, as every program in YAML does first, need not wait for the core. */
  readonly schema: () => string;
  readonly core: () => Promise<(logOf: (urn?: string) => Log) => PluginCore>;
}

/** The protocol's methods, each request a message and each answer another; `invoke` answers bytes. */
type Handlers = Record<string, (request: never) => unknown>;

export class PluginServer {
  private readonly server = new grpc.Server({
    "grpc.max_receive_message_length": maxMessageBytes,
    "grpc.max_send_message_length": maxMessageBytes,
  });
  private engineAddress: string | undefined;
  private loading: Promise<PluginCore> | undefined;

  constructor(private readonly options: ServerOptions) {
    this.engineAddress = options.engineAddress;
    const handlers = this.handlers();
    this.server.addService(serviceOf(Object.keys(handlers)), implementation(handlers));
  }

  /** Resolves to the port. */
  listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
        if (error) reject(error);
        else resolve(port);
      });
    });
  }

  close(): void {
    this.server.forceShutdown();
  }

  private core(): Promise<PluginCore> {
    return (this.loading ??= this.load());
  }

  private async load(): Promise<PluginCore> {
    const [create, log] = await Promise.all([this.options.core(), this.log()]);
    return create(log);
  }

  private async log(): Promise<(urn?: string) => Log> {
    const ignore = () => undefined;
    if (this.engineAddress === undefined)
      return () => ({ debug: ignore, info: ignore, warn: ignore, progress: ignore });
    const { engineLog } = await import("./engineLog.js");
    return engineLog(this.engineAddress);
  }

  private handlers(): Handlers {
    return {
      handshake: (request: messages.ProviderHandshakeRequest) => {
        this.engineAddress ??= request.getEngineAddress() || undefined;
        const response = new (stubs().messages.ProviderHandshakeResponse)();
        response.setAcceptSecrets(true);
        response.setAcceptResources(false);
        response.setAcceptOutputs(false);
        return response;
      },
      attach: (request: { getAddress(): string }) => {
        this.engineAddress = request.getAddress();
        return new (stubs().Empty)();
      },
      getPluginInfo: () => {
        const info = new (stubs().PluginInfo)();
        info.setVersion(this.options.version);
        return info;
      },
      getSchema: () => {
        const response = new (stubs().messages.GetSchemaResponse)();
        response.setSchema(this.options.schema());
        return response;
      },
      checkConfig: async (request: messages.CheckRequest) => {
        const { inputs, failures } = (await this.core()).checkConfig(plain(request.getNews()));
        return checked(inputs, failures);
      },
      diffConfig: async (request: messages.DiffRequest) => {
        const changed = (await this.core()).diffConfig(plain(request.getOlds()), plain(request.getNews()));
        const response = new (stubs().messages.DiffResponse)();
        const { DIFF_SOME, DIFF_NONE } = stubs().messages.DiffResponse.DiffChanges;
        response.setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE);
        response.setDiffsList(changed);
        return response;
      },
      configure: async (request: messages.ConfigureRequest) => {
        (await this.core()).configure(plain(request.getArgs()), request.getName());
        const response = new (stubs().messages.ConfigureResponse)();
        response.setAcceptsecrets(true);
        response.setSupportspreview(true);
        response.setAcceptresources(false);
        response.setAcceptoutputs(false);
        return response;
      },
      invoke: async (request: messages.InvokeRequest) =>
        encodeInvokeResponse(await (await this.core()).invoke(request.getTok(), plain(request.getArgs()))),
      check: async (request: messages.CheckRequest) => {
        const { resources } = await this.core();
        const { inputs, failures } = await resources.check(
          { urn: request.getUrn() },
          plain(request.getOlds()),
          plain(request.getNews()),
        );
        return checked(inputs, failures);
      },
      diff: async (request: messages.DiffRequest) => {
        const subject = { urn: request.getUrn(), id: request.getId() };
        const { resources } = await this.core();
        const difference = await resources.diff(subject, plain(request.getOlds()), plain(request.getNews()));
        const { DiffResponse, PropertyDiff } = stubs().messages;
        const response = new DiffResponse();
        response.setChanges(
          difference.changed ? DiffResponse.DiffChanges.DIFF_SOME : DiffResponse.DiffChanges.DIFF_NONE,
        );
        response.setReplacesList([...difference.replaces]);
        response.setDiffsList([...difference.properties]);
        response.setDeletebeforereplace(difference.deleteBeforeReplace);
        response.setHasdetaileddiff(difference.properties.length > 0);
        for (const name of difference.properties) {
          const property = new PropertyDiff();
          property.setKind(
            difference.replaces.includes(name) ? PropertyDiff.Kind.UPDATE_REPLACE : PropertyDiff.Kind.UPDATE,
          );
          response.getDetaileddiffMap().set(name, property);
        }
        return response;
      },
      create: async (request: messages.CreateRequest) => {
        const { resources } = await this.core();
        const subject = { urn: request.getUrn() };
        const { id, state } = await resources.create(subject, plain(request.getProperties()), request.getPreview());
        const response = new (stubs().messages.CreateResponse)();
        response.setId(id);
        response.setProperties(struct(state));
        return response;
      },
      read: async (request: messages.ReadRequest) => {
        const { resources } = await this.core();
        const subject = { urn: request.getUrn(), id: request.getId() };
        const { id, state, inputs } = await resources.read(subject, plain(request.getProperties()));
        const response = new (stubs().messages.ReadResponse)();
        // no id: it is gone
        if (id === undefined || !state || !inputs) return response;
        response.setId(id);
        response.setProperties(struct(state));
        response.setInputs(struct(inputs));
        return response;
      },
      update: async (request: messages.UpdateRequest) => {
        const { resources } = await this.core();
        const subject = { urn: request.getUrn(), id: request.getId() };
        const [olds, news] = [plain(request.getOlds()), plain(request.getNews())];
        const response = new (stubs().messages.UpdateResponse)();
        response.setProperties(struct(await resources.update(subject, olds, news, request.getPreview())));
        return response;
      },
      delete: async (request: messages.DeleteRequest) => {
        const { resources } = await this.core();
        await resources.delete({ urn: request.getUrn(), id: request.getId() }, plain(request.getProperties()));
        return new (stubs().Empty)();
      },
      cancel: async () => {
        if (this.loading) (await this.loading).cancel();
        return new (stubs().Empty)();
      },
    };
  }
}

const struct = (values: Record<string, unknown>) => stubs().Struct.fromJavaScript(values as never);

function checked(inputs: Record<string, unknown>, failures: readonly Failure[]): messages.CheckResponse {
  const response = new (stubs().messages.CheckResponse)();
  response.setInputs(struct(inputs));
  response.setFailuresList(
    failures.map(({ property, reason }) => {
      const failure = new (stubs().messages.CheckFailure)();
      failure.setProperty(property);
      failure.setReason(reason);
      return failure;
    }),
  );
  return response;
}

const plain = (struct: Struct | undefined): Record<string, unknown> =>
  (struct?.toJavaScript() ?? {}) as Record<string, unknown>;

/**
 * The methods that have a handler; gRPC itself answers UNIMPLEMENTED for the others, which the engine takes for "no". Answers
 * to Invoke are bytes already: no message object for each of many thousand values.
 */
export function serviceOf(methods: readonly string[]): grpc.ServiceDefinition {
  return Object.fromEntries(
    methods.map((name) => {
      const stub = () => (stubs().ResourceProviderService as unknown as grpc.ServiceDefinition)[name] as Method;
      const method: Method = {
        path: `/pulumirpc.ResourceProvider/${name.charAt(0).toUpperCase()}${name.slice(1)}`,
        requestStream: false,
        responseStream: false,
        requestSerialize: (message) => stub().requestSerialize(message),
        requestDeserialize: (bytes) => stub().requestDeserialize(bytes),
        responseSerialize:
          name === "invoke" ? (bytes) => bytes as Buffer : (message) => stub().responseSerialize(message),
        responseDeserialize: (bytes) => stub().responseDeserialize(bytes),
      };
      return [name, method];
    }),
  );
}

type Method = grpc.MethodDefinition<unknown, unknown>;

function implementation(handlers: Handlers): grpc.UntypedServiceImplementation {
  return Object.fromEntries(
    Object.entries(handlers).map(([method, handler]) => {
      const handle: grpc.handleUnaryCall<unknown, unknown> = (call, callback) => {
        Promise.resolve(call.request)
          .then(handler as (request: unknown) => unknown)
          .then(
            (response) => {
              callback(null, response);
            },
            (error: unknown) => {
              callback({ code: grpc.status.UNKNOWN, details: error instanceof Error ? error.message : String(error) });
            },
          );
      };
      return [method, handle];
    }),
  );
}
