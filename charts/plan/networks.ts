import * as z from 'zod';
import { checked, port, text } from './schema.ts';

/** A network: aligned, and smaller than everything. */
export const cidr = checked('CIDR', cidrProblem);

/** Addresses that no selector can name: a network, aligned, smaller than everything, and its TCP ports. */
export const addressRange = z
  .strictObject({
    cidr,
    ports: z.array(port).min(1, { error: 'is empty, which would open every port; give those that are called' }),
    /** Why a network wider than /16 (IPv6: /48) cannot be a smaller one; others need no reason. @default - none */
    because: z.exactOptional(text),
  })
  .superRefine(({ cidr, because }, context) => {
    const widest = cidr.includes(':') ? 48 : 16;
    if (because !== undefined || cidrProblem(cidr) !== null || Number(cidr.split('/')[1]) >= widest) return;
    const message = `opens ${cidr}, which is wider than /${widest}; narrow it, or say in 'because' why it cannot be`;
    context.addIssue({ code: 'custom', message });
  })
  .meta({ title: '`cidr` and its `ports`' });

/** Four numbers of a byte, as the API server wants them: no leading zero. */
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

function cidrProblem(cidr: string): string | null {
  const [address = '', mask, ...rest] = cidr.split('/');
  // A URL holds an IPv6 address in brackets, and only there a colon.
  const bits = IPV4.test(address) ? 32 : address.includes(':') && URL.canParse(`http://[${address}]`) ? 128 : null;
  if (bits === null || rest.length > 0)
    return `'${cidr}' is not a CIDR; give an address and the length of its prefix, as in 10.0.0.0/8`;
  if (mask === undefined || !/^\d{1,3}$/.test(mask) || Number(mask) > bits)
    return `'${cidr}' has no prefix from /1 to /${bits}; did you mean '${address}/${bits}', the one address?`;
  if (Number(mask) === 0) return `'${cidr}' is every address there is; give the network that is called`;
  const network = networkOf(address, Number(mask));
  return network === null ? null : `'${cidr}' has bits set behind its prefix; did you mean '${network}/${mask}'?`;
}

/** The network that an address is in; null where it is that network's own. */
function networkOf(address: string, prefix: number): string | null {
  const [bits, parts] = address.includes(':') ? [16, wordsOf(address)] : [8, address.split('.').map(Number)];
  const kept = parts.map((part, index) => {
    const behind = 2 ** Math.min(bits, Math.max(0, bits * (index + 1) - prefix));
    return part - (part % behind);
  });
  if (kept.every((part, index) => part === parts[index])) return null;
  return bits === 8 ? kept.join('.') : ipv6(kept.map((word) => word.toString(16)).join(':'));
}

/** The eight words of an IPv6 address. */
function wordsOf(address: string): number[] {
  const [before = [], behind = []] = ipv6(address)
    .split('::')
    .map((side) => side.split(':').filter((word) => word !== ''));
  const between = Array.from({ length: 8 - before.length - behind.length }, () => '0');
  return [...before, ...between, ...behind].map((word) => Number.parseInt(word, 16));
}

/** In its shortest form. */
function ipv6(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}
