/** 127.0.0.0/8, ::1 and localhost, as a `URL` has them in `hostname`. */
export const isLoopback = (hostname: string): boolean =>
  hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);

/** Link-local addresses, where metadata services live, as a `URL` has them in `hostname`. */
export const isLinkLocal = (hostname: string): boolean =>
  hostname.startsWith("169.254.") || /^\[fe[89ab]/.test(hostname);
