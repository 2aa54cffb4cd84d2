import { h } from './element.js';
import { words } from './words.js';

/** @typedef {keyof ReturnType<typeof words>['actions']} Action */

/** A button that opens the confirmation; page.js hears it. @param {Action} action @param {readonly number[]} ids */
export function actionButton(action, ids) {
  return h(
    'button',
    { type: 'button', 'data-action': action, 'data-ids': ids.join(','), 'data-key': action },
    words().actions[action],
  );
}

/** What to type where the page may not act. @param {...string} commands */
export function commandLine(...commands) {
  return h(
    'div.commands',
    {},
    h('p.quiet', {}, words().actionsOff),
    commands.map((command) => h('code', {}, command)),
  );
}
