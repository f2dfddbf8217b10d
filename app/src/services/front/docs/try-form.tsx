import { beginningOf } from '../../../text/graphemes.ts';
import type { RawAnswer } from '../calls/service-client.ts';
import { Field } from '../forms.tsx';
import { Notice } from '../layout.tsx';
import { ROUTES } from '../links.ts';
import { useView } from '../view.ts';
import { type Attempt, fieldOf, type OperationDetailsProps, operationKey } from './attempt.ts';
import { exampleOf } from './example.ts';

const MAX_SHOWN = 20_000;
/** Headers that say something of the answer itself; the others are the same on every one. */
const TELLING = ['content-type', 'etag', 'location', 'allow', 'cache-control', 'retry-after', 'www-authenticate'];

/** A form that sends a request to an endpoint, without any script: the page comes again with the answer in it. */
export function TryForm(props: OperationDetailsProps) {
  const { service, document, method, path, operation, attempt } = props;
  const { docs } = useView().t;
  const id = anchorOf(props);
  const content = Object.values(operation.requestBody?.content ?? {})[0];
  const body = () => JSON.stringify(exampleOf(content?.schema ?? {}, { document }), null, 2);
  return (
    <form class="form try" method="post" action={`${ROUTES.docs}#${id}-answer`}>
      <input type="hidden" name="service" value={service} />
      <input type="hidden" name="operation" value={operationKey(method, path)} />
      {operation.parameters.map((parameter) => {
        const name = fieldOf(parameter);
        const example = parameter.required
          ? String(exampleOf(parameter.schema ?? {}, { document, name: parameter.name }))
          : '';
        return (
          <Field key={name} id={`${id}-${name}`} name={name} label={parameter.name}>
            {(attributes) => <input {...attributes} value={attempt?.typed[name] ?? example} autocomplete="off" />}
          </Field>
        );
      })}
      {content !== undefined && (
        <Field id={`${id}-body`} name="body" label={docs.body}>
          {(attributes) => (
            <textarea {...attributes} class="code" spellcheck={false}>
              {attempt?.typed['body'] ?? body()}
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

export function anchorOf({
  service,
  method,
  path,
}: Pick<OperationDetailsProps, 'service' | 'method' | 'path'>): string {
  return `${service}-${method}${path}`.replace(/\W+/g, '-').replace(/-$/, '');
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
