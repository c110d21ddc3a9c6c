// Jest setup provided by Grafana scaffolding
import './.config/jest-setup';

// What the translations' library would say about its makers, once for each file of tests.
process.env.I18NEXT_NO_SUPPORT_NOTICE = '1';

// Grafana gives a plugin its page when it starts, and lets nobody else do so.
jest.mock('@grafana/runtime', () => {
  const { createElement, Fragment } = jest.requireActual('react');
  return {
    ...jest.requireActual('@grafana/runtime'),
    PluginPage: ({ actions, children }) => createElement(Fragment, null, actions, children),
  };
});

// jsdom lays nothing out, hence has nothing to observe.
global.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};

// Of pseudo-elements it knows no styles, and complains when it is asked.
const { getComputedStyle } = window;
window.getComputedStyle = (element) => getComputedStyle(element);
