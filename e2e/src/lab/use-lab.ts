import type { Lab } from './lab.ts';

/** The lab of this test run; started by whichever suite asks first. */
export async function useLab(): Promise<Lab> {
  const door = process.env.OBSTACK_LAB_DOOR;
  if (door === undefined) throw new Error('the lab is there in the jest project "real" only');
  const reply = await fetch(door);
  if (!reply.ok) throw new Error(`the lab did not start: ${await reply.text()}`);
  return (await reply.json()) as Lab;
}
