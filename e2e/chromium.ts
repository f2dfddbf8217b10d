import { type Browser, chromium } from 'playwright-core';

/** A browser that speaks to nobody but the pages under test. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts the system's Chromium; `more` are further flags. */
export async function launchChromium(program: string, more: readonly string[] = []): Promise<Browser> {
  return await chromium.launch({ executablePath: program, args: [...FLAGS, ...more] });
}
