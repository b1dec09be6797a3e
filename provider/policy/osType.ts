/** The API's words for operating systems. */
export const documentedSystems = ["Linux", "Windows"] as const;

/** The system that an event and its resource name; both words where they differ, so that neither is certain. */
export function systemOf(own: string | undefined, ofResource: string | undefined): string | undefined {
  if (own === undefined || ofResource === undefined) return own ?? ofResource;
  const isSame = own.trim().toLowerCase() === ofResource.trim().toLowerCase();
  return isSame ? own : `${own} / ${ofResource}`;
}
