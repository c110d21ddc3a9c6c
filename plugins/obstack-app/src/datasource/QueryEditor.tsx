import React from 'react';
import type { QueryEditorProps } from '@grafana/data';
import { t } from '@grafana/i18n';
import { InlineField, InlineFieldRow, Input, RadioButtonGroup } from '@grafana/ui';
import { EXAMPLES } from '../examples';
import { testIds } from '../testIds';
import { useDraft } from '../use-draft';
import type { ObstackDatasource } from './datasource';
import { type ObstackOptions, type ObstackQuery, QUERY_TYPES, type QueryType } from './types';

type Props = QueryEditorProps<ObstackDatasource, ObstackQuery, ObstackOptions>;

export function QueryEditor({ query, onChange, onRunQuery }: Props) {
  const { queryType = 'logs', limit } = query;
  const [typed, setTyped] = useDraft(query.query ?? '');

  // A search runs when it is finished, not at each letter.
  const ask = (patch: Partial<ObstackQuery>) => {
    onChange({ ...query, ...patch });
    onRunQuery();
  };
  const id = `obstack-query-${query.refId}`;

  return (
    <InlineFieldRow data-testid={testIds.datasource.queryEditor}>
      <InlineField label={t('editor.show', 'Show')}>
        <RadioButtonGroup
          aria-label={t('editor.show', 'Show')}
          options={QUERY_TYPES.map((value) => ({ value, label: typeName(value) }))}
          value={queryType}
          onChange={(value) => ask({ queryType: value })}
        />
      </InlineField>
      <InlineField label={t('editor.query', 'Search')} grow htmlFor={id}>
        <Input
          id={id}
          value={typed}
          placeholder={EXAMPLES.query}
          spellCheck={false}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onBlur={() => typed !== (query.query ?? '') && ask({ query: typed })}
          onKeyDown={(event) => event.key === 'Enter' && ask({ query: typed })}
        />
      </InlineField>
      {queryType !== 'volume' && (
        <InlineField label={t('editor.limit', 'At most')} htmlFor={`${id}-limit`}>
          <Input
            id={`${id}-limit`}
            type="number"
            min={1}
            max={500}
            width={10}
            defaultValue={limit}
            placeholder={EXAMPLES.limit}
            onBlur={(event) => ask({ limit: event.currentTarget.valueAsNumber || undefined })}
          />
        </InlineField>
      )}
    </InlineFieldRow>
  );
}

function typeName(type: QueryType): string {
  switch (type) {
    case 'logs':
      return t('editor.type.logs', 'Logs');
    case 'traces':
      return t('editor.type.traces', 'Traces');
    case 'volume':
      return t('editor.type.volume', 'Volume');
  }
}
