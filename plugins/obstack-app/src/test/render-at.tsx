import React, { type ReactElement } from 'react';
import { MemoryRouter, useLocation } from 'react-router-dom';
import { render } from '@testing-library/react';
import userEvent from '@testing-library/user-event';

/** Renders at an address of the app; `location()` says where it has gone since. */
export function renderAt(address: string, element: ReactElement) {
  let current = '';
  const Spy = () => {
    const { pathname, search } = useLocation();
    current = pathname + search;
    return null;
  };
  const view = render(
    <MemoryRouter initialEntries={[address]} future={{ v7_startTransition: false, v7_relativeSplatPath: true }}>
      {element}
      <Spy />
    </MemoryRouter>
  );
  return { ...view, user: userEvent.setup(), location: () => current };
}
