import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { project } from '../../charts/project.ts';
import type { Mail } from '../observability/mailbox.ts';
import { HOST } from './control-plane.ts';
import { RUN, startDaemon } from './machine.ts';
import { makeCertificate, PKI } from './pki.ts';

const FILE = join(RUN, 'mails.jsonl');

/** The mail server that production is configured for: it lives as long as the cluster, so that no mail fails. */
export async function startMailServer(): Promise<void> {
  const name = `smtp.${project.domain}`;
  await makeCertificate({ name: 'mail', subject: `/CN=${name}`, alternativeNames: `DNS:${name}` });
  startDaemon('mail', process.execPath, ['--import', 'tsx', import.meta.filename]);
}

/** Every mail that arrived. */
export function mails(): readonly Mail[] {
  if (!existsSync(FILE)) return [];
  const lines = readFileSync(FILE, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Mail);
}

if (process.argv[1] === import.meta.filename) {
  const { Mailbox } = await import('../observability/mailbox.ts');
  const [key, cert] = ['key', 'crt'].map((end) => readFileSync(join(PKI, `mail.${end}`)));
  if (key === undefined || cert === undefined) throw new Error('the mail server has no certificate');
  const received = (mail: Mail) => appendFileSync(FILE, `${JSON.stringify(mail)}\n`);
  await Mailbox.start({ host: HOST, port: 587, tls: { key, cert }, received });
}
