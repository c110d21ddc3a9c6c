import React from 'react';
import { css } from '@emotion/css';
import { dateTimeFormat, dateTimeFormatTimeAgo } from '@grafana/data';

const nowrap = css({ whiteSpace: 'nowrap' });

/** How long ago, or until when; the exact time shows on hover. */
export function Ago({ time, never }: { time: string | null; never: string }) {
  return time === null ? (
    <>{never}</>
  ) : (
    <time className={nowrap} dateTime={time} title={dateTimeFormat(time)}>
      {dateTimeFormatTimeAgo(time)}
    </time>
  );
}
