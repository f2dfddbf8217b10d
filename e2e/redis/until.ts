import { expect } from 'vitest';

/** Waits for a condition, with a bound: the message says what never came. */
export async function until(what: string, seconds: number, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + seconds * 1_000;
  while (Date.now() < deadline) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect.fail(`${what}: not within ${seconds} s`);
}
