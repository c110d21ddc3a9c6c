import React, {
  type ComponentProps,
  forwardRef,
  type KeyboardEvent,
  useId,
  useImperativeHandle,
  useRef,
  useState,
} from 'react';
import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Input, useStyles2 } from '@grafana/ui';
import { t } from '../i18n';
import { complete, completionsAt, type Completions, type KnownValues } from './completions';

interface Props extends Omit<ComponentProps<typeof Input>, 'value' | 'onChange' | 'ref'> {
  value: string;
  known: KnownValues;
  onText: (text: string) => void;
}

/**
 * An input for a query that offers fields and values while somebody types. Arrows choose, Enter or Tab takes the chosen one;
 * Enter without a choice means what it means without this.
 */
export const CompletingInput = forwardRef<HTMLInputElement, Props>(function CompletingInput(
  { value, known, onText, onKeyDown, onBlur, ...input },
  ref
) {
  const styles = useStyles2(getStyles);
  const id = useId();
  const own = useRef<HTMLInputElement>(null);
  useImperativeHandle(ref, () => own.current!);
  const [offer, setOffer] = useState<Completions | null>(null);
  const [chosen, setChosen] = useState(-1);

  const close = () => {
    setOffer(null);
    setChosen(-1);
  };
  const take = (option: string) => {
    const done = complete(value, offer!, option);
    onText(done.text);
    // A field is written to be followed by its value.
    setOffer(option.endsWith(':') ? completionsAt(done.text, done.caret, known) : null);
    setChosen(-1);
    requestAnimationFrame(() => {
      own.current?.focus();
      own.current?.setSelectionRange(done.caret, done.caret);
    });
  };
  const keys = (event: KeyboardEvent<HTMLInputElement>) => {
    const count = offer?.options.length ?? 0;
    if (count > 0 && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault();
      setChosen((chosen + (event.key === 'ArrowDown' ? 1 : chosen < 0 ? 0 : -1) + count) % count);
      return;
    }
    if (offer && chosen >= 0 && (event.key === 'Enter' || event.key === 'Tab')) {
      event.preventDefault();
      take(offer.options[chosen]!);
      return;
    }
    if (offer && event.key === 'Escape') {
      event.stopPropagation();
      close();
      return;
    }
    if (event.key === 'Enter') {
      close();
    }
    onKeyDown?.(event);
  };

  return (
    <div className={styles.box}>
      <Input
        {...input}
        ref={own}
        value={value}
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={offer !== null}
        aria-controls={offer ? id : undefined}
        aria-activedescendant={offer && chosen >= 0 ? `${id}-${chosen}` : undefined}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => {
          const { value: text, selectionStart } = event.currentTarget;
          onText(text);
          setOffer(completionsAt(text, selectionStart ?? text.length, known));
          setChosen(-1);
        }}
        onKeyDown={keys}
        onBlur={(event) => {
          close();
          onBlur?.(event);
        }}
      />
      {offer && (
        <ul id={id} role="listbox" className={styles.list} aria-label={t('completion.label', 'Suggestions')}>
          {offer.options.map((option, at) => (
            // The input keeps the focus, and has the keys.
            <li
              key={option}
              id={`${id}-${at}`}
              role="option"
              aria-selected={at === chosen}
              className={cx(styles.option, at === chosen && styles.chosen)}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => take(option)}
            >
              {option}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
});

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({ position: 'relative', flex: 1, minWidth: 0 }),
  list: css({
    position: 'absolute',
    zIndex: theme.zIndex.dropdown,
    top: '100%',
    left: 0,
    minWidth: theme.spacing(30),
    maxWidth: '100%',
    marginTop: 2,
    padding: theme.spacing(0.5, 0),
    listStyle: 'none',
    background: theme.colors.background.elevated,
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
    boxShadow: theme.shadows.z3,
  }),
  option: css({
    padding: theme.spacing(0.5, 1.5),
    fontFamily: theme.typography.fontFamilyMonospace,
    fontSize: theme.typography.bodySmall.fontSize,
    overflowWrap: 'anywhere',
    cursor: 'pointer',
    '&:hover': { background: theme.colors.action.hover },
  }),
  chosen: css({ background: theme.colors.action.selected }),
});
