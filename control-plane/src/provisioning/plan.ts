/** Which steps a tenant takes, on its way in and on its way out. Pure: the rows it gives are what workers go by. */
import type { ProvisioningStep } from './step.ts';

export interface PlannedStep {
  name: string;
  title: string;
  action: 'apply' | 'remove';
  /** For people to read them in this order. */
  position: number;
  /** What must be done, or skipped, before it. */
  after: string[];
}

type Outline = Pick<ProvisioningStep, 'name' | 'title' | 'after'>;

export function arrival(steps: readonly Outline[]): PlannedStep[] {
  return steps.map(({ name, title, after }, position) => ({
    name,
    title,
    action: 'apply',
    position,
    after: [...after],
  }));
}

/**
 * The export first, then everything the tenant has elsewhere, users before what they use, and our own rows last.
 * @param first done before anything is removed
 * @param last done one after another, once everything else is gone
 */
export function departure(
  steps: readonly Outline[],
  { first, last }: { first: Outline; last: readonly Outline[] },
): PlannedStep[] {
  const removals = steps.toReversed().map(({ name, title }) => ({
    name,
    title,
    after: [first.name, ...steps.filter(({ after }) => after.includes(name)).map((user) => user.name)],
  }));
  const finals = last.map(({ name, title }, index) => ({
    name,
    title,
    after: [
      ...removals.map((removal) => removal.name),
      first.name,
      ...last.slice(0, index).map((l) => l.name),
    ],
  }));
  return [{ name: first.name, title: first.title, after: [] }, ...removals, ...finals].map(
    (step, position) => ({ ...step, action: 'remove' as const, position }),
  );
}
