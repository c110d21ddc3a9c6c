/** What the contracts say about permissions, plans and limits, for pages that show it. */
import { Feature } from '@obstack/contracts';

export { hasFeature, limitsOf, Plan, PLANS, SIGNALS, TENANT_PERMISSIONS } from '@obstack/contracts';

export const FEATURES = Feature.options;
