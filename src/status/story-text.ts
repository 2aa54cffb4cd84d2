import type { StoryEvent } from '../ledger/story.ts';
import type { Bilingual } from './bilingual.ts';

const outcomes = {
  unknown: '結果不明',
  accepted: '受理',
  refused: '拒否',
  'not-applied': '未適用',
};

/** How people call a destination, in the middle of a sentence. */
export const destinationNames = {
  hotwax: { en: 'the OMS', ja: 'OMS' },
  smaregi: { en: 'Smaregi', ja: 'スマレジ' },
} as const;

/** One line of a story, in the words of the command line and the page. */
export function storyText(event: StoryEvent): Bilingual {
  const { posting } = event;
  switch (event.is) {
    case 'recorded': {
      const change = `${event.kind} ${signed(event.quantity)}`;
      const [who, whoJa] =
        event.destination === 'hotwax'
          ? ['recorded by Smaregi', 'スマレジが記録']
          : ['reported by the OMS', 'OMSが報告'];
      return {
        en: `posting ${posting}: ${change} ${who} (${event.key})`,
        ja: `差分${posting}: ${whoJa} ${change} (${event.key})`,
      };
    }
    case 'told': {
      const note = event.doubt ? `: ${event.doubt}` : '';
      const { en, ja } = destinationNames[event.destination];
      const [verb, verbJa] = event.takenBack
        ? [`took back from ${en}`, `${ja}から取り消し`]
        : [`told ${en}`, `${ja}へ送信`];
      return {
        en: `posting ${posting}: ${verb} (call ${event.call}, ${event.reason})${event.open ? `, outcome unknown${note}` : ''}`,
        ja: `差分${posting}: ${verbJa}（送信${event.call}、${event.reason}）${event.open ? `、結果不明${note}` : ''}`,
      };
    }
    case 'answered': {
      const by = event.by === 'flagship' || event.by === null;
      const note = event.note ? `: ${event.note}` : '';
      return {
        en: `posting ${posting}: call ${event.call} ${event.outcome}${by ? '' : `, says ${event.by}`}${note}`,
        ja: `差分${posting}: 送信${event.call} ${outcomes[event.outcome]}${by ? '' : `（${event.by}による）`}${note}`,
      };
    }
    case 'decided': {
      const note = event.note ? `: ${event.note}` : '';
      return {
        en: `posting ${posting}: ${event.reason} by ${event.by}${note}`,
        ja: `差分${posting}: ${event.by}による ${event.reason}${note}`,
      };
    }
  }
}

export function signed(quantity: number): string {
  return quantity > 0 ? `+${quantity}` : String(quantity);
}
