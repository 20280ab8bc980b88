const PREFERRED = 'es';

/** What readers of a spoken language may choose there: Spanish, else the first there is, or null. */
export async function offeredTranslation(url: string, spoken: string): Promise<string | null> {
  const answer = await fetch(new URL(`api/v1/languages?from=${spoken}`, `${url}/`));
  const languages = languagesOf(await answer.json()).filter((language) => language !== spoken);
  return languages.find((language) => language === PREFERRED) ?? languages[0] ?? null;
}

function languagesOf(answer: unknown): string[] {
  if (typeof answer !== 'object' || answer === null || !('languages' in answer)) return [];
  const offers: unknown[] = Array.isArray(answer.languages) ? answer.languages : [];
  return offers.flatMap((offer) =>
    typeof offer === 'object' && offer !== null && 'language' in offer
      ? String(offer.language)
      : [],
  );
}
