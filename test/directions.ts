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

/** What decides about one installation; the kit must work for any. */
const VALUES = [
  ...['catalog', 'platform', 'project', 'environments/all', 'environments/defaults'].map((name) => `charts/${name}.ts`),
  ...['dev', 'staging', 'production'].map((name) => `charts/environments/${name}.ts`),
  'charts/services/koa-service.ts',
];
/** The kit's own model, and what it renders with. */
const KIT = ['charts/constructs', 'charts/plan'];

export const DIRECTIONS: readonly Direction[] = [
  {
    folder: 'charts',
    may: [CONTRACT, ANNOTATIONS, ROOT],
    mayUseTypesOf: [],
    except: VALUES,
    because: 'parts know the contract of the application and the words of the guardrails, and get values from main.ts',
  },
  {
    folder: 'charts/platform.ts',
    may: ['charts'],
    mayUseTypesOf: [],
    except: [],
    because: 'the platform is where its project, its catalog, its environments and the parts of the kit meet',
  },
  {
    folder: 'charts/catalog.ts',
    may: ['charts/services'],
    mayUseTypesOf: KIT,
    except: [],
    because: 'the catalog is data: what is true of a service in every environment',
  },
  {
    folder: 'charts/services',
    may: [CONTRACT, 'charts/plan/environment.ts'],
    mayUseTypesOf: KIT,
    except: [],
    because: 'a service is data: what is true of it in every environment',
  },
  {
    folder: 'charts/project.ts',
    may: [],
    mayUseTypesOf: KIT,
    except: [],
    because: 'the project is data',
  },
  {
    folder: 'charts/environments',
    may: ['charts/project.ts', 'charts/releases', 'charts/plan/environment.ts'],
    mayUseTypesOf: KIT,
    except: [],
    because: 'an environment is data: policy, whatever the services are',
  },
  {
    folder: 'charts/plan',
    may: ['charts/constructs', ANNOTATIONS],
    mayUseTypesOf: [],
    except: [],
    because: 'the plan joins any platform: it knows neither this one nor its application nor a part',
  },
  {
    folder: 'charts/constructs',
    may: [],
    mayUseTypesOf: [],
    except: [],
    because: 'a construct is given finished values: it knows no platform, no plan and no application',
  },
  {
    folder: 'charts/gitops',
    may: ['charts', ANNOTATIONS, ROOT],
    mayUseTypesOf: [],
    except: VALUES,
    because: 'GitOps applies what is rendered, whatever the platform',
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
