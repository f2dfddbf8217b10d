import * as z from 'zod';
import { versionOf } from '../constructs/labels.ts';
import { type Environment, publicUrlOf } from './environment.ts';
import { type EnvContext, namedConnections, SECRETS_DIR, type ServiceSpec, variable } from './service-spec.ts';
import { duplicates, shapeProblems } from './shape-problems.ts';

/** The variables of a service without its connections. */
export function ownEnvironment(
  service: ServiceSpec,
  context: Omit<EnvContext, 'version'>,
): Readonly<Record<string, string>> {
  const { env = {}, image } = service;
  if (typeof env !== 'function') return env;
  return env({ ...context, version: image === undefined ? context.environment.release.tag : versionOf(image) });
}

function inCluster(service: ServiceSpec, environment: Environment): Readonly<Record<string, string>> {
  return ownEnvironment(service, { environment, publicUrl: publicUrlOf(environment), secretsDir: SECRETS_DIR });
}

/** Their names; none where a function throws, which computedProblems reports. */
export function ownVariables(service: ServiceSpec, environment: Environment): string[] {
  try {
    return Object.keys(inCluster(service, environment) ?? {});
  } catch {
    return [];
  }
}

const COMPUTED = z.record(variable, z.string());

/** What is wrong with an environment that a function makes: one that is written down is checked as it is read. */
export function computedProblems(service: ServiceSpec, environment: Environment): string[] {
  if (typeof service.env !== 'function') return [];
  try {
    const env = inCluster(service, environment);
    const names = [
      ...Object.keys(env ?? {}),
      ...namedConnections(service).flatMap((connection) => connection.env ?? []),
    ];
    return [
      ...shapeProblems(COMPUTED, env).map((problem) => `env: what the function returns: ${problem}`),
      ...duplicates(names, (name) => name, String).map(
        ({ value }) => `the variable ${value} is given by 'env' and by a connection; take one out`,
      ),
    ];
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [`env: the function throws '${message}'; let it return texts by variable`];
  }
}
