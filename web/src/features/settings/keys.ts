// The short name of a dimension or a criterion, by which its scores are kept from version to version.
const allowed = /^[a-z0-9_]+$/u;

export function isKey(key: string, bytesMax: number): boolean {
  return allowed.test(key) && key.length <= bytesMax;
}

// "Patient safety" → patient_safety; whole words only. Empty when the label has no letter of a–z.
export function keyFrom(label: string, most: number): string {
  const plain = label.replaceAll("ß", "ss").normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
  let key = "";
  for (const word of plain.match(/[a-z0-9]+/gu) ?? []) {
    const longer = key === "" ? word.slice(0, most) : `${key}_${word}`;
    if (longer.length > most) break;
    key = longer;
  }
  return key;
}

// The key itself, or with the first number that is free.
export function freeKey(wanted: string, taken: string[], most: number): string {
  if (!taken.includes(wanted)) return wanted;
  for (let number = 2; ; number += 1) {
    const ending = `_${number}`;
    const key = wanted.slice(0, most - ending.length) + ending;
    if (!taken.includes(key)) return key;
  }
}
