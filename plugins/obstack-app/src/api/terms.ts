/** What the contracts say about permissions, plans and limits, for pages that show it. */
export { hasFeature, limitsOf, Plan, PLANS, SIGNALS, TENANT_PERMISSIONS } from '@obstack/contracts';
