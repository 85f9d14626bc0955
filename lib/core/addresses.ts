import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** What people call the ranges that ipaddr.js tells apart. */
const WORDS: Record<string, string> = {
  loopback: 'a loopback address (this machine itself)',
  private: 'a private address',
  uniqueLocal: 'a private address',
  linkLocal: 'a link-local address (where clouds keep their metadata)',
  unspecified: 'an unspecified address',
  multicast: 'a multicast address',
  broadcast: 'a broadcast address',
  carrierGradeNat: 'an address of a provider\'s inner network',
};

/**
 * addressProblem says why a public service cannot be at an IP address: "a loopback address", or null when it can. Addresses
 * that carry an IPv4 address inside (mapped, NAT64, 6to4) are judged by it.
 * @param text an IPv4 or IPv6 address
 */
export function addressProblem(text: string): string | null {
  const address = parseAddress(text);
  if (!address) return 'not an address';
  if (address instanceof ipaddr.IPv4) return address.range() === 'unicast' ? null : (WORDS[address.range()] ?? 'a reserved address');
  const inner = embedded(address);
  if (inner) return addressProblem(inner.toString());
  const range = address.range();
  if (range === 'unicast' && (address.parts[0] ?? 0) >> 13 === 1) return null;
  return WORDS[range] ?? 'a reserved address';
}

/** An operator's list of hosts and ranges, read once. */
export type AllowList = { allows(host: string, port: number, address: string): boolean };

/**
 * parseAllowList reads a list like `localhost:8080, 10.0.0.0/8, *.internal, ::1`. A name allows whatever it resolves to, a
 * range allows its addresses under any name, a port narrows an entry to itself. An entry that cannot be read allows nothing.
 */
export function parseAllowList(entries: readonly string[]): AllowList {
  const rules = entries.flatMap((entry) => ruleOf(entry.trim()) ?? []);
  return { allows: (host, port, address) => rules.some((rule) => rule(host.toLowerCase().replace(/\.$/, ''), port, address)) };
}

/** splitAllowHosts splits PENSTOCK_ALLOW_HOSTS into its entries. */
export const splitAllowHosts = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

type Rule = (host: string, port: number, address: string) => boolean;

function ruleOf(entry: string): Rule | null {
  if (entry === '') return null;
  if (entry.includes('/')) {
    if (!ipaddr.isValidCIDR(entry)) return null;
    const [base, bits] = ipaddr.parseCIDR(entry);
    return (_, __, text) => {
      const address = plain(text);
      return address !== null && address.kind() === base.kind() && address.match(base, bits);
    };
  }
  const { name, port } = splitPort(entry);
  const fits = (given: number) => port === null || port === given;
  const exact = plain(name);
  if (exact) return (_, given, text) => fits(given) && plain(text)?.toString() === exact.toString();
  const wanted = name.toLowerCase();
  if (wanted.startsWith('*.')) return (host, given) => fits(given) && host.endsWith(wanted.slice(1));
  return (host, given) => fits(given) && host === wanted;
}

function splitPort(entry: string): { name: string; port: number | null } {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(entry);
  if (!match) return { name: entry, port: null };
  return { name: match[1] ?? match[2] ?? entry, port: match[3] ? Number(match[3]) : null };
}

function parseAddress(text: string): Address | null {
  const bare = text.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  return ipaddr.isValid(bare) ? ipaddr.parse(bare) : null;
}

/** plain is an address without its IPv6 disguise. */
function plain(text: string): Address | null {
  const address = parseAddress(text);
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

/** embedded is the IPv4 address that an IPv6 one carries: mapped, compatible, NAT64, 6to4. */
function embedded(address: ipaddr.IPv6): ipaddr.IPv4 | null {
  const parts = address.parts;
  const v4 = (high: number | undefined, low: number | undefined) =>
    new ipaddr.IPv4([(high ?? 0) >> 8, (high ?? 0) & 255, (low ?? 0) >> 8, (low ?? 0) & 255]);
  if (address.isIPv4MappedAddress()) return address.toIPv4Address();
  const zeros = (from: number, to: number) => parts.slice(from, to).every((part) => part === 0);
  if (zeros(0, 6) && (parts[6] !== 0 || (parts[7] ?? 0) > 1)) return v4(parts[6], parts[7]);
  if (parts[0] === 0x64 && parts[1] === 0xff9b && zeros(2, 6)) return v4(parts[6], parts[7]);
  if (parts[0] === 0x2002) return v4(parts[1], parts[2]);
  return null;
}
