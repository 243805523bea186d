/**
 * Traces and metrics of the product itself, by OpenTelemetry's own library, which is loaded where TELEMETRY is on and nowhere else. Where they
 * go is set by its standard variables (OTEL_EXPORTER_OTLP_ENDPOINT and others), which it reads itself.
 */
export interface Telemetry {
  /** Sends what is left, and ends it. Never throws. */
  stop(): Promise<void>;
}

const OFF: Telemetry = { stop: async () => undefined };

/** @param part which process it is: `web`, `jobs`. */
export async function startTelemetry(isOn: boolean, part: string, version: string): Promise<Telemetry> {
  if (!isOn) return OFF;
  const [{ NodeSDK }, resources] = await Promise.all([
    import("@opentelemetry/sdk-node"),
    import("@opentelemetry/resources"),
  ]);
  const sdk = new NodeSDK({
    ...{ serviceName: "gpu-ledger", instrumentations: [], logRecordProcessors: [] },
    resource: resources.resourceFromAttributes({ "service.version": version, "gpu_ledger.part": part }),
    // Not those of the process: its arguments and the name of its user are nobody's business.
    resourceDetectors: [resources.resourceAttributesEnvDetector, resources.serviceInstanceIdDetector],
  });
  sdk.start();
  return {
    stop: async () => {
      await sdk.shutdown().catch(() => undefined);
    },
  };
}
