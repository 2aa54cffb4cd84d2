/** What people read, in both languages of the status page. */
export interface Bilingual {
  en: string;
  ja: string;
}
