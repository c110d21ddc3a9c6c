import type { Permission } from '@obstack/contracts';
import { t } from '../i18n';
import { PLUGIN_BASE_URL, ROUTES } from '../constants';

/** Names of the admin pages, as their addresses have them, in their order. */
export const SECTIONS = ['keys', 'users', 'roles', 'limits', 'audit', 'provisioning', 'tenants'] as const;
export type Section = (typeof SECTIONS)[number];

/** What somebody needs to see a page at all. */
export const SECTION_PERMISSION: Readonly<Record<Section, Permission>> = {
  keys: 'keys:read',
  users: 'users:read',
  roles: 'users:read',
  limits: 'tenants:read',
  audit: 'audit:read',
  provisioning: 'tenants:read',
  tenants: 'tenants:read',
};

/** @param tenant for operators: whose page */
export function sectionUrl(section: Section, tenant = '', params: Readonly<Record<string, string>> = {}): string {
  const search = new URLSearchParams({ ...(tenant && { tenant }), ...params });
  return `${PLUGIN_BASE_URL}/${ROUTES.admin}/${section}${search.size > 0 ? `?${search}` : ''}`;
}

export function sectionName(section: Section): string {
  switch (section) {
    case 'keys':
      return t('admin.section.keys', 'Keys');
    case 'users':
      return t('admin.section.users', 'Users');
    case 'roles':
      return t('admin.section.roles', 'Roles');
    case 'limits':
      return t('admin.section.limits', 'Limits and usage');
    case 'audit':
      return t('admin.section.audit', 'Audit');
    case 'provisioning':
      return t('admin.section.provisioning', 'Provisioning');
    case 'tenants':
      return t('admin.section.tenants', 'Tenants');
  }
}
