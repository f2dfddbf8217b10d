import type { ComponentChildren } from 'preact';
import { useView } from '../view.ts';
import { type Attempt, curlOf } from './attempt.ts';
import { describe, exampleOf } from './example.ts';
import { type Endpoint, type JsonSchema, resolve } from './openapi.ts';
import { Sample, TryForm } from './try-form.tsx';

export interface OperationDetailsProps {
  readonly endpoint: Endpoint;
  /** Base URL of the examples where the document names none. */
  readonly origin: string;
  /** What was just tried here. @default - nothing */
  readonly attempt?: Attempt | undefined;
}

/** One endpoint: a line that opens to its parameters, its body, its answers and a command to try. */
export function OperationDetails({ endpoint, origin, attempt }: OperationDetailsProps) {
  const { method, path, operation, anchor, body } = endpoint;
  const { docs } = useView().t;
  return (
    <details class="operation" id={anchor} open={attempt !== undefined}>
      <summary>
        <span class="verb">{method.toUpperCase()}</span>
        <code>{path}</code>
        <span class="soft" lang="en">
          {operation.summary}
        </span>
      </summary>
      <div class="inside">
        {operation.description && <p lang="en">{operation.description}</p>}
        {operation.security && <p class="soft">{docs.asksForKey}</p>}
        {operation.parameters.length > 0 && <Parameters {...endpoint} />}
        {body && <Body {...endpoint} schema={body.schema} />}
        <Answers {...endpoint} />
        <Part title={docs.tryIt}>
          <TryForm endpoint={endpoint} attempt={attempt} />
        </Part>
        <Part title={docs.byCommand}>
          <Sample text={curlOf(endpoint, origin)} />
        </Part>
      </div>
    </details>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <h3>{title}</h3>
      {children}
    </div>
  );
}

interface TableProps {
  readonly caption: string;
  readonly head: readonly string[];
  /** What is named, what stands beside the name, and what it is, in the words of the document. */
  readonly rows: readonly (readonly [name: string, notes: ComponentChildren, meaning: ComponentChildren])[];
}

function Table({ caption, head, rows }: TableProps) {
  return (
    <table>
      <caption class="hidden">{caption}</caption>
      <thead>
        <tr>
          {head.map((title) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, notes, meaning]) => (
          <tr key={name}>
            <td>
              <code>{name}</code>
              {notes}
            </td>
            <td lang="en">{meaning}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface FieldRow {
  readonly name: string;
  readonly required: boolean;
  readonly schema: JsonSchema;
  readonly place?: string;
}

function Fields({ rows, caption }: { readonly rows: readonly FieldRow[]; readonly caption: string }) {
  const { docs } = useView().t;
  const shown = rows.map(({ name, required, schema, place }) => {
    const notes = [place && docs.place(place), !required && docs.optional].filter(Boolean);
    const meaning = [describe(schema), schema.description && <span class="soft">. {schema.description}</span>];
    return [name, notes.map((note) => <span class="soft"> {note}</span>), meaning] as const;
  });
  return <Table caption={caption} head={[docs.name, docs.value]} rows={shown} />;
}

function Parameters({ operation }: Endpoint) {
  const { parameters } = useView().t.docs;
  const rows = operation.parameters.map(({ name, required, description, schema, in: place }) => ({
    name,
    place,
    required: required === true,
    schema: { description, ...schema },
  }));
  return (
    <Part title={parameters}>
      <Fields rows={rows} caption={parameters} />
    </Part>
  );
}

function Body({ document, schema }: Pick<Endpoint, 'document'> & { readonly schema: JsonSchema }) {
  const { docs } = useView().t;
  const { properties = {}, required = [] } = resolve(document, schema);
  const rows = Object.entries(properties).map(([name, property]) => ({
    name,
    required: required.includes(name),
    schema: resolve(document, property),
  }));
  return (
    <Part title={docs.body}>
      <Fields rows={rows} caption={docs.bodyFields} />
    </Part>
  );
}

function Answers({ document, operation }: Endpoint) {
  const { docs } = useView().t;
  const answers = Object.entries(operation.responses);
  const success = answers.find(([status]) => status.startsWith('2'));
  const schema = Object.values(success?.[1].content ?? {})[0]?.schema;
  const rows = answers.map(([status, { description }]) => [status, undefined, description] as const);
  return (
    <Part title={docs.answers}>
      <Table caption={docs.answers} head={[docs.status, docs.meaning]} rows={rows} />
      {schema && <Sample text={JSON.stringify(exampleOf(schema, { document }), null, 2)} />}
    </Part>
  );
}
