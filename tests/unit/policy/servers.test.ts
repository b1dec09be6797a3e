import { fc } from "../../support/properties.js";
import { countServers, type ServerDescriptor } from "../../../provider/policy/servers.js";

const server = (hostId?: string, hostName?: string, ...addresses: string[]): ServerDescriptor => ({
  hostId,
  hostName,
  addresses,
});

describe("[P30] how many servers these surely are", () => {
  test.each<[string, number, ServerDescriptor[]]>([
    ["different in everything", 2, [server("a", "n1", "1"), server("b", "n2", "2")]],
    ["one id in two spellings", 1, [server("AB-CD", "n1"), server("abcd", "n1")]],
    ["one id, renamed", 1, [server("a", "n1", "1"), server("a", "n2", "1")]],
    ["installed again", 1, [server("a", "n1", "1"), server("b", "n1", "1")]],
    ["one name, different addresses", 2, [server("a", "n1", "1"), server("b", "n1", "2")]],
    ["one name, an address not known", 1, [server("a", "n1", "1"), server("b", "n1")]],
    ["one address, a name not known", 1, [server("a", "n1", "1"), server("b", undefined, "1")]],
    ["masked ids", 1, [server("a**", "n1"), server("b**", "n1")]],
    ["masked in everything", 0, [server("a**", "n*", "1*")]],
    ["an id once and a name once", 1, [server("a", "n1"), server(undefined, "n2")]],
    ["names alone", 2, [server(undefined, "n1"), server(undefined, "n2")]],
    ["ids alone", 2, [server("a"), server("b")]],
    ["ids alone beside one that has a name", 1, [server("a", "n1"), server("b")]],
    ["one address in two spellings", 1, [server("a", "n1", "2001:db8::1"), server("b", "n1", "2001:0DB8:0:0::1")]],
    [
      "one of several addresses in a field",
      1,
      [server("a", "n1", "10.0.0.1, fe80::1%eth0"), server("b", "n1", "FE80::1")],
    ],
    ["a name with its domain and without", 1, [server("a", "n1.example.com", "1"), server("b", "N1", "1")]],
    ["names of two domains", 2, [server("a", "n1.example.com", "1"), server("b", "n1.example.org", "1")]],
    ["names alone with one address", 1, [server(undefined, "n1", "1"), server(undefined, "n2", "1")]],
    ["names alone with two addresses", 2, [server(undefined, "n1", "1"), server(undefined, "n2", "2")]],
    ["names alone, with a domain and without", 1, [server(undefined, "n1"), server(undefined, "n1.example.com.")]],
    ["nobody", 0, []],
  ])("%s: %i", (_, count, servers) => {
    expect(countServers(servers)).toBe(count);
  });

  const some = fc.record({
    hostId: fc.constantFrom("a", "b", "c", "a**"),
    hostName: fc.constantFrom("n1", "n2", "n3"),
    addresses: fc.constantFrom(["1"], ["2"], ["1", "3"], []),
  });

  test("the order does not matter, and what is told twice counts once", () => {
    fc.assert(
      fc.property(fc.array(some, { maxLength: 8 }), (servers) => {
        expect(countServers([...servers].reverse())).toBe(countServers(servers));
        expect(countServers([...servers, ...servers])).toBe(countServers(servers));
      }),
    );
  });

  test("never more than there are different ids, or names, or addresses", () => {
    fc.assert(
      fc.property(fc.array(some, { maxLength: 8 }), (servers) => {
        const ids = new Set(servers.map(({ hostId = "" }) => hostId).filter((id) => !id.includes("*")));
        const names = new Set(servers.map(({ hostName }) => hostName));
        expect(countServers(servers)).toBeLessThanOrEqual(ids.size > 0 ? ids.size : names.size);
      }),
    );
  });

  test("100,000 of them take no longer for each than 1,000", () => {
    const time = (count: number) => {
      const servers = Array.from({ length: count }, (_, i) => server(`id-${i}`, `n${i % 977}`, String(i % 3)));
      const began = process.cpuUsage();
      countServers(servers);
      const { user, system } = process.cpuUsage(began);
      return (user + system) / count;
    };
    time(1000);
    expect(time(100_000)).toBeLessThan(20 * time(1000));
  });
});
