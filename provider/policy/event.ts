/**
 * What this module reads of an event. The decoded event of `provider/hss` is assignable; everything is optional because the
 * service leaves anything out, and every text in it was chosen by whoever ran the process.
 */
export interface ObservedEvent {
  readonly eventName?: string;
  readonly eventClassId?: string;
  readonly severity?: string;
  readonly hostName?: string;
  readonly hostId?: string;
  readonly privateIp?: string;
  readonly publicIp?: string;
  /** Milliseconds since the epoch, an exact decimal string. */
  readonly occurTime?: string;
  readonly handleStatus?: string;
  readonly handleMethod?: string;
  readonly osType?: string;
  readonly policyId?: string;
  readonly operateDetailList?: readonly ObservedDetail[];
  readonly resourceInfo?: {
    readonly hostName?: string;
    readonly hostId?: string;
    readonly hostIp?: string;
    readonly publicIp?: string;
    readonly osType?: string;
    readonly containerId?: string;
    readonly imageName?: string;
    readonly podName?: string;
    readonly podUid?: string;
  };
  readonly processInfo?: readonly ObservedProcessInfo[];
}

export interface ObservedDetail {
  readonly fileHash?: string;
  readonly filePath?: string;
}

export interface ObservedProcessInfo {
  readonly processName?: string;
  readonly processPath?: string;
  readonly processUsername?: string;
  readonly processUid?: number;
  readonly processEuid?: string;
  readonly processHash?: string;
  readonly processFileHash?: string;
}
