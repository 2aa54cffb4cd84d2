export { integer, seededRandom } from '../../src/sandbox/chance.ts';
