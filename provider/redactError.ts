const maxDepth = 10;

/**
 * The error itself, with every text that it and its causes hold made safe: a service may repeat in its words, its codes
 * or its headers what it was sent.
 */
export function redactError<T>(error: T, redact: (text: string) => string): T {
  for (
    let inner: unknown = error, depth = 0;
    inner instanceof Error && depth < maxDepth;
    inner = inner.cause, depth++
  ) {
    const texts = inner as unknown as Record<string, unknown>;
    for (const name of Object.getOwnPropertyNames(inner)) {
      const value = texts[name];
      if (typeof value === "string") texts[name] = redact(value);
    }
  }
  return error;
}
