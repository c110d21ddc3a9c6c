/**
 * The shop: frontend → checkout → {inventory, payment}. Nothing is sold, but every request does what a real one
 * would: it waits for databases and a card provider, logs what it does, and now and then fails.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { between, chance, logNormal, pick } from './chance.ts';
import type { Product, ShopProfile } from './profile.ts';
import type { ScrapedMetrics } from './scraped-metrics.ts';
import { HttpError, type Service } from './service.ts';

const FULL_SHELF = 400;
const LOW_SHELF = 25;
const CARD_TIMEOUT_MS = 2_000;

export interface Services {
  frontend: Service;
  checkout: Service;
  payment: Service;
  inventory: Service;
}

export interface Shop {
  /** One request of one visitor, from the front door. Never rejects: a failure is the visitor's to see. */
  visit(): Promise<void>;
}

interface Order {
  id: string;
  product: Product;
  quantity: number;
  total: number;
}

export function createShop(
  profile: ShopProfile,
  services: Services,
  scraped: ScrapedMetrics,
  isIncident: () => boolean,
): Shop {
  const { frontend, checkout, payment, inventory } = services;
  const shelf = new Map(profile.products.map(({ sku }) => [sku, between(FULL_SHELF / 2, FULL_SHELF)]));
  const orderValue = checkout.telemetry.meter.createHistogram('shop.order.value', {
    unit: `{${profile.currency}}`,
    description: 'Value of orders placed',
  });
  const payments = payment.telemetry.meter.createCounter('shop.payments', {
    description: 'Charges by outcome',
  });

  const cardProviderIsSlow = () => profile.incident === 'slow-card-provider' && isIncident();
  const stockMs = () => (profile.incident === 'slow-stock-database' && isIncident() ? 900 : 12);

  async function listProducts(): Promise<void> {
    const request = { method: 'GET', route: '/stock' } as const;
    await frontend.call('inventory', request, () =>
      inventory.serve(request, async () => {
        if (chance(0.6)) {
          inventory.log('DEBUG', 'stock list served from cache', { 'cache.hit': 'true' });
          return delay(logNormal(2, 0.3));
        }
        return inventory.query(
          { operation: 'SELECT', table: 'stock', text: 'SELECT sku, units FROM stock' },
          stockMs(),
        );
      }),
    );
  }

  async function showProduct(sku: string): Promise<void> {
    const request = { method: 'GET', route: '/stock/{sku}', path: `/stock/${sku}` } as const;
    await frontend.call('inventory', request, () =>
      inventory.serve(request, async () => {
        await inventory.query(
          { operation: 'SELECT', table: 'stock', text: 'SELECT units FROM stock WHERE sku = $1' },
          stockMs(),
        );
        if (!shelf.has(sku)) throw new HttpError(404, `no such product: ${sku}`);
      }),
    );
  }

  async function addToCart(product: Product): Promise<void> {
    await frontend.query(
      { operation: 'UPSERT', table: 'carts', text: 'INSERT INTO carts … ON CONFLICT DO UPDATE' },
      6,
    );
    frontend.log('DEBUG', `cart updated sku=${product.sku}`, { 'product.sku': product.sku });
  }

  async function placeOrder(order: Order): Promise<void> {
    await checkout.step('price order', async () => {
      await delay(logNormal(4, 0.4));
      // The bug that every shop has somewhere.
      if (chance(0.01)) throw new TypeError("Cannot read properties of undefined (reading 'discount')");
    });
    const reservation = { method: 'POST', route: '/reservations' } as const;
    await checkout.call('inventory', reservation, () => inventory.serve(reservation, () => reserve(order)));
    const charge = { method: 'POST', route: '/charges' } as const;
    await checkout.call('payment', charge, () => payment.serve(charge, () => chargeCard(order)));
    await checkout.query(
      {
        operation: 'INSERT',
        table: 'orders',
        text: 'INSERT INTO orders (id, sku, quantity, total) VALUES ($1, $2, $3, $4)',
      },
      8,
    );
    orderValue.record(order.total, { sku: order.product.sku, currency: profile.currency });
    checkout.log(
      'INFO',
      `order placed order=${order.id} sku=${order.product.sku} quantity=${order.quantity} ` +
        `total=${order.total.toFixed(2)} currency=${profile.currency}`,
      { 'order.id': order.id, 'product.sku': order.product.sku },
    );
  }

  async function reserve({ id, product, quantity }: Order): Promise<void> {
    await inventory.query(
      { operation: 'UPDATE', table: 'stock', text: 'UPDATE stock SET units = units - $1 WHERE sku = $2' },
      stockMs(),
    );
    const left = (shelf.get(product.sku) ?? 0) - quantity;
    if (left < 0) {
      setShelf(product.sku, FULL_SHELF);
      throw new HttpError(409, `out of stock: ${product.sku}`);
    }
    setShelf(product.sku, left);
    if (left < LOW_SHELF) {
      inventory.log('WARN', `stock low sku=${product.sku} units=${left} order=${id}`, {
        'product.sku': product.sku,
      });
    }
  }

  async function chargeCard({ id, total }: Order): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await askCardProvider();
        payments.add(1, { outcome: 'accepted' });
        return;
      } catch (error) {
        const { status, message } = error as HttpError;
        const outcome = status === 402 ? 'declined' : 'unavailable';
        payments.add(1, { outcome });
        if (outcome === 'declined' || attempt === 2) {
          payment.log('ERROR', `charge failed order=${id} amount=${total.toFixed(2)} reason="${message}"`, {
            'order.id': id,
            'exception.type': 'HttpError',
            'exception.message': message,
          });
          throw error;
        }
        payment.log('WARN', `charge is retried order=${id} attempt=${attempt} reason="${message}"`, {
          'order.id': id,
        });
      }
    }
  }

  function askCardProvider(): Promise<void> {
    return payment.call(profile.cardProvider, { method: 'POST', route: '/v2/charges' }, async () => {
      const slow = cardProviderIsSlow();
      const wait = logNormal(slow ? 1_600 : 90, slow ? 0.6 : 0.4);
      await delay(Math.min(wait, CARD_TIMEOUT_MS));
      if (wait > CARD_TIMEOUT_MS) {
        throw new HttpError(504, `${profile.cardProvider} did not answer within ${CARD_TIMEOUT_MS} ms`);
      }
      if (chance(0.01)) throw new HttpError(502, `connection reset by ${profile.cardProvider}`);
      if (chance(0.03)) throw new HttpError(402, 'card declined');
    });
  }

  function setShelf(sku: string, units: number): void {
    shelf.set(sku, units);
    scraped.stock(sku, units);
  }

  async function checkOut(product: Product): Promise<void> {
    const quantity = between(1, 5);
    const id = `ORD-${Date.now().toString(36).toUpperCase()}-${between(100, 999)}`;
    const order: Order = { id, product, quantity, total: quantity * product.price };
    const request = { method: 'POST', route: '/orders' } as const;
    try {
      await frontend.call('checkout', request, () => checkout.serve(request, () => placeOrder(order)));
      scraped.order('placed');
    } catch (error) {
      scraped.order('failed');
      throw error;
    }
  }

  for (const [sku, units] of shelf) scraped.stock(sku, units);

  /** What visitors come for, and how many in a hundred. */
  const errands: readonly [share: number, errand: (product: Product) => Promise<void>][] = [
    [35, () => frontend.serve({ method: 'GET', route: '/products' }, listProducts)],
    [
      25,
      (product) => {
        const sku = chance(0.02) ? 'DISCONTINUED-1' : product.sku;
        const request = { method: 'GET', route: '/products/{sku}', path: `/products/${sku}` } as const;
        return frontend.serve(request, () => showProduct(sku));
      },
    ],
    [15, (product) => frontend.serve({ method: 'POST', route: '/cart' }, () => addToCart(product))],
    [25, (product) => frontend.serve({ method: 'POST', route: '/checkout' }, () => checkOut(product))],
  ];
  const errandsByShare = errands.flatMap(([share, errand]) => Array<typeof errand>(share).fill(errand));

  return {
    // The services have logged and traced a failure already; the visitor just goes away.
    visit: () => pick(errandsByShare)(pick(profile.products)).catch(() => undefined),
  };
}
