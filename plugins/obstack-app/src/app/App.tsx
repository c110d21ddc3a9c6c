import React, { lazy } from 'react';
import { Navigate, Route, Routes } from 'react-router-dom';
import type { AppRootProps } from '@grafana/data';
import { PLUGIN_BASE_URL, ROUTES } from '../constants';
import type { AppSettings } from '../settings';

const SearchPage = lazy(() => import('../search/SearchPage'));

export default function App(_props: AppRootProps<AppSettings>) {
  return (
    <Routes>
      <Route path={ROUTES.search} element={<SearchPage />} />
      <Route path="*" element={<Navigate replace to={`${PLUGIN_BASE_URL}/${ROUTES.search}`} />} />
    </Routes>
  );
}
