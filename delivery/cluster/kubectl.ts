import { isRecord, Resource } from '../../guardrails/field.ts';
import { NOT_FOUND, type Outcome, type Run } from '../run.ts';

/** Longest wait for one answer of the API server. */
const ANSWER_WITHIN = '15s';

/** kubectl with the context that KUBECONFIG (or ~/.kube/config) points to. */
export class Kubectl {
  readonly #run: Run;
  readonly #cwd: string;

  constructor(run: Run, cwd: string) {
    this.#run = run;
    this.#cwd = cwd;
  }

  /** Runs kubectl and returns what happened, whatever it was. */
  try(args: readonly string[], input?: string): Promise<Outcome> {
    const options = input === undefined ? {} : { input };
    return this.#run('kubectl', args, { cwd: this.#cwd, ...options });
  }

  /** The objects of a kind, everywhere; none where the cluster does not know the kind. */
  async list(kind: string, ...args: readonly string[]): Promise<readonly Resource[]> {
    const outcome = await this.try(['get', kind, '--output=json', `--request-timeout=${ANSWER_WITHIN}`, ...args]);
    if (outcome.code !== 0 && /doesn't have a resource type|could not find the requested resource/.test(outcome.stderr))
      return [];
    const { items } = parse(outcome, `get ${kind}`);
    const objects = Array.isArray(items) ? items : [];
    return objects.map((object) => new Resource({ file: `kubectl get ${kind}`, document: 0, within: [] }, object));
  }

  async raw(path: string): Promise<Readonly<Record<string, unknown>>> {
    return parse(await this.try(['get', '--raw', path, `--request-timeout=${ANSWER_WITHIN}`]), `get --raw ${path}`);
  }

  /** Fails, with what to do, where there is no kubectl or no cluster behind it. */
  async requireCluster(): Promise<void> {
    const { code, stderr } = await this.try(['version', '--output=json', `--request-timeout=${ANSWER_WITHIN}`]);
    if (code === NOT_FOUND) throw new Error('kubectl is not installed: https://kubernetes.io/docs/tasks/tools/');
    if (code === 0) return;
    throw new Error(
      `no cluster answers: ${stderr.trim().split('\n').at(-1) ?? ''}\nPoint KUBECONFIG to one, or start one here: kind create cluster`,
    );
  }
}

function parse({ code, stdout, stderr }: Outcome, what: string): Readonly<Record<string, unknown>> {
  if (code !== 0) throw new Error(`kubectl ${what} failed: ${stderr.trim()}`);
  const value: unknown = JSON.parse(stdout);
  if (!isRecord(value)) throw new Error(`kubectl ${what} gave no object`);
  return value;
}
