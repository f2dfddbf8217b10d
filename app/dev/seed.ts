import { API_PREFIXES } from '../contract.ts';
import { SEED_QUOTES } from '../seed/quotes.ts';

/**
 * Adds the seed quotes through the API of a platform that runs; those that are there stay as they are.
 * @returns one line for the person who asked
 * @throws Error where the platform does not answer or refuses a quote
 */
export async function postSeed(address: string, adminKey: string): Promise<string> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${adminKey}` };
  const statuses: number[] = [];
  for (const quote of SEED_QUOTES) {
    const request = { method: 'POST', headers, body: JSON.stringify(quote), signal: AbortSignal.timeout(5_000) };
    const response = await fetch(`${address}${API_PREFIXES.quotes}`, request).catch(() => {
      throw new Error(`Nothing answers on ${address}: start the platform with npm run dev, or name its --port`);
    });
    if (response.status !== 201 && response.status !== 409) {
      throw new Error(`${quote.id}: ${response.status} ${await response.text()}`);
    }
    statuses.push(response.status);
  }
  const added = statuses.filter((status) => status === 201).length;
  return `Added ${added} of ${statuses.length} seed quotes; the others were there`;
}
