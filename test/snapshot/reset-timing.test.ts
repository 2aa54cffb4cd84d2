import { describe, expect, test } from 'vitest';
import { type ResetEvidence, type ResetRules, resetPhase } from '../../src/snapshot/reset-timing.ts';

const rules: ResetRules = {
  confirm: 'schedule',
  appliesAt: '05:30',
  windowLeadMinutes: 10,
  confirmMarginMinutes: 45,
  holdLimitMinutes: 180,
  timeZone: 'Asia/Tokyo',
};
/** A time of the night in Japan. */
const at = (time: string, day = 24) => Date.parse(`2026-11-${day}T${time}:00+09:00`);
const minute = 60_000;

function phase(evidence: Partial<ResetEvidence>, now: number, change: Partial<ResetRules> = {}) {
  const all = {
    deliveredAt: at('03:10'),
    windowOpenedAt: undefined,
    pickedUpAt: undefined,
    finishedAt: undefined,
  };
  return resetPhase({ ...all, ...evidence }, { ...rules, ...change }, now);
}

describe('by schedule', () => {
  test('sales are posted until the window opens', () => {
    expect(phase({}, at('05:19'))).toEqual({ is: 'before', opensAt: at('05:20') });
  });

  test('the window opens before the job and ends when it must be over', () => {
    expect(phase({}, at('05:20'))).toEqual({ is: 'open', until: at('06:15') });
    expect(phase({}, at('06:15'))).toEqual({ is: 'open', until: at('06:15') });
    expect(phase({}, at('06:15') + 1)).toMatchObject({ is: 'applied', appliedAt: at('06:15') });
  });

  test('a file delivered inside the lead holds its rows at once', () => {
    expect(phase({ deliveredAt: at('05:25') }, at('05:25'))).toMatchObject({ is: 'open' });
  });

  test('a file delivered after the job waits for that of the next day', () => {
    const evidence = { deliveredAt: at('05:31') };
    expect(phase(evidence, at('12:00'))).toEqual({ is: 'before', opensAt: at('05:20', 25) });
    expect(phase(evidence, at('06:16', 25))).toMatchObject({ is: 'applied', appliedAt: at('06:15', 25) });
  });

  test('a hold limit shorter than the margin lets go without a conclusion', () => {
    expect(phase({}, at('05:41'), { holdLimitMinutes: 20 })).toMatchObject({ is: 'unconfirmed' });
  });

  test.each([
    // Clocks go back at 03:00 on 25 October: 02:30 comes twice; and forward at 02:00 on 29 March: it never comes.
    ['Europe/Berlin', '02:30', '2026-10-24T22:00:00Z', '2026-10-25T00:30:00Z'],
    ['Europe/Berlin', '02:30', '2026-03-28T22:00:00Z', '2026-03-29T01:30:00Z'],
    ['Europe/Berlin', '05:30', '2026-10-24T22:00:00Z', '2026-10-25T04:30:00Z'],
    ['America/New_York', '05:30', '2026-03-08T05:00:00Z', '2026-03-08T09:30:00Z'],
  ])('in %s the job of %s after %s runs at %s', (timeZone, appliesAt, delivered, job) => {
    const found = phase({ deliveredAt: Date.parse(delivered) }, Date.parse(delivered), {
      timeZone,
      appliesAt,
    });
    expect(found).toEqual({ is: 'before', opensAt: Date.parse(job) - 10 * minute });
  });
});

describe('by pickup', () => {
  const pickup = { confirm: 'pickup' as const };
  const opened = { windowOpenedAt: at('03:09') };

  test('rows are held from the delivery on', () => {
    expect(phase(opened, at('03:10'), pickup)).toEqual({ is: 'open', until: at('06:09') });
  });

  test('the reset is over a margin after the file was taken', () => {
    const evidence = { ...opened, pickedUpAt: at('05:30') };
    expect(phase(evidence, at('06:15'), pickup)).toEqual({ is: 'open', until: at('06:15') });
    expect(phase(evidence, at('06:16'), pickup)).toMatchObject({ is: 'applied', appliedAt: at('06:15') });
  });

  test('a file that was taken is waited for beyond the hold limit', () => {
    const evidence = { ...opened, pickedUpAt: at('06:05') };
    expect(phase(evidence, at('06:30'), pickup)).toMatchObject({ is: 'open' });
  });

  test('silence ends at the hold limit, and nothing is concluded', () => {
    expect(phase(opened, at('06:10'), pickup)).toMatchObject({ is: 'unconfirmed' });
  });

  test('a file that was taken while its rows were not held says nothing', () => {
    expect(phase({ pickedUpAt: at('05:30') }, at('05:31'), pickup)).toMatchObject({ is: 'unconfirmed' });
  });
});

describe("by the OMS's import log", () => {
  const byLog = { confirm: 'data-manager' as const };
  const finished = (finishedAt: number) => ({ windowOpenedAt: at('03:09'), finishedAt });

  test("the OMS's own word ends the window at once, and its own time counts, however late it is seen", () => {
    const evidence = finished(at('05:31'));
    const applied = { is: 'applied', appliedAt: at('05:31') };
    expect(phase(evidence, at('05:33'), byLog)).toMatchObject(applied);
    expect(phase(evidence, at('20:00'), byLog)).toMatchObject(applied);
  });

  test('a clock that differs from ours does not put it outside the window', () => {
    expect(phase(finished(at('03:00')), at('05:33'), byLog)).toMatchObject({ appliedAt: at('03:09') });
    expect(phase(finished(at('05:40')), at('05:33'), byLog)).toMatchObject({ appliedAt: at('05:33') });
  });
});
