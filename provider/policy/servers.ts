import { addressesIn, hostNameOf, withoutDomain } from "./hostSpelling.js";
import { Union } from "./union.js";

/** A server as an event names it. */
export interface ServerDescriptor {
  readonly hostId?: string;
  readonly hostName?: string;
  readonly addresses?: readonly string[];
}

/**
 * How many servers these surely are. Two ids with one name, or one address, and nothing that contradicts are one server that
 * was installed again. Where some descriptors have an id and a name or address, the others do not count; else names count that
 * share no address, else addresses, else ids. A name without a domain may be any that begins with it. Takes time proportional to the number of descriptors.
 */
export function countServers(descriptors: Iterable<ServerDescriptor>): number {
  const known = new Map<string, Known>();
  for (const descriptor of descriptors) {
    const one = usable(descriptor);
    known.set(JSON.stringify([one.id, one.name, one.addresses]), one);
  }
  const all = oneSpelling([...known.values()]);
  const whole = all.filter(
    ({ id, name, addresses }) => id !== undefined && (name !== undefined || addresses.length > 0),
  );
  if (whole.length > 0) return components(whole);
  const named = all.filter(({ name }) => name !== undefined);
  if (named.length > 0) return namesApart(named);
  // one server may give several addresses
  const addresses = new Set(all.flatMap((one) => one.addresses[0] ?? []));
  if (addresses.size > 0) return addresses.size;
  return new Set(all.flatMap(({ id }) => id ?? [])).size;
}

interface Known {
  readonly id?: string;
  readonly name?: string;
  readonly addresses: readonly string[];
}

const clean = (text: string | undefined): string | undefined => {
  const trimmed = text?.trim().toLowerCase();
  return trimmed === undefined || trimmed === "" || trimmed.includes("*") ? undefined : trimmed;
};

const usable = ({ hostId, hostName, addresses = [] }: ServerDescriptor): Known => ({
  id: clean(hostId)?.replace(/[-{}]/g, ""),
  name: clean(hostName === undefined ? undefined : hostNameOf(hostName)),
  addresses: [...new Set(addresses.flatMap((address) => addressesIn(clean(address) ?? "")))].sort(),
});

/** A name with its domain as the one without, where both are there. */
function oneSpelling(all: readonly Known[]): readonly Known[] {
  const names = new Set(all.map(({ name }) => name));
  return all.map((one) => {
    const short = one.name === undefined ? undefined : withoutDomain(one.name);
    return short !== undefined && names.has(short) ? { ...one, name: short } : one;
  });
}

/** Of servers that give no id: one that was renamed keeps its address. */
function namesApart(named: readonly Known[]): number {
  const union = new Union();
  for (const { name = "", addresses } of named) {
    for (const address of addresses) union.join(`name ${name}`, `address ${address}`);
  }
  return new Set(named.map(({ name = "" }) => union.rootOf(`name ${name}`))).size;
}

/** Sets of descriptors that may be one server: each set is at least one server of its own. */
function components(all: readonly Known[]): number {
  const parents = all.map((_, at) => at);
  const rootOf = (at: number): number => {
    while (parents[at] !== at) at = parents[at] = parents[parents[at] as number] as number;
    return at;
  };
  const join = (a: number, b: number) => void (parents[rootOf(a)] = rootOf(b));
  const firsts = new Map<string, number>();
  const joinAll = (key: string, at: number) => {
    const first = firsts.get(key);
    if (first === undefined) firsts.set(key, at);
    else join(first, at);
  };
  const without = { name: new Set<string>(), address: new Set<string>() };
  for (const { name, addresses } of all) {
    if (name === undefined) for (const address of addresses) without.address.add(address);
    else if (addresses.length === 0) without.name.add(name);
  }
  all.forEach(({ id, name, addresses }, at) => {
    joinAll(`id ${id ?? ""}`, at);
    for (const address of addresses) {
      if (name !== undefined) joinAll(`name and address ${name} ${address}`, at);
      // one that gives no name may be any that has its address
      if (without.address.has(address)) joinAll(`address ${address}`, at);
    }
    // and one that gives no address any of its name
    if (name !== undefined && without.name.has(name)) joinAll(`name ${name}`, at);
    // of a name alone and an address alone nothing says that they differ
    if ((name === undefined || addresses.length === 0) && without.name.size > 0 && without.address.size > 0)
      joinAll("either", at);
  });
  return new Set(all.map((_, at) => rootOf(at))).size;
}
