import type { Tenant } from '@obstack/contracts';

export interface TenantDialogProps {
  tenant: Tenant;
  onDone: () => void;
  onDismiss: () => void;
}
