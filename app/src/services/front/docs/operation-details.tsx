import { useView } from '../view.ts';
import type { OperationDetailsProps } from './attempt.ts';
import { curlOf, describe, exampleOf } from './example.ts';
import { type JsonSchema, type OpenApi, resolve } from './openapi.ts';
import { anchorOf, Sample, TryForm } from './try-form.tsx';

/** One endpoint: a line that opens to its parameters, its body, its answers and a command to try. */
export function OperationDetails(props: OperationDetailsProps) {
  const { document, method, path, operation, origin, attempt } = props;
  const { docs } = useView().t;
  const body = Object.values(operation.requestBody?.content ?? {})[0]?.schema;
  return (
    <details class="operation" id={anchorOf(props)} open={attempt !== undefined}>
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
        {operation.parameters.length > 0 && <Parameters operation={operation} />}
        {body && <Body document={document} schema={body} />}
        <Answers document={document} operation={operation} />
        <div>
          <h3>{docs.tryIt}</h3>
          <TryForm {...props} />
        </div>
        <div>
          <h3>{docs.byCommand}</h3>
          <Sample text={curlOf({ document, operation, method, path, origin })} />
        </div>
      </div>
    </details>
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
  return (
    <table>
      <caption class="hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{docs.name}</th>
          <th scope="col">{docs.value}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, required, schema, place }) => (
          <tr key={name}>
            <td>
              <code>{name}</code>
              {place && <span class="soft"> {docs.place(place)}</span>}
              {!required && <span class="soft"> {docs.optional}</span>}
            </td>
            <td lang="en">
              {describe(schema)}
              {schema.description && <span class="soft">. {schema.description}</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Parameters({ operation }: Pick<OperationDetailsProps, 'operation'>) {
  const { docs } = useView().t;
  const rows = operation.parameters.map((parameter) => ({
    name: parameter.name,
    required: parameter.required === true,
    schema: { description: parameter.description, ...parameter.schema },
    place: parameter.in,
  }));
  return (
    <div>
      <h3>{docs.parameters}</h3>
      <Fields rows={rows} caption={docs.parameters} />
    </div>
  );
}

function Body({ document, schema }: { readonly document: OpenApi; readonly schema: JsonSchema }) {
  const { docs } = useView().t;
  const { properties = {}, required = [] } = resolve(document, schema);
  const rows = Object.entries(properties).map(([name, property]) => ({
    name,
    required: required.includes(name),
    schema: resolve(document, property),
  }));
  return (
    <div>
      <h3>{docs.body}</h3>
      <Fields rows={rows} caption={docs.bodyFields} />
    </div>
  );
}

function Answers({ document, operation }: Pick<OperationDetailsProps, 'document' | 'operation'>) {
  const { docs } = useView().t;
  const answers = Object.entries(operation.responses);
  const success = answers.find(([status]) => status.startsWith('2'));
  const schema = Object.values(success?.[1].content ?? {})[0]?.schema;
  return (
    <div>
      <h3>{docs.answers}</h3>
      <table>
        <caption class="hidden">{docs.answers}</caption>
        <thead>
          <tr>
            <th scope="col">{docs.status}</th>
            <th scope="col">{docs.meaning}</th>
          </tr>
        </thead>
        <tbody>
          {answers.map(([status, { description }]) => (
            <tr key={status}>
              <td>
                <code>{status}</code>
              </td>
              <td lang="en">{description}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {schema && <Sample text={JSON.stringify(exampleOf(schema, { document }), null, 2)} />}
    </div>
  );
}
