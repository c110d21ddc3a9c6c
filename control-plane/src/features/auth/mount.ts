/** Wires everything about people: signing in, their sessions, users and roles. */
import type { Call, EndpointRouter } from '@obstack/service-kit/endpoint';
import type { Context } from '../../call/context.ts';
import type { AuthMethod } from '../../config.ts';
import type { Database } from '../../db/connect.ts';
import type { Identity } from '../../identity/identity.ts';
import { randomBase62 } from '../../identity/mint-credential.ts';
import { hashPassword } from '../../identity/password.ts';
import { peopleStore } from '../../identity/people-store.ts';
import type { ProvisioningService } from '../../provisioning/provisioning.ts';
import { auditStore } from '../audit/audit-store.ts';
import { createRecordCall } from '../audit/record-call.ts';
import { operatorStore } from '../operator/operator-store.ts';
import { mountRoles } from '../roles/roles-routes.ts';
import { createRolesService } from '../roles/roles-service.ts';
import { roleStore } from '../roles/roles-store.ts';
import { createSessionsService } from '../sessions/sessions-service.ts';
import { sessionStore } from '../sessions/sessions-store.ts';
import { tenantStore } from '../tenants/tenants-store.ts';
import { mountUsers } from '../users/users-routes.ts';
import { createUsersService } from '../users/users-service.ts';
import { userStore } from '../users/users-store.ts';
import { createAccountService } from './account-service.ts';
import { createAttempts } from './attempts.ts';
import { attemptsStore } from './attempts-store.ts';
import { mountAccount, mountAuth } from './auth-routes.ts';
import { createAuthService } from './auth-service.ts';
import { createRegister } from './register-service.ts';

export async function mountPeople(
  routers: { publicApi: EndpointRouter<'anyone', Call>; api: EndpointRouter<'actor', Context> },
  deps: {
    db: Database;
    identity: Identity;
    provisioning: ProvisioningService;
    publicUrl: string;
    authMethod: AuthMethod;
    isRegistrationOpen: boolean;
    /** Of one of our sessions that ends by signing out; never rejects. */
    endElsewhere: (sessionId: string) => Promise<void>;
  },
): Promise<void> {
  const { publicApi, api } = routers;
  const { db, identity, provisioning, publicUrl, authMethod, isRegistrationOpen, endElsewhere } = deps;
  const record = createRecordCall(auditStore);
  const stores = { users: userStore, roles: roleStore, tenants: tenantStore, sessions: sessionStore };
  const attempts = createAttempts(attemptsStore);
  mountAuth(publicApi, {
    auth: createAuthService({
      ...stores,
      db,
      people: peopleStore,
      signIn: identity.signIn,
      attempts,
      verifier: identity.verifier,
      record,
      authMethod,
      publicUrl,
      endElsewhere,
      decoyHash: await hashPassword(randomBase62(32)),
    }),
    register: createRegister({
      ...stores,
      db,
      provisioning,
      attempts,
      record,
      authMethod,
      isOpen: isRegistrationOpen,
    }),
    keys: identity.keys,
  });
  mountAccount(
    api,
    createAccountService({ ...stores, operators: operatorStore, attempts }),
    createSessionsService(sessionStore),
  );
  mountUsers(api, createUsersService(stores));
  mountRoles(api, createRolesService(stores));
}
