/**
 * What makes one shop differ from the other. Both run the same services under the same names, so a row of the
 * one in the view of the other would be seen at once: other goods, another currency, another region.
 */
import type { Plan } from '@obstack/contracts';

export interface Product {
  sku: string;
  name: string;
  price: number;
}

export interface ShopProfile {
  /** Name of the tenant. */
  tenant: string;
  plan: Plan;
  currency: string;
  region: string;
  version: string;
  cardProvider: string;
  products: readonly Product[];
  /** Visitors' requests a second, averaged over the day. */
  requestsPerSecond: number;
  /** What goes wrong every now and then. */
  incident: 'slow-card-provider' | 'slow-stock-database';
}

export const SHOPS: readonly ShopProfile[] = [
  {
    tenant: 'acme',
    plan: 'saas',
    currency: 'USD',
    region: 'us-east-1',
    version: '3.4.1',
    cardProvider: 'cards.example.com',
    requestsPerSecond: 1.6,
    incident: 'slow-card-provider',
    products: [
      { sku: 'ANVIL-50', name: 'Anvil, 50 lb', price: 89.5 },
      { sku: 'ROCKET-SKATES', name: 'Rocket skates', price: 249 },
      { sku: 'GIANT-MAGNET', name: 'Giant magnet', price: 129.95 },
      { sku: 'BIRD-SEED', name: 'Bird seed, 10 lb', price: 7.25 },
    ],
  },
  {
    tenant: 'globex',
    plan: 'enterprise',
    currency: 'EUR',
    region: 'eu-central-1',
    version: '1.9.0',
    cardProvider: 'payments.example.eu',
    requestsPerSecond: 0.7,
    incident: 'slow-stock-database',
    products: [
      { sku: 'TURBINE-T4', name: 'Turbine T4', price: 18400 },
      { sku: 'VALVE-DN80', name: 'Valve DN80', price: 312.4 },
      { sku: 'WEATHER-DOME', name: 'Weather dome', price: 99000 },
    ],
  },
];
