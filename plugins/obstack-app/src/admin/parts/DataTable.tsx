import React, { type ReactNode } from 'react';
import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Checkbox, useStyles2 } from '@grafana/ui';
import { t } from '../../i18n';
import { testIds } from '../../testIds';

export interface Column<Row> {
  id: string;
  header: ReactNode;
  cell: (row: Row) => ReactNode;
  align?: 'right';
  /** Left out where there is little room, as on half a screen. */
  wideOnly?: boolean;
}

interface Selection<Row> {
  ids: readonly string[];
  onChange: (ids: readonly string[]) => void;
  /** Why a row cannot be selected; undefined when it can. */
  hindrance?: (row: Row) => string | undefined;
}

interface Props<Row> {
  label: string;
  columns: ReadonlyArray<Column<Row>>;
  rows: readonly Row[];
  rowId: (row: Row) => string;
  /** What a row is called, for those who hear it. */
  rowName: (row: Row) => string;
  selection?: Selection<Row>;
  /** Shown below a row, as wide as the table; null: nothing. */
  details?: (row: Row) => ReactNode;
  /** Rows that are over: still there to be read. */
  isDim?: (row: Row) => boolean;
}

/** A dense table; the page scrolls, and on a narrow one the table scrolls sideways. */
export function DataTable<Row>({ label, columns, rows, rowId, rowName, selection, details, isDim }: Props<Row>) {
  const styles = useStyles2(getStyles);
  const selectable = selection ? rows.filter((row) => !selection.hindrance?.(row)).map(rowId) : [];
  const selected = new Set(selection?.ids);
  const chosen = selectable.filter((id) => selected.has(id));
  const width = columns.length + (selection ? 1 : 0);

  return (
    <div className={styles.scroll}>
      <table className={styles.table} aria-label={label} data-testid={testIds.admin.table}>
        <thead>
          <tr>
            {selection && (
              <th className={styles.check} scope="col">
                <Checkbox
                  aria-label={t('admin.table.select-all', 'Select all')}
                  value={chosen.length > 0 && chosen.length === selectable.length}
                  indeterminate={chosen.length > 0 && chosen.length < selectable.length}
                  disabled={selectable.length === 0}
                  onChange={() => selection.onChange(chosen.length === selectable.length ? [] : selectable)}
                />
              </th>
            )}
            {columns.map(({ id, header, align, wideOnly }) => (
              <th key={id} scope="col" className={cx(align && styles.right, wideOnly && styles.wideOnly)}>
                {header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const id = rowId(row);
            const hindrance = selection?.hindrance?.(row);
            const below = details?.(row);
            return (
              <React.Fragment key={id}>
                <tr
                  className={cx(isDim?.(row) && styles.dim, selected.has(id) && styles.selected)}
                  data-testid={testIds.admin.row(id)}
                >
                  {selection && (
                    <td className={styles.check}>
                      <Checkbox
                        aria-label={t('admin.table.select', 'Select {{name}}', { name: rowName(row) })}
                        value={selected.has(id)}
                        disabled={hindrance !== undefined}
                        title={hindrance}
                        onChange={() =>
                          selection.onChange(
                            selected.has(id) ? selection.ids.filter((other) => other !== id) : [...selection.ids, id]
                          )
                        }
                      />
                    </td>
                  )}
                  {columns.map(({ id: column, cell, align, wideOnly }) => (
                    <td key={column} className={cx(align && styles.right, wideOnly && styles.wideOnly)}>
                      {cell(row)}
                    </td>
                  ))}
                </tr>
                {below && (
                  <tr>
                    <td colSpan={width} className={styles.details}>
                      {below}
                    </td>
                  </tr>
                )}
              </React.Fragment>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  scroll: css({
    overflowX: 'auto',
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
  }),
  table: css({
    width: '100%',
    borderCollapse: 'collapse',
    fontSize: theme.typography.bodySmall.fontSize,
    'th, td': { padding: theme.spacing(0.5, 1), textAlign: 'left', verticalAlign: 'middle' },
    th: {
      color: theme.colors.text.secondary,
      fontWeight: theme.typography.fontWeightMedium,
      whiteSpace: 'nowrap',
      background: theme.colors.background.secondary,
      height: theme.spacing(4),
    },
    'tbody tr': { borderTop: `1px solid ${theme.colors.border.weak}`, minHeight: theme.spacing(4.5) },
    'tbody tr:hover': { background: theme.colors.action.hover },
    // On a raised ground quiet text would be too faint to read.
    'tbody tr:hover, tbody tr:hover code': { color: theme.colors.text.primary },
  }),
  check: css({ width: theme.spacing(4) }),
  right: css({ '&&': { textAlign: 'right', whiteSpace: 'nowrap' }, fontVariantNumeric: 'tabular-nums' }),
  wideOnly: css({ [theme.breakpoints.down('lg')]: { display: 'none' } }),
  dim: css({ color: theme.colors.text.secondary }),
  selected: css({ background: theme.colors.action.selected, '&&, && code': { color: theme.colors.text.primary } }),
  details: css({ '&&': { padding: theme.spacing(1, 2, 2) }, background: theme.colors.background.canvas }),
});
