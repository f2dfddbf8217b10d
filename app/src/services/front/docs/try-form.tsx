import { beginningOf } from '../../../text/graphemes.ts';
import type { RawAnswer } from '../calls/service-client.ts';
import { Field } from '../forms.tsx';
import { Notice } from '../layout.tsx';
import { ROUTES } from '../links.ts';
import { useView } from '../view.ts';
import { type Attempt, examplesOf, fieldOf } from './attempt.ts';
import type { OperationDetailsProps } from './operation-details.tsx';

const MAX_SHOWN = 20_000;
/** Headers that say something of the answer itself; the others are the same on every one. */
const TELLING = ['content-type', 'etag', 'location', 'allow', 'cache-control', 'retry-after', 'www-authenticate'];

/** A form that sends a request to an endpoint, without any script: the page comes again with the answer in it. */
export function TryForm({ endpoint, attempt }: Omit<OperationDetailsProps, 'origin'>) {
  const { service, key, anchor: id, operation, body } = endpoint;
  const { docs } = useView().t;
  const typed = { ...examplesOf(endpoint), ...attempt?.typed };
  return (
    <form class="form try" method="post" action={`${ROUTES.docs}#${id}-answer`}>
      <input type="hidden" name="service" value={service} />
      <input type="hidden" name="operation" value={key} />
      {operation.parameters.map((parameter) => {
        const name = fieldOf(parameter);
        return (
          <Field key={name} id={`${id}-${name}`} name={name} label={parameter.name}>
            {(attributes) => <input {...attributes} value={typed[name] ?? ''} autocomplete="off" />}
          </Field>
        );
      })}
      {body !== undefined && (
        <Field id={`${id}-body`} name="body" label={docs.body}>
          {(attributes) => (
            <textarea {...attributes} class="code" spellcheck={false}>
              {typed['body']}
            </textarea>
          )}
        </Field>
      )}
      {operation.security && <Key id={`${id}-key`} />}
      <div>
        <button class="button" type="submit">
          {docs.send}
        </button>
      </div>
      {attempt && <Outcome id={`${id}-answer`} attempt={attempt} />}
    </form>
  );
}

/** Who has signed in uses that key, of which the page only proves that it is theirs. */
function Key({ id }: { readonly id: string }) {
  const { t, session } = useView();
  if (session !== undefined) return <input type="hidden" name="csrf" value={session.csrf} />;
  return (
    <Field id={id} name="key" label={t.key.label} hint={t.docs.keyHint}>
      {(attributes) => <input {...attributes} type="password" autocomplete="off" maxLength={1000} />}
    </Field>
  );
}

function Outcome({ id, attempt: { answer, problem = '' } }: { readonly id: string; readonly attempt: Attempt }) {
  const { docs } = useView().t;
  return (
    <div id={id}>
      <h3>{docs.answer}</h3>
      {answer === undefined ? <Notice kind="bad" text={problem} /> : <Sample text={textOf(answer)} />}
    </div>
  );
}

function textOf({ status, headers, body }: RawAnswer): string {
  const shown = TELLING.flatMap((name) => (headers[name] === undefined ? [] : [`${name}: ${String(headers[name])}`]));
  const pretty = /json/.test(String(headers['content-type'])) ? prettyOf(body) : body;
  const text = beginningOf(pretty, MAX_SHOWN);
  return `HTTP ${status}\n${shown.join('\n')}\n\n${text}${text.length < pretty.length ? '…' : ''}`.trimEnd();
}

function prettyOf(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}

/** Text of a program; scrolls by keyboard too. */
export function Sample({ text }: { readonly text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse (WCAG 2.1.1)
    <pre tabIndex={0}>
      <code>{text}</code>
    </pre>
  );
}
