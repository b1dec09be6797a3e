const mask = "[secret]";

/**
 * Replaces each of the secrets, as it is and in the forms that it takes on its way (URL-encoded, base64, JSON-escaped),
 * by `[secret]`. For every text that leaves: messages, causes, log lines.
 */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const forms = [...new Set(secrets.filter((secret) => secret !== "").flatMap(formsOf))];
  // a secret within another must not leave the rest of the longer one
  forms.sort((a, b) => b.length - a.length);
  if (forms.length === 0) return (text) => text;
  const pattern = new RegExp(forms.map(literal).join("|"), "g");
  return (text) => text.replace(pattern, mask);
}

/** Coded forms shorter than this are as likely to be ordinary text. */
const shortestForm = 6;

function formsOf(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const url = secret.isWellFormed() ? encodeURIComponent(secret) : secret;
  const strict = url.replace(/[!'()*~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  const encoded = [url, strict].flatMap((form) => [
    form,
    form.replaceAll("%20", "+"),
    form.replace(/%../g, (code) => code.toLowerCase()),
  ]);
  const coded = [json, ...encoded, ...base64Forms(secret)];
  return [secret, ...coded.filter((form) => form.length >= shortestForm)];
}

/** What base64 makes of the secret wherever it stands: after 0, 1 or 2 bytes of another triple (`user:secret`). */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]);
    const start = Math.ceil((before * 8) / 6);
    const end = Math.floor((whole.length * 8) / 6);
    return (["base64", "base64url"] as const).map((encoding) => whole.toString(encoding).slice(start, end));
  });
}

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");

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
