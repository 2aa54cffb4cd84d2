import type { StoryEvent } from '../ledger/story.ts';
import type { Bilingual } from './bilingual.ts';

const outcomes = {
  unknown: '結果不明',
  accepted: '受理',
  refused: '拒否',
  'not-applied': '未適用',
};

/** One line of a story, in the words of the command line and the page. */
export function storyText(event: StoryEvent): Bilingual {
  const { posting } = event;
  switch (event.is) {
    case 'recorded': {
      const change = movementText(event.kind, event.quantity);
      return {
        en: `posting ${posting}: ${change.en} recorded by Smaregi (${event.key})`,
        ja: `差分${posting}: ${change.ja} をスマレジが記録（${event.key}）`,
      };
    }
    case 'told': {
      const note = event.doubt ? `: ${event.doubt}` : '';
      const [verb, verbJa] = event.takenBack
        ? ['took back from the OMS', 'OMSから取り消し']
        : ['told the OMS', 'OMSへ送信'];
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
    case 'asked':
      return {
        en: `posting ${posting}: replay asked for by ${event.by}: ${event.note}`,
        ja: `差分${posting}: ${event.by}が再送を指示: ${event.note}`,
      };
    case 'decided': {
      const note = event.note ? `: ${event.note}` : '';
      return {
        en: `posting ${posting}: ${event.reason} by ${event.by}${note}`,
        ja: `差分${posting}: ${event.by}による ${event.reason}${note}`,
      };
    }
  }
}

const kinds: Record<string, string> = {
  sale: '販売',
  return: '返品',
  cancel: '取消',
  reversal: '打消',
  edit: '修正',
  reservation: '取置',
  transfer: '移動',
  receipt: '入荷',
  loss: '紛失',
  damage: '破損',
  found: '発見',
  stocktaking: '棚卸',
  correction: '訂正',
  packed: '梱包',
};

/** `sale -2`. */
export function movementText(kind: string, quantity: number): Bilingual {
  return { en: `${kind} ${signed(quantity)}`, ja: `${kinds[kind] ?? kind} ${signed(quantity)}` };
}

export function signed(quantity: number): string {
  return quantity > 0 ? `+${quantity}` : String(quantity);
}
