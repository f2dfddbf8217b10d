import type { ServiceName } from '../../../../contract.ts';

/** What the front knows about a service. */
export interface HealthLine {
  readonly service: ServiceName;
  readonly up: boolean;
  /** In words: `version 1.0.0`, or why it is not well. */
  readonly detail: string;
}

/** One line a service; shape and words tell the state, not colour alone. */
export function ServiceHealth({ lines }: { readonly lines: readonly HealthLine[] }) {
  return (
    <ul class="health">
      {lines.map((line) => (
        <li key={line.service}>
          <span class={line.up ? 'dot' : 'dot bad'} aria-hidden="true" />
          <span class="name">{line.service}</span>
          <span class="state">
            {line.up ? 'well' : 'down'}
            <span class="soft">, {line.detail}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
