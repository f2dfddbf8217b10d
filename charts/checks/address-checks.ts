import type { AddressRange } from '../environments/peer.ts';

/** What is wrong with addresses that a policy lets through: the API server refuses the one, and a rule without ports opens them all. */
export function addressProblems(field: string, ranges: readonly AddressRange[]): string[] {
  return ranges.flatMap(({ cidr, ports }, index) => [
    ...cidrProblems(`${field}.${index}.cidr`, cidr),
    ...portProblems(`${field}.${index}.ports`, ports),
  ]);
}

function cidrProblems(field: string, cidr: string): string[] {
  const [address = '', mask, ...rest] = cidr.split('/');
  const bits = bitsOf(address);
  if (bits === undefined || rest.length > 0) {
    return [`${field} '${cidr}' is no CIDR; give an address and the length of its prefix, as in 10.0.0.0/8`];
  }
  if (mask !== undefined && /^\d{1,3}$/.test(mask) && Number(mask) <= bits) return [];
  return [`${field} '${cidr}' has no prefix from /0 to /${bits}; did you mean '${address}/${bits}', the one address?`];
}

/** Four numbers of a byte, as the API server wants them: no leading zero. */
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/** Bits of an address; undefined for what is none. A URL holds an IPv6 address in brackets, and only there a colon. */
function bitsOf(address: string): 32 | 128 | undefined {
  if (IPV4.test(address)) return 32;
  return address.includes(':') && URL.canParse(`http://[${address}]`) ? 128 : undefined;
}

function portProblems(field: string, ports: readonly number[]): string[] {
  if (ports.length === 0) return [`${field} is empty, which would open every port; give those that are called`];
  return ports
    .filter((port) => !(Number.isInteger(port) && port >= 1 && port <= 65_535))
    .map((port) => `${field} holds ${port}; give whole numbers from 1 to 65535`);
}
