/**
 * Who may import whom: main -> output, delivery -> charts -> constructs -> cdk8s; guardrails and app stand alone.
 * A file obeys the rule of the nearest folder that has one. It may always import from that folder itself.
 */
export interface Direction {
  readonly folder: string;
  /** Files and folders that may be imported. */
  readonly may: readonly string[];
  /** Beside those, what may be imported for its types alone. */
  readonly mayUseTypesOf: readonly string[];
  /** What is forbidden although the folder would allow it. */
  readonly except: readonly string[];
  readonly because: string;
}

/** The whole of app/ that the manifests know, and the whole of guardrails/ that they write. */
const CONTRACT = 'app/contract.ts';
const ANNOTATIONS = 'guardrails/annotations.ts';
/** Where the project's files are. */
const ROOT = 'root.ts';

/** What decides about one installation; constructs must work for any. */
const VALUES = [
  'charts/catalog.ts',
  ...['all', 'defaults', 'dev', 'staging', 'production'].map((name) => `charts/environments/${name}.ts`),
  ...['front', 'users', 'quotes', 'search', 'objectives'].map((name) => `charts/services/${name}.ts`),
];

export const DIRECTIONS: readonly Direction[] = [
  {
    folder: 'charts',
    may: [CONTRACT, ANNOTATIONS, ROOT],
    mayUseTypesOf: [],
    except: VALUES,
    because:
      'manifests know the contract of the application and the words of the guardrails, and get values from main.ts',
  },
  {
    folder: 'charts/catalog.ts',
    may: ['charts/services'],
    mayUseTypesOf: [],
    except: [],
    because: 'the catalog is a list',
  },
  {
    folder: 'charts/services',
    may: [CONTRACT],
    mayUseTypesOf: [],
    except: [],
    because: 'a service is data: what is true of it in every environment',
  },
  {
    folder: 'charts/environments',
    may: ['charts/project.ts', 'charts/releases'],
    mayUseTypesOf: [CONTRACT, 'charts/services/service.ts'],
    except: [],
    because: 'an environment is data: policy, whatever the services are',
  },
  {
    folder: 'charts/constructs',
    may: [CONTRACT, ANNOTATIONS, 'charts/capacity.ts'],
    mayUseTypesOf: ['charts/demand.ts', 'charts/sizing.ts', 'charts/services/service.ts', 'charts/environments'],
    except: VALUES,
    because: 'a construct is reusable: everything comes in by its props',
  },
  {
    folder: 'charts/gitops',
    may: ['charts', ANNOTATIONS, 'guardrails/scope.ts'],
    mayUseTypesOf: [],
    except: VALUES,
    because: 'Argo CD wants kinds by their scope, a fact of the Kubernetes API that the guardrails keep',
  },
  {
    folder: 'output',
    may: ['charts', 'guardrails'],
    mayUseTypesOf: [],
    except: VALUES,
    because: 'writing files needs what was synthesized, whatever the platform',
  },
  {
    folder: 'guardrails',
    may: [ROOT],
    mayUseTypesOf: [],
    except: [],
    because: 'rules know manifests, ours or not, and never how they were made',
  },
  {
    folder: 'delivery',
    may: ['charts', 'output', 'guardrails', CONTRACT],
    mayUseTypesOf: [],
    except: [],
    because: 'delivery carries what was synthesized, and knows no service from inside',
  },
  {
    folder: 'app',
    may: [],
    mayUseTypesOf: [],
    except: [],
    because: 'the application runs without a cluster and ships without its manifests',
  },
  {
    folder: 'app/dev',
    may: ['app', 'test/requires.ts'],
    mayUseTypesOf: [],
    except: [],
    because: 'the laptop runs the application as it is, on a real Redis where there is one',
  },
  {
    folder: 'app/contract.ts',
    may: [],
    mayUseTypesOf: [],
    except: [],
    because: 'both sides import the contract, so that it imports neither',
  },
];

/** A folder of which no part may import another, for services speak HTTP; only their registry knows them all. */
export const STRANGERS = { folder: 'app/src/services', registry: 'app/src/services/registry.ts' } as const;
