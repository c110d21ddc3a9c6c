import React, { lazy } from 'react';
import { Navigate, Route, Routes } from 'react-router-dom';
import type { AppRootProps } from '@grafana/data';
import { PLUGIN_BASE_URL, ROUTES } from '../constants';
import type { AppSettings } from '../settings';

const OverviewPage = lazy(() => import('../overview/OverviewPage'));
const SearchPage = lazy(() => import('../search/SearchPage'));
const AdminApp = lazy(() => import('../admin/AdminApp'));

export default function App(_props: AppRootProps<AppSettings>) {
  return (
    <Routes>
      <Route path={ROUTES.overview} element={<OverviewPage />} />
      <Route path={ROUTES.search} element={<SearchPage />} />
      <Route path={`${ROUTES.admin}/*`} element={<AdminApp />} />
      <Route path="*" element={<Navigate replace to={`${PLUGIN_BASE_URL}/${ROUTES.overview}`} />} />
    </Routes>
  );
}
