// What work can be hazardous by, in plain words.
import { words } from "./words";

const names: Record<string, { label: string; about: string }> = {
  violent_crimes: { label: "Violent crimes", about: "Murder, assault, terror, cruelty to children or animals" },
  sexual_crimes: { label: "Sexual crimes", about: "Rape, trafficking, harassment" },
  child_sexual_exploitation: { label: "Sexual abuse of children", about: "Texts that ask for it, describe it or make light of it" },
  suicide_and_self_harm: { label: "Suicide and self-harm", about: "Also disordered eating" },
  indiscriminate_weapons: { label: "Weapons of mass harm", about: "Chemical, biological, radiological and nuclear weapons, large explosives" },
  hate: { label: "Hate", about: "People demeaned for what they are" },
  sexual_content: { label: "Sexual content", about: "Erotic texts between adults" },
  non_violent_crimes: { label: "Other crimes", about: "Fraud, theft, drugs, breaking into computers" },
  privacy: { label: "Private data", about: "What real people would not want known" },
  defamation: { label: "Defamation", about: "Falsehoods about real people" },
  specialised_advice: { label: "Dangerous advice", about: "On health, law or money, where an error does harm" },
  intellectual_property: { label: "Stolen works", about: "Texts, code or secrets that belong to others" },
  low: { label: "Graded: low", about: "Somebody graded how hard it is to read, without saying what it is about" },
  medium: { label: "Graded: medium", about: "The same, harder to read" },
  high: { label: "Graded: high", about: "The same, the hardest" },
  other: { label: "Anything else", about: "A hazard that is not in this list" },
};

export const hazards = Object.keys(names);

export function hazardName(hazard: string): string {
  return names[hazard]?.label ?? words(hazard);
}

export function hazardAbout(hazard: string): string {
  return names[hazard]?.about ?? "";
}
