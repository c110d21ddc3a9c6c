import React, { useState } from 'react';
import type { QueryEditorProps } from '@grafana/data';
import { InlineField, InlineFieldRow, Input, RadioButtonGroup } from '@grafana/ui';
import { CompletingInput } from '../completion/CompletingInput';
import type { KnownValues } from '../completion/completions';
import { t } from '../i18n';
import { EXAMPLES } from '../examples';
import { testIds } from '../testIds';
import { useDraft } from '../use-draft';
import type { ObstackDatasource } from './datasource';
import { type ObstackOptions, type ObstackQuery, QUERY_TYPES, type QueryType } from './types';

type Props = QueryEditorProps<ObstackDatasource, ObstackQuery, ObstackOptions>;

const NOTHING_KNOWN: KnownValues = {};

export function QueryEditor({ datasource, query, range, onChange, onRunQuery }: Props) {
  const { queryType = 'logs', limit } = query;
  const [known, setKnown] = useState<KnownValues>(NOTHING_KNOWN);
  const [typed, setTyped] = useDraft(query.query ?? '');

  // A search runs when it is finished, not at each letter.
  const ask = (patch: Partial<ObstackQuery>) => {
    onChange({ ...query, ...patch });
    onRunQuery();
  };
  // Suggestions are a help: without them one types all the same.
  const learn = () => {
    if (known === NOTHING_KNOWN) {
      datasource.known('', undefined, { range }).then(setKnown, () => undefined);
    }
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
        <CompletingInput
          id={id}
          value={typed}
          known={known}
          placeholder={EXAMPLES.query}
          onText={setTyped}
          onFocus={learn}
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
