/** The steps that only a tenant which leaves takes, besides the removal of those it took on its way in. */
export const OFFBOARDING = {
  first: { name: 'export', title: 'Export of the tenant’s own data', after: [] },
  last: [
    { name: 'objects', title: 'Erasure of stored objects', after: [] },
    { name: 'rows', title: 'Erasure of the tenant itself', after: [] },
  ],
} as const;
