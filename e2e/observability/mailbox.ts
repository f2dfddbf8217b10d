import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A mail as it arrived. */
export interface Mail {
  readonly to: readonly string[];
  readonly subject: string;
  /** Headers and body, quoted-printable undone. */
  readonly text: string;
  /** `user:password` with which its sender logged in. */
  readonly login: string;
}

export interface MailboxOptions {
  readonly host: string;
  /** @default - any that is free */
  readonly port?: number;
  /** Mail is then taken only over a connection that STARTTLS has encrypted. @default - not encrypted */
  readonly tls?: { readonly key: Buffer; readonly cert: Buffer };
  /** Called with every mail. @default - nothing is called */
  readonly received?: (mail: Mail) => void;
}

/** A mail server that keeps what it gets, and checks who sends. */
export class Mailbox {
  readonly mails: Mail[] = [];
  /** `user:password` of every login. */
  readonly logins: string[] = [];
  readonly #server: SMTPServer;

  private constructor({ tls, received }: MailboxOptions) {
    this.#server = new SMTPServer({
      ...(tls ?? { disabledCommands: ['STARTTLS'], allowInsecureAuth: true }),
      logger: false,
      onAuth: ({ username, password }, _session, done) => {
        const login = `${username}:${password}`;
        this.logins.push(login);
        done(null, { user: login });
      },
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const to = session.envelope.rcptTo.map(({ address }) => address);
          const mail = { ...read(Buffer.concat(chunks).toString(), to), login: session.user ?? '' };
          this.mails.push(mail);
          received?.(mail);
          done();
        });
      },
    });
  }

  static async start(options: MailboxOptions): Promise<Mailbox> {
    const mailbox = new Mailbox(options);
    mailbox.#server.listen(options.port ?? 0, options.host);
    await once(mailbox.#server.server, 'listening');
    return mailbox;
  }

  get port(): number {
    return (this.#server.server.address() as AddressInfo).port;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

function read(raw: string, to: string[]): Omit<Mail, 'login'> {
  const text = raw
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return { to, text, subject: /^Subject: (.*)$/m.exec(text)?.[1]?.trim() ?? '' };
}
