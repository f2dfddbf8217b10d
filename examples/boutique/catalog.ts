import type { ServiceSpec } from '../../charts/plan/service-spec.ts';

/**
 * Eleven services in five languages that speak gRPC, and a Redis for the carts: the shape of Google's Online Boutique
 * (https://github.com/GoogleCloudPlatform/microservices-demo: image names, ports and variables as its documentation has them).
 */
const REGISTRY = 'us-central1-docker.pkg.dev/google-samples/microservices-demo';
const TAG = 'v0.10.3';

/** What all of them share: an image that runs as 1000, takes its port from PORT and tells its health over gRPC. */
function grpcService(name: string, port: number, description: string, more: Partial<ServiceSpec> = {}): ServiceSpec {
  return {
    name,
    description,
    image: `${REGISTRY}/${name}:${TAG}`,
    uid: 1000,
    ports: { grpc: port },
    probes: { live: { grpc: true }, ready: { grpc: true } },
    env: { PORT: String(port), DISABLE_PROFILER: '1' },
    scratch: { '/tmp': 16 },
    resources: SMALL,
    ...more,
  };
}

const SMALL: NonNullable<ServiceSpec['resources']> = {
  requests: { cpuMillis: 100, memoryMiB: 64, ephemeralMiB: 32 },
  limits: { cpuMillis: 200, memoryMiB: 256, ephemeralMiB: 64 },
};

/** `CART_SERVICE_ADDR=cartservice:7070`, as every caller wants it. */
const to = (name: string, env: string) => ({ to: name, env, as: 'address' }) as const;
const PRODUCTS = to('productcatalogservice', 'PRODUCT_CATALOG_SERVICE_ADDR');
const CURRENCY = to('currencyservice', 'CURRENCY_SERVICE_ADDR');
const CART = to('cartservice', 'CART_SERVICE_ADDR');
const SHIPPING = to('shippingservice', 'SHIPPING_SERVICE_ADDR');

export const catalog: readonly ServiceSpec[] = [
  {
    ...grpcService('frontend', 8080, 'The shop, rendered on the server (Go)'),
    ports: { http: 8080 },
    servicePort: 80,
    probes: { ready: { http: '/_healthz' } },
    paths: ['/', '/_healthz', '/cart', '/product'],
    routes: ['/'],
    connections: [
      ...[PRODUCTS, CURRENCY, CART, SHIPPING],
      to('recommendationservice', 'RECOMMENDATION_SERVICE_ADDR'),
      to('checkoutservice', 'CHECKOUT_SERVICE_ADDR'),
      to('adservice', 'AD_SERVICE_ADDR'),
      to('shoppingassistantservice', 'SHOPPING_ASSISTANT_SERVICE_ADDR'),
    ],
  },
  grpcService('cartservice', 7070, 'Carts (C#)', { connections: [to('redis-cart', 'REDIS_ADDR')] }),
  grpcService('productcatalogservice', 3550, 'Products (Go)'),
  grpcService('currencyservice', 7000, 'Exchange rates (Node.js)'),
  grpcService('paymentservice', 50051, 'Charges a pretended card (Node.js)'),
  grpcService('shippingservice', 50051, 'Quotes and tracks shipping (Go)'),
  grpcService('emailservice', 8080, 'Confirms orders by mail (Python)'),
  grpcService('checkoutservice', 5050, 'Places orders (Go)', {
    connections: [
      ...[PRODUCTS, SHIPPING, CURRENCY, CART],
      to('paymentservice', 'PAYMENT_SERVICE_ADDR'),
      to('emailservice', 'EMAIL_SERVICE_ADDR'),
    ],
  }),
  grpcService('recommendationservice', 8080, 'Recommends products (Python)', { connections: [PRODUCTS] }),
  grpcService('adservice', 9555, 'Text ads by context (Java)', {
    resources: { ...SMALL, limits: { ...SMALL.limits, cpuMillis: 300, memoryMiB: 300 } },
  }),
  {
    ...grpcService('shoppingassistantservice', 8080, 'Answers questions about products (Python)'),
    ports: { http: 8080 },
    servicePort: 80,
    probes: { ready: { tcp: true } },
    connections: [PRODUCTS],
  },
  {
    name: 'redis-cart',
    description: 'Carts in memory',
    image: 'docker.io/library/redis:8.0.3-alpine',
    args: ['redis-server', '--maxmemory', '128mb', '--save', ''],
    uid: 1000,
    ports: { redis: 6379 },
    scratch: { '/data': 64 },
    resources: { ...SMALL, limits: { ...SMALL.limits, ephemeralMiB: 128 } },
    singleton: '2m: carts live in its memory, and are lost with it',
  },
];
