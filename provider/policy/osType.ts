/** The API's words for operating systems. */
export const documentedSystems = ["Linux", "Windows"] as const;
