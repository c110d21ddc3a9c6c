import React from 'react';
import type { TimeRange } from '@grafana/data';
import type { TimeZone } from '@grafana/schema';
import { Stack, TimeRangePicker, ToolbarButton } from '@grafana/ui';
import { t } from '../i18n';
import { shifted, zoomedOut } from './time-steps';

interface Props {
  range: TimeRange;
  timeZone: TimeZone;
  onChange: (range: TimeRange) => void;
  onChangeTimeZone: (timeZone: TimeZone) => void;
  onRefresh: () => void;
}

export function TimeControls({ range, timeZone, onChange, onChangeTimeZone, onRefresh }: Props) {
  return (
    <Stack gap={1} justifyContent="flex-end">
      <TimeRangePicker
        value={range}
        timeZone={timeZone}
        isOnCanvas
        onChange={onChange}
        onChangeTimeZone={onChangeTimeZone}
        onMoveBackward={() => onChange(shifted(range, -1))}
        onMoveForward={() => onChange(shifted(range, 1))}
        onZoom={() => onChange(zoomedOut(range))}
      />
      <ToolbarButton
        icon="sync"
        variant="canvas"
        tooltip={t('search.time.refresh', 'Search again')}
        aria-label={t('search.time.refresh', 'Search again')}
        onClick={onRefresh}
      />
    </Stack>
  );
}
