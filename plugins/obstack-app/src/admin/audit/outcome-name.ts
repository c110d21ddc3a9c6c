import type { AuditOutcome } from '@obstack/contracts';
import { t } from '../../i18n';

export function outcomeName(outcome: AuditOutcome | 'all'): string {
  switch (outcome) {
    case 'all':
      return t('admin.outcome.all', 'Any outcome');
    case 'success':
      return t('admin.outcome.success', 'Done');
    case 'denied':
      return t('admin.outcome.denied', 'Denied');
    case 'failure':
      return t('admin.outcome.failure', 'Failed');
  }
}
