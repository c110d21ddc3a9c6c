import React from 'react';
import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { testIds } from '../testIds';
import type { FakeBackend } from '../test/backend';
import { startGrafana } from '../test/grafana';
import { doneLine, sourceLine } from '../test/search-lines';
import ConfigPage, { type ConfigPageProps } from './ConfigPage';
import { saveSettings } from './save-settings';

jest.mock('./save-settings', () => ({ saveSettings: jest.fn() }));
const saved = jest.mocked(saveSettings);

let backend: FakeBackend;
beforeEach(() => {
  backend = startGrafana();
  saved.mockReset();
});

function open(meta: object = {}) {
  const plugin = { meta: { id: 'obstack-app', ...meta } } as ConfigPageProps['plugin'];
  render(<ConfigPage plugin={plugin} query={{}} />);
  return userEvent.setup();
}
const byId = (id: string) => screen.getByTestId(id);
const { config } = testIds;

describe('the configuration page', () => {
  it('saves what is filled in, the token among the secrets', async () => {
    const user = open();
    expect(byId(config.save)).toBeDisabled();
    await user.type(byId(config.proxyUrl), 'http://proxy:8080/');
    await user.type(byId(config.token), 'obq_x');
    await user.click(byId(config.save));
    expect(saved).toHaveBeenCalledWith(expect.anything(), {
      jsonData: { proxyUrl: 'http://proxy:8080', controlPlaneUrl: '' },
      secureJsonData: { token: 'obq_x' },
    });
  });

  it('leaves a saved token as it is unless it is entered anew', async () => {
    const user = open({ jsonData: { proxyUrl: 'http://a' }, secureJsonFields: { token: true } });
    await user.type(byId(config.proxyUrl), 'b');
    await user.click(byId(config.save));
    expect(saved.mock.calls[0]?.[1]).toEqual({ jsonData: { proxyUrl: 'http://ab', controlPlaneUrl: '' } });
  });

  it.each(['proxy:8080', 'ftp://proxy', 'javascript:alert(1)'])('refuses %s as an address', async (address) => {
    const user = open();
    await user.type(byId(config.token), 'obq_x');
    await user.type(byId(config.proxyUrl), address);
    expect(screen.getByText('An address begins with http:// or https://.')).toBeInTheDocument();
    expect(byId(config.save)).toBeDisabled();
  });

  it('says why it was not saved', async () => {
    saved.mockRejectedValue(new Error('forbidden'));
    const user = open();
    await user.type(byId(config.proxyUrl), 'http://a');
    await user.type(byId(config.token), 'obq_x');
    await user.click(byId(config.save));
    expect(await screen.findByText('forbidden')).toBeInTheDocument();
    expect(byId(config.save)).toBeEnabled();
  });

  it('tests what is saved, and shows what it found', async () => {
    backend.answers.set('/tenant_id/values', { data: ['tenant-1'] });
    const user = open({ jsonData: { proxyUrl: 'http://a' }, secureJsonFields: { token: true } });
    await user.click(byId(config.test));
    await act(async () => {
      backend.last.sendLines(sourceLine(), doneLine());
      backend.last.end();
    });
    expect(await screen.findByTestId(config.findings)).toHaveTextContent('tenant-1');
    await user.type(byId(config.proxyUrl), 'b');
    expect(byId(config.test)).toHaveAttribute('aria-disabled', 'true');
  });
});
